import { escapeHtml, withCommas } from '../../core/page/text.ts';
import { type Drawing, fareOf } from './drawing.ts';
import type { Layout, Spot } from './layout.ts';
import type { LinkState, Topology } from './topology.ts';

/** Signs of states, so that nobody depends on colours. */
export const SIGNS: Readonly<Record<LinkState, string>> = {
  up: '',
  down: '×',
  disputed: '!',
  disabled: '–',
  missing: '?',
};

/** Names on a ring are written outwards where they would run into each other. */
const ROOM_FOR_LINES = 100;

export function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

/** The names of all points as SVG. Where there is no room for all, those of nodes that are not well come first. */
export function namesOf(topology: Topology, drawing: Drawing, layout: Layout): readonly string[] {
  const named = largeNames(topology, drawing, layout);
  return topology.points.map((_, index) =>
    namePart(textOf(topology, drawing, index), topology.points[index]!.role, layout, index, named.has(index)),
  );
}

/** Those that are written large: all where there is room, else those that matter and have nobody close who matters more. */
function largeNames({ points }: Topology, { counts, fans }: Drawing, layout: Layout): ReadonlySet<number> {
  const large = new Set([...points.keys()].filter((index) => points[index]!.role !== 'node'));
  const nodes = [...points.keys()].filter((index) => points[index]!.role === 'node');
  const rankOf = (index: number) => {
    const fare = fareOf(points[index]!, counts[index]!);
    const isFan = fans.has(index);
    return fare === 'silent' || fare === 'down' || isFan ? 0 : fare === 'partly' ? 1 : 2;
  };
  const least = Math.ceil((layout.font * 1.1) / layout.spacing);
  const count = nodes.length;
  const placeOf = new Map(
    [...nodes]
      .sort((first, second) => layout.spots[first]!.angle - layout.spots[second]!.angle)
      .map((index, place) => [index, place]),
  );
  const taken = new Set<number>();
  const ranked = nodes
    .map((index) => ({ index, rank: rankOf(index) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index);
  for (const { index, rank } of ranked) {
    if (rank === 2 && least > 1) continue;
    const place = placeOf.get(index)!;
    const around = Array.from(
      { length: 2 * least - 1 },
      (_, step) => (place + step - least + 1 + count) % count,
    );
    if (around.some((near) => taken.has(near))) continue;
    taken.add(place);
    large.add(index);
  }
  return large;
}

function textOf({ points }: Topology, { fans }: Drawing, index: number): string {
  const { name, role, as } = points[index]!;
  const fan = (fans.get(index) ?? [])
    .map(({ state, count }) => ` ${SIGNS[state]}\u202f${withCommas(count)}`)
    .join('');
  return `${name}${role === 'external' && as.length > 0 ? ` AS ${as.join(' or ')}` : ''}${fan}`;
}

function namePart(
  text: string,
  role: 'node' | 'reflector' | 'external',
  { spots, spacing, font }: Layout,
  index: number,
  isLarge: boolean,
): string {
  const spot = spots[index]!;
  const size = isLarge ? font : Math.min(font, spacing * 0.9);
  const name = isLarge ? 'name' : 'name minor';
  const gap = spot.size + 6;
  if (role === 'reflector') return textPart(text, `${name} below`, size, [0, gap + size]);
  if (role === 'external' || spacing > ROOM_FOR_LINES) return besides(text, name, size, spot);
  const isLeft = Math.cos(spot.angle) < -0.001;
  const turn = (spot.angle * 180) / Math.PI + (isLeft ? 180 : 0);
  const place = [isLeft ? -gap : gap, size * 0.35] as const;
  return textPart(text, `${name} ${isLeft ? 'left' : 'right'}`, size, place, turn);
}

/** Above or below the mark where it is near the top or the bottom, else at its outer side. */
function besides(text: string, name: string, size: number, spot: Spot): string {
  const gap = spot.size + 6;
  const across = Math.cos(spot.angle);
  if (Math.abs(across) < 0.3)
    return textPart(text, `${name} below`, size, [0, Math.sin(spot.angle) < 0 ? -gap : gap + size * 0.7]);
  return textPart(text, `${name} ${across < 0 ? 'left' : 'right'}`, size, [
    across < 0 ? -gap : gap,
    size * 0.35,
  ]);
}

function textPart(
  text: string,
  name: string,
  size: number,
  [x, y]: readonly [number, number],
  turn?: number,
): string {
  const rotated = turn === undefined ? '' : ` transform="rotate(${round(turn)})"`;
  return `<text class="${name}" font-size="${round(size)}"${rotated} x="${round(x)}" y="${round(y)}">${escapeHtml(text)}</text>`;
}
