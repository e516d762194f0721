import type { BgpSession, Family, PeerType } from '../../bird/session.ts';
import { isObject, objectsIn, textIn } from '../../core/json.ts';
import type { Resource } from '../../resources/kind.ts';
import { parseInteger } from '../../resources/net/numbers.ts';
import type { BgpNode, Fabric } from './fabric.ts';
import { formatAge, harmless, NO_BIRD, type NodeReport, type ToldBird } from './report.ts';

/** What a CalicoNodeStatus tells. calico/node fills it when it is made, and later only when something has changed. */

const TYPES: Readonly<Record<string, PeerType>> = {
  ...{ NodeMesh: 'mesh', NodePeer: 'node', GlobalPeer: 'global' },
};
const PREFIXES: Readonly<Partial<Record<PeerType, string>>> = {
  ...{ mesh: 'Mesh', node: 'Node', global: 'Global' },
};
const FAMILIES = [
  ['ipv4', 'V4', '.'],
  ['ipv6', 'V6', ':'],
] as const;

/** An answer counts as fresh for so many periods, and for so long in any case: requests for a single answer have no period. */
const PERIODS = 3;
const AT_LEAST_MS = 30_000;

/** The best of several: the freshest that tells of BGP. Undefined where none was ever filled. */
export function bestOf(statuses: readonly Resource[]): Resource | undefined {
  const usable = statuses.filter((status) => tellsOfBgp(status) && reportedAt(status) !== undefined);
  return usable.reduce<Resource | undefined>(
    (best, each) => (best === undefined || reportedAt(best)! < reportedAt(each)! ? each : best),
    undefined,
  );
}

/** Whether the node was asked for its sessions, not only for its routes. */
export function tellsOfBgp({ spec }: Resource): boolean {
  const { classes } = spec;
  return Array.isArray(classes) && classes.includes('BGP');
}

/** When the node filled it, in milliseconds; undefined of one that it did not fill yet. */
export function reportedAt({ status }: Resource): number | undefined {
  const time = Date.parse(textIn(isObject(status) ? status['lastUpdated'] : undefined));
  return Number.isNaN(time) ? undefined : time;
}

export function isFresh(status: Resource, now: number): boolean {
  const reported = reportedAt(status);
  const period = parseInteger(status.spec['updatePeriodSeconds'], 86_400) ?? 0;
  return reported !== undefined && now - reported <= Math.max(PERIODS * period * 1000, AT_LEAST_MS);
}

/** The report that a filled CalicoNodeStatus is. */
export function reportOf(status: Resource, node: BgpNode, fabric: Fabric, now: number): NodeReport {
  const birds = FAMILIES.flatMap((each) => birdIn(status, each, node, fabric));
  const reported = new Date(reportedAt(status)!).toISOString();
  const failure = isFresh(status, now) ? daemonFailure(status, node) : staleness(status, now);
  return {
    node: node.name,
    source: 'status',
    reported,
    birds,
    ...(failure === undefined ? {} : { failure }),
    notes: daemonNotes(status, node, birds.flatMap(({ sessions }) => sessions).length),
  };
}

/** Nodes write changes only: whether one is at peace or dead cannot be seen from a status that is old. */
function staleness(status: Resource, now: number): string {
  const age = formatAge(now - reportedAt(status)!);
  return `CalicoNodeStatus(${status.metadata.name}) was last changed ${age} ago, which a node at peace and a dead one have in common`;
}

function part(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((found, key) => (isObject(found) ? found[key] : undefined), value);
}

function birdIn(
  status: Resource,
  [family, key, separator]: (typeof FAMILIES)[number],
  node: BgpNode,
  fabric: Fabric,
): readonly ToldBird[] {
  const said = (name: string) => harmless(textIn(part(status.status, 'agent', `bird${key}`, name)));
  const [version, routerId, started] = [said('version'), said('routerID'), said('lastBootTime')];
  const sessions = peersIn(status, key).map((peer) => sessionOf(peer, { family, separator, node, fabric }));
  if (sessions.length === 0 && said('state') !== 'Ready') return [];
  return [
    {
      ...(version === '' ? {} : { version }),
      ...(routerId === '' ? {} : { routerId }),
      ...(started === '' ? {} : { started }),
      sessions,
    },
  ];
}

function peersIn(status: Resource, key: string): readonly Record<string, unknown>[] {
  return objectsIn(part(status.status, 'bgp', `peers${key}`));
}

interface End {
  readonly family: Family;
  readonly separator: string;
  readonly node: BgpNode;
  readonly fabric: Fabric;
}

function sessionOf(peer: Record<string, unknown>, { family, separator, node, fabric }: End): BgpSession {
  const peerAddress = harmless(textIn(peer['peerIP']));
  const type = TYPES[textIn(peer['type'])] ?? 'other';
  // calico/node has no word for BIRD's `Down`.
  const info = harmless(textIn(peer['state'])) || 'Down';
  const established = info === 'Established';
  const other = fabric.nodeAt(peerAddress);
  const peerAs = other?.as ?? fabric.peerAs(peerAddress);
  const localAddress = node.addresses[family];
  return {
    name: `${PREFIXES[type] ?? 'Peer'}_${peerAddress.replaceAll(separator, '_')}`,
    type,
    family,
    peerAddress,
    ...(peerAs === undefined ? {} : { peerAs }),
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(node.as === undefined ? {} : { localAs: node.as }),
    state: established ? 'up' : info === 'Down' ? 'down' : 'start',
    since: harmless(textIn(peer['since'])),
    info,
    established,
    ...(isClient(node, other, peerAs) ? { routeReflector: true } : {}),
    routes: {},
  };
}

/** As calico/node configures BIRD: a reflector reflects to peers of its AS that are not of its own cluster. */
function isClient(node: BgpNode, other: BgpNode | undefined, peerAs: number | undefined): boolean {
  return node.clusterId !== undefined && peerAs === node.as && other?.clusterId !== node.clusterId;
}

function daemonState(status: Resource, key: 'V4' | 'V6'): string {
  return textIn(part(status.status, 'agent', `bird${key}`, 'state'));
}

function daemonFailure(status: Resource, { addresses }: BgpNode): string | undefined {
  const isDown = FAMILIES.every(([, key]) => daemonState(status, key) === 'NotReady');
  return isDown && Object.keys(addresses).length > 0 ? NO_BIRD : undefined;
}

function daemonNotes(status: Resource, { addresses }: BgpNode, sessions: number): readonly string[] {
  const down = FAMILIES.filter(([, key]) => daemonState(status, key) === 'NotReady');
  if (down.length !== 1) return [];
  const [family] = down[0]!;
  const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
  if (addresses[family] !== undefined) return [`BIRD for ${name} is not running there`];
  // It empties what it told of IPv4 where it cannot reach the socket of IPv6.
  if (family === 'ipv6' && sessions === 0)
    return [
      'calico/node tells of no session where BIRD for IPv6 is not running: --via exec asks BIRD itself',
    ];
  return [];
}
