import type { BirdVersion, Session, Speaker } from './bird-config.ts';
import type { Peer } from './bird-lab.ts';

/** A node of Calico's with one session of every fate, and routers at the other ends. */

/** AS number of the node and of what Calico itself peers with. */
const OWN = 64512;

const NODE = { ipv4: '192.0.2.10', ipv6: '2001:db8::10' };

interface Fate {
  readonly session: Session;
  /** What is at the other end; nothing, where it is absent. */
  readonly peer?: Partial<Speaker> & { readonly version: BirdVersion };
}

const FATES: readonly Fate[] = [
  {
    session: { name: 'Mesh_192_0_2_11', address: '192.0.2.11', as: OWN },
    peer: { version: 2, routes: ['10.244.11.0/26', '10.244.11.64/26'] },
  },
  // Nobody is there.
  { session: { name: 'Mesh_192_0_2_12', address: '192.0.2.12', as: OWN } },
  // Nobody is there, and it is the other who would call.
  { session: { name: 'Mesh_192_0_2_13', address: '192.0.2.13', as: OWN, passive: true } },
  // It says that it is of another AS than we believe.
  {
    session: { name: 'Global_192_0_2_14', address: '192.0.2.14', as: 64999 },
    peer: { version: 2, as: 64514 },
  },
  {
    session: { name: 'Node_192_0_2_15', address: '192.0.2.15', as: OWN, password: 'right' },
    peer: { version: 2, as: OWN },
  },
  {
    session: {
      ...{ name: 'Node_192_0_2_16', address: '192.0.2.16', as: OWN },
      ...{ password: 'sesame', reflectorClient: true },
    },
    peer: { version: 1, routes: ['10.244.16.0/26'] },
  },
  {
    session: {
      ...{ name: 'Global_192_0_2_17_port_1790', address: '192.0.2.17', port: 1790, as: 64517 },
      importFilter: 'filter { if net = 203.0.113.0/24 then reject; accept; }',
      exportFilter: 'filter { if net = 10.244.10.64/26 then reject; accept; }',
    },
    peer: { version: 2, as: 64517, port: 1790, routes: ['198.51.100.0/24', '203.0.113.0/24'] },
  },
  {
    session: { name: 'Mesh_2001_db8__11', address: '2001:db8::11', as: OWN },
    peer: { version: 2, routes: ['fd00:11::/122'] },
  },
  { session: { name: 'Mesh_2001_db8__12', address: '2001:db8::12', as: OWN } },
  {
    session: {
      ...{ name: 'Node_2001_db8__16', address: '2001:db8::16', as: OWN },
      ...{ password: 'sesame', reflectorClient: true },
    },
    peer: { version: 1, routes: ['fd00:16::/122'] },
  },
];

/** Sessions of the network that come up. */
export const COMING_UP = {
  ipv4: ['Mesh_192_0_2_11', 'Node_192_0_2_16', 'Global_192_0_2_17_port_1790'],
  ipv6: ['Mesh_2001_db8__11', 'Node_2001_db8__16'],
};

/** The node runs BIRD of this version. */
export function everyFate(version: BirdVersion): { readonly node: Speaker; readonly peers: readonly Peer[] } {
  return {
    node: {
      ...{ version, as: OWN, addresses: NODE, routerId: NODE.ipv4 },
      routes: ['10.244.10.0/26', '10.244.10.64/26', 'fd00:10::/122'],
      sessions: FATES.map(({ session }) => session),
    },
    peers: FATES.flatMap(({ session, peer }) => (peer === undefined ? [] : [peerOf(session, peer)])),
  };
}

function peerOf(session: Session, given: Partial<Speaker> & { readonly version: BirdVersion }): Peer {
  const family = session.address.includes(':') ? 'ipv6' : 'ipv4';
  const password = session.name === 'Node_192_0_2_15' ? 'wrong' : session.password;
  return {
    ...{ name: session.name, as: session.as, strict: true },
    addresses: { [family]: session.address },
    // Any number that no other has; BIRD asks for one of IPv4.
    routerId: session.address.includes(':') ? `192.0.2.2${session.address.slice(-2)}` : session.address,
    ...given,
    sessions: [
      {
        ...{ name: 'node', address: NODE[family], as: OWN, passive: true },
        // Only its own networks: else routes come back to where they are from.
        exportFilter: 'where source = RTS_STATIC',
        ...(password === undefined ? {} : { password }),
      },
    ],
  };
}

/** A node with as many global peers, of which the first few are there. */
export function manyPeers(
  version: BirdVersion,
  total: number,
  present: number,
): {
  readonly node: Speaker;
  readonly peers: readonly Peer[];
  readonly prefix: { ipv4: number; ipv6: number };
} {
  const address = (index: number) => `198.18.${1 + (index >> 8)}.${index & 255}`;
  const sessions = Array.from({ length: total }, (_, index) => ({
    name: `Global_${address(index).replaceAll('.', '_')}`,
    address: address(index),
    as: OWN,
  }));
  const own = '198.18.0.1';
  return {
    prefix: { ipv4: 16, ipv6: 64 },
    node: { version, as: OWN, addresses: { ipv4: own }, routerId: own, sessions },
    peers: sessions.slice(0, present).map((session) => ({
      ...{ name: session.name, version: 2, as: OWN, addresses: { ipv4: session.address } },
      ...{ routerId: session.address, strict: true },
      sessions: [{ name: 'node', address: own, as: OWN, passive: true }],
    })),
  };
}
