import { parsePort } from '../../resources/net/port.ts';

type Range = readonly [first: number, last: number];

/** Ports of a rule: ranges, sorted and apart from each other, and names. */
export interface Ports {
  readonly ranges: readonly Range[];
  readonly names: ReadonlySet<string>;
}

/** Undefined where there are none, or one cannot be read. */
export function portsOf(list: readonly (number | string)[] | undefined): Ports | undefined {
  if (list === undefined || list.length === 0) return undefined;
  const ranges: Range[] = [];
  const names = new Set<string>();
  for (const text of list) {
    const port = parsePort(text);
    if (port === undefined) return undefined;
    if ('name' in port) names.add(port.name);
    else ranges.push([port.first, port.last]);
  }
  return { ranges: merged(ranges), names };
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const all: [number, number][] = [];
  for (const [first, last] of [...ranges].sort(([a], [b]) => a - b)) {
    const before = all.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else all.push([first, last]);
  }
  return all;
}

/** Every port of `narrow` is one of `wide`. The numbers that names stand for are not known. */
export function coversPorts(wide: Ports, narrow: Ports): boolean {
  return (
    narrow.ranges.every(([first, last]) =>
      wide.ranges.some((range) => range[0] <= first && last <= range[1]),
    ) && [...narrow.names].every((name) => wide.names.has(name))
  );
}

/** No port is one of both, as far as numbers tell: false where names are used. */
export function apart(left: Ports, right: Ports): boolean {
  if (left.names.size > 0 || right.names.size > 0) return false;
  return !left.ranges.some(([first, last]) =>
    right.ranges.some((range) => range[0] <= last && first <= range[1]),
  );
}
