import type { Attribute } from '../../operations/ipam/block.ts';

/** As Calico writes times of allocation (`2026-05-04 10:00:00.5 +0000 UTC`), and RFC 3339. */
const TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d* ?(?:Z|([+-]\d\d):?(\d\d))/;

/** Milliseconds of a time of allocation; undefined where it cannot be read. */
export function timeOf(text: string | undefined): number | undefined {
  const match = TIME.exec(text ?? '');
  if (match === null) return undefined;
  const [, day, time, hours, minutes] = match;
  const value = Date.parse(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
  return Number.isNaN(value) ? undefined : value;
}

/** How long ago an address was taken, in milliseconds; undefined where that is not known. */
export function ageOf({ secondary }: Attribute, now: number): number | undefined {
  const time = timeOf(secondary?.['timestamp']);
  return time === undefined ? undefined : now - time;
}

/** `90s`, `12m`, `5h`: in the largest unit of which there are two. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
