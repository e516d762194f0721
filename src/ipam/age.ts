import type { Attribute } from '../operations/ipam/block.ts';

/** Since when addresses are taken. */

const WRITTEN = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)? ?(Z|[+-]\d\d:?\d\d)?/;

/** When the address was taken, in milliseconds; undefined where nobody noted it. Calico writes times as Go prints them. */
export function takenAt(attribute: Attribute | undefined): number | undefined {
  const [, date, time, , zone = 'Z'] = WRITTEN.exec(attribute?.secondary?.['timestamp'] ?? '') ?? [];
  if (date === undefined) return undefined;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const parsed = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** `90s`, `12m`, `5h`, `3d`: in the largest unit of which there are two. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
