import { CalicoctlError } from '../core/errors.ts';
import type { StoreName } from './kinds.ts';

const NAMES: readonly string[] = ['kubernetes', 'etcdv3', 'file'] satisfies readonly StoreName[];

/** The value of --to; undefined where it is not given. */
export function migrationStore(word: string | undefined): StoreName | undefined {
  if (word === undefined || NAMES.includes(word)) return word as StoreName | undefined;
  throw new CalicoctlError('usage', `unknown datastore '${word}': --to takes ${NAMES.join(', ')}`);
}
