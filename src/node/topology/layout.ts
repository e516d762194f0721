import { type Drawing, fareOf } from './drawing.ts';
import type { Topology } from './topology.ts';

/** Where a point is drawn, around the origin; y grows downwards. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  /** Direction from the origin, in radians. */
  readonly angle: number;
  /** Half the width of its mark. */
  readonly size: number;
}

export interface Layout {
  /** By index of the point. */
  readonly spots: readonly Spot[];
  /** Of the ring of nodes. */
  readonly radius: number;
  /** Room of one node on the ring. */
  readonly spacing: number;
  /** Of names. */
  readonly font: number;
}

const TURN = 2 * Math.PI;
const LEAST_RADIUS = 230;
const ROOM = 9;

/**
 * Nodes on a ring, those with the same peers side by side; reflectors within it, by cluster; peers outside around it, each
 * near the nodes that speak with it.
 */
export function layoutOf(topology: Topology, drawing: Drawing): Layout {
  const { points } = topology;
  const ring = inGroups(topology, drawing);
  const radius = Math.max(LEAST_RADIUS, (ring.length * ROOM) / TURN);
  const spacing = (radius * TURN) / Math.max(1, ring.length);
  const size = Math.min(13, Math.max(3.2, spacing * 0.4));
  const isWell = (index: number) => fareOf(points[index]!, drawing.counts[index]!) === 'well';
  const spots: Spot[] = Array(points.length);
  for (const [position, index] of ring.entries())
    spots[index] = spotAt(
      turnOf(position, ring.length),
      radius,
      isWell(index) ? size : Math.max(size, radius / 90),
    );
  const inner = [...points.keys()].filter((index) => points[index]!.role === 'reflector');
  inner.sort(
    (first, second) => (points[first]!.clusterId! < points[second]!.clusterId! ? -1 : 1) || first - second,
  );
  const innerRadius = inner.length === 1 ? 0 : Math.min(radius * 0.45, 70 + inner.length * 12);
  for (const [position, index] of inner.entries())
    spots[index] = spotAt(turnOf(position, inner.length), innerRadius, 14);
  const outer = [...points.keys()].filter((index) => points[index]!.role === 'external');
  placeOutside(outer, spots, topology, radius);
  return { spots, radius, spacing, font: Math.max(13, radius / 26) };
}

/** The first one is at the top, the others follow clockwise. */
function turnOf(position: number, count: number): number {
  return (position / Math.max(1, count)) * TURN - Math.PI / 2;
}

function spotAt(angle: number, radius: number, size: number): Spot {
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle), angle, size };
}

/** Nodes in the order of the peers that they do not share with all others, then by name. */
function inGroups({ points }: Topology, { links }: Drawing): readonly number[] {
  const peers = new Map<number, number[]>();
  for (const { points: ends } of links)
    for (const [side, index] of ends.entries()) {
      const other = ends[1 - side]!;
      if (points[index]!.role !== 'node' || points[other]!.role === 'node') continue;
      peers.set(index, [...(peers.get(index) ?? []), other]);
    }
  const ring = [...points.keys()].filter((index) => points[index]!.role === 'node');
  const keyOf = new Map(
    ring.map((index) => [index, (peers.get(index) ?? []).sort((a, b) => a - b).join(' ')]),
  );
  return ring.sort((first, second) => {
    const [a, b] = [keyOf.get(first)!, keyOf.get(second)!];
    return a === b ? first - second : a < b ? -1 : 1;
  });
}

function placeOutside(
  outer: readonly number[],
  spots: Spot[],
  { points, links }: Topology,
  radius: number,
): void {
  const pull = new Map(outer.map((index) => [index, { x: 0, y: 0, count: 0 }]));
  for (const { points: ends } of links)
    for (const [side, index] of ends.entries()) {
      const sum = pull.get(index);
      const other = points[ends[1 - side]!]!.role === 'node' ? spots[ends[1 - side]!] : undefined;
      if (sum === undefined || other === undefined) continue;
      sum.x += Math.cos(other.angle);
      sum.y += Math.sin(other.angle);
      sum.count++;
    }
  const wished = outer.map((index, position) => {
    const { x, y, count } = pull.get(index)!;
    const isAround = count === 0 || Math.hypot(x, y) / count < 0.25;
    return { index, angle: isAround ? turnOf(position + 0.5, outer.length) : Math.atan2(y, x) };
  });
  wished.sort((first, second) => first.angle - second.angle || first.index - second.index);
  const distance = radius * 1.28 + 60;
  const least = Math.min(TURN / Math.max(1, outer.length), 64 / distance);
  let last = Number.NEGATIVE_INFINITY;
  for (const { index, angle } of wished) {
    last = Math.max(angle, last + least);
    spots[index] = spotAt(last, distance, 12);
  }
}
