import type { Link, LinkState, Point, Topology } from './topology.ts';

/** What of a topology is drawn: so much that it can be looked at, and everything that is not well. */
export interface Drawing {
  /** Links that are drawn one by one. */
  readonly links: readonly Link[];
  /** The node-to-node mesh, where its healthy sessions are not drawn one by one. */
  readonly mesh: Mesh | undefined;
  /** By index of the point: so many sessions that are not well are drawn as one mark at it. */
  readonly fans: ReadonlyMap<number, readonly Fan[]>;
  /** By index of the point. */
  readonly counts: readonly Counts[];
}

export interface Mesh {
  readonly members: readonly number[];
  readonly up: number;
  readonly total: number;
}

export interface Fan {
  readonly state: LinkState;
  readonly count: number;
}

export interface Counts {
  readonly up: number;
  readonly total: number;
  /** Sessions that are not well, but for those that a fan at their other end tells of. */
  readonly own: number;
}

/** With more healthy mesh sessions than that they are one mark. */
const DRAWN_MESH = 120;
/** More unwell mesh sessions of one point in one state are a fan. */
const DRAWN_AT_POINT = 12;
/** Beyond this nobody can tell one line from another: the points with the most lines get fans. */
const DRAWN = 2500;

/** Decides what is drawn and what is folded. */
export function drawingOf({ points, links }: Topology): Drawing {
  const counts = points.map(() => ({ up: 0, total: 0, own: 0 }));
  for (const link of links)
    for (const index of link.points) {
      counts[index]!.total++;
      if (link.state === 'up') counts[index]!.up++;
    }
  const ofMesh = links.filter(({ type }) => type === 'mesh');
  const up = ofMesh.filter(({ state }) => state === 'up');
  const isFolded = up.length > DRAWN_MESH;
  const mesh = isFolded ? { members: membersOf(ofMesh), up: up.length, total: ofMesh.length } : undefined;
  const wanted = isFolded ? links.filter(({ type, state }) => type !== 'mesh' || state !== 'up') : links;
  const { drawn, fans } = withFans(wanted);
  for (const { points: ends, state } of drawn)
    if (state !== 'up') for (const index of ends) counts[index]!.own++;
  for (const [index, all] of fans) for (const { count } of all) counts[index]!.own += count;
  return { links: drawn, mesh, fans, counts };
}

function membersOf(links: readonly Link[]): readonly number[] {
  return [...new Set(links.flatMap(({ points }) => points))].sort((first, second) => first - second);
}

/** Sessions of one point that fail together, as when its machine is off, are one thing to see and not five hundred. */
function withFans(links: readonly Link[]): Pick<Drawing, 'fans'> & { readonly drawn: readonly Link[] } {
  const limit = links.length > DRAWN ? 0 : DRAWN_AT_POINT;
  const unwell = links.filter(({ type, state }) => type === 'mesh' && state !== 'up');
  const crowds = new Map<string, number>();
  for (const { points, state } of unwell)
    for (const index of points) crowds.set(`${index} ${state}`, (crowds.get(`${index} ${state}`) ?? 0) + 1);
  const folded = new Map<string, number>();
  const isFolded = (link: Link): boolean => {
    if (link.type !== 'mesh' || link.state === 'up') return false;
    const sizes = link.points.map((index) => crowds.get(`${index} ${link.state}`)!);
    if (Math.max(...sizes) <= limit) return false;
    // The link belongs to the point that has more of them: that one is the cause.
    const owners = sizes[0] === sizes[1] ? link.points : [link.points[sizes[0]! > sizes[1]! ? 0 : 1]!];
    for (const owner of owners) {
      const key = `${owner} ${link.state}`;
      folded.set(key, (folded.get(key) ?? 0) + 1);
    }
    return true;
  };
  const drawn = links.filter((link) => !isFolded(link));
  const fans = new Map<number, Fan[]>();
  for (const [key, count] of folded) {
    const [index, state] = key.split(' ') as [string, LinkState];
    fans.set(Number(index), [...(fans.get(Number(index)) ?? []), { state, count }]);
  }
  return { drawn, fans };
}

/** How a point fares: `silent` could not be asked, `partly` has sessions that are not well, `down` no other ones. */
export type Fare = 'well' | 'partly' | 'down' | 'silent';

/** A node is not blamed for peers that are lost to everybody. */
export function fareOf(point: Point, { up, own }: Counts): Fare {
  if (point.failure !== undefined) return 'silent';
  if (own === 0) return 'well';
  return up > 0 ? 'partly' : 'down';
}
