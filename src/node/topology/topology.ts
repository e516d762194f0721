import type { BgpSession, Family, PeerType } from '../../bird/session.ts';
import { isDisabled } from '../../bird/sessions.ts';
import type { Everywhere } from '../everywhere/everywhere.ts';
import type { BgpNode, Fabric } from '../everywhere/fabric.ts';
import { compareNames, type NodeReport, sessionsIn } from '../everywhere/report.ts';
import { missingLinks } from './missing.ts';

/** Who speaks BGP with whom: nodes, peers outside, and sessions as both ends see them. */
export interface Topology {
  /** RFC 3339. */
  readonly generated: string;
  /** Nodes by name, then peers outside by address; links name them by their index. */
  readonly points: readonly Point[];
  readonly links: readonly Link[];
}

export interface Point {
  /** Name of the node, or address of the peer, with its port where it is not the usual one. */
  readonly name: string;
  readonly role: 'node' | 'reflector' | 'external';
  /** More than one where ends disagree. */
  readonly as: readonly number[];
  readonly addresses: readonly string[];
  /** Of a reflector. */
  readonly clusterId?: string;
  /** Why a node could not be asked. */
  readonly failure?: string;
}

/**
 * `up`: established as far as is known; `down`: not; `disputed`: one end says so, and the other, which was asked, does not;
 * `disabled`: switched off; `missing`: the mesh asks for it, and neither end has it.
 */
export type LinkState = 'up' | 'down' | 'disputed' | 'disabled' | 'missing';

export interface Link {
  /** The smaller index first. */
  readonly points: readonly [number, number];
  readonly family: Family;
  readonly type: PeerType;
  readonly state: LinkState;
  /** What each of the points says; undefined where it says nothing. */
  readonly ends: readonly [BgpSession | undefined, BgpSession | undefined];
}

/** Merges what all nodes say. */
export function topologyOf({ fabric, reports }: Everywhere, now = new Date()): Topology {
  const builder = new Builder(fabric, reports);
  for (const [index, report] of reports.entries())
    for (const session of sessionsIn(report)) builder.add(index, session);
  const points = builder.points;
  const links = [...builder.drafts.values()].map((draft) => builder.linkOf(draft));
  const answered = reports.map(({ failure }) => failure === undefined);
  return {
    generated: now.toISOString(),
    points,
    links: [...links, ...missingLinks(fabric, points, links, answered)],
  };
}

/** The same for the same two points and family. */
export function linkKey([first, second]: readonly [number, number], family: Family): number {
  return (first * 2 ** 20 + second) * 2 + (family === 'ipv4' ? 0 : 1);
}

interface Draft {
  readonly points: readonly [number, number];
  readonly family: Family;
  readonly ends: [BgpSession | undefined, BgpSession | undefined];
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

class Builder {
  readonly points: Writable<Point>[];
  readonly drafts = new Map<number | string, Draft>();
  readonly #fabric: Fabric;
  readonly #reports: readonly NodeReport[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #externals = new Map<string, number>();

  constructor(fabric: Fabric, reports: readonly NodeReport[]) {
    const known = new Map(fabric.nodes.map((node) => [node.name, node]));
    this.#fabric = fabric;
    this.#reports = reports;
    this.#indexes = new Map(reports.map(({ node }, index) => [node, index]));
    this.points = reports.map((report) => pointOf(report, known.get(report.node)));
  }

  add(from: number, session: BgpSession): void {
    const to = this.#peerOf(session);
    const points: readonly [number, number] = from < to ? [from, to] : [to, from];
    const side = from < to ? 0 : 1;
    for (let again = 0; ; again++) {
      const first = linkKey(points, session.family);
      const key = again === 0 ? first : `${first} ${again}`;
      const draft = this.drafts.get(key) ?? { points, family: session.family, ends: [undefined, undefined] };
      // A second session of the same two, e.g. at another port, is a link of its own.
      if (draft.ends[side] !== undefined) continue;
      draft.ends[side] = session;
      this.drafts.set(key, draft);
      return;
    }
  }

  #peerOf({ peerAddress, peerPort, peerAs }: BgpSession): number {
    const node = this.#fabric.nodeAt(peerAddress);
    const known = node === undefined ? undefined : this.#indexes.get(node.name);
    if (known !== undefined) return known;
    const name = peerPort === undefined || peerPort === 179 ? peerAddress : `${peerAddress} port ${peerPort}`;
    const index = this.#externals.get(name) ?? this.points.length;
    this.#externals.set(name, index);
    const point: Writable<Point> = this.points[index] ?? {
      name,
      role: 'external',
      as: [],
      addresses: [peerAddress],
    };
    this.points[index] = point;
    if (peerAs !== undefined && !point.as.includes(peerAs))
      point.as = [...point.as, peerAs].sort((a, b) => a - b);
    return index;
  }

  linkOf({ points, family, ends }: Draft): Link {
    const { type } = (ends[0] ?? ends[1])!;
    return { points, family, type, state: this.#stateOf(points, ends), ends };
  }

  #stateOf(points: Draft['points'], ends: Draft['ends']): LinkState {
    const told = ends.filter((end) => end !== undefined);
    const up = told.filter(({ established }) => established).length;
    const silent = points.findIndex((_, side) => ends[side] === undefined);
    // Who was asked and does not know of a session that the other has is at odds with it.
    const isOneSided =
      silent >= 0 &&
      this.#reports[points[silent]!]?.failure === undefined &&
      points[silent]! < this.#reports.length;
    if (up === told.length) return isOneSided ? 'disputed' : 'up';
    if (up > 0) return 'disputed';
    return told.every(isDisabled) ? 'disabled' : 'down';
  }
}

function pointOf({ node: name, failure }: NodeReport, node: BgpNode | undefined): Point {
  return {
    name,
    role: node?.clusterId === undefined ? 'node' : 'reflector',
    as: node?.as === undefined ? [] : [node.as],
    addresses: Object.values(node?.addresses ?? {}),
    ...(node?.clusterId === undefined ? {} : { clusterId: node.clusterId }),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** Cluster IDs of reflectors, each once. */
export function clusterIdsOf({ points }: Topology): readonly string[] {
  const ids = points.flatMap(({ clusterId }) => (clusterId === undefined ? [] : [clusterId]));
  return [...new Set(ids)].sort(compareNames);
}
