import { withCommas } from '../../core/page/text.ts';

/** `one node`, `3 nodes`. */
export function counted(count: number, noun: string): string {
  return `${withCommas(count)} ${noun}${count === 1 ? '' : 's'}`;
}
