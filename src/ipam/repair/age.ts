import type { Attribute } from '../../operations/ipam/block.ts';
import { takenAt } from '../check/records.ts';

/** How long ago an address was taken, in milliseconds; undefined where that is not known. */
export function ageOf(attribute: Attribute, now: number): number | undefined {
  const time = takenAt(attribute);
  return time === undefined ? undefined : now - time;
}

/** `90s`, `12m`, `5h`: in the largest unit of which there are two. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
