import type { Family, PeerType } from './session.ts';

/** What Calico's name of a BGP protocol tells of the peer. */
export interface NamedPeer {
  readonly type: PeerType;
  readonly address: string;
  readonly family: Family;
  readonly port?: number;
}

const PREFIXES: Readonly<Record<string, PeerType>> = {
  Mesh: 'mesh',
  Node: 'node',
  Global: 'global',
  Local_Workload: 'local-workload',
};

/**
 * Reads names as calico/node writes them into BIRD's configuration: what asked for the session, the address with `_` for
 * each dot or colon, and the port where it is not the usual one, as in `Node_192_0_2_7_port_1790`. Undefined for others.
 */
export function peerNamed(name: string): NamedPeer | undefined {
  const [, prefix, id, port] = /^(Mesh|Node|Global|Local_Workload)_(.+?)(?:_port_(\d+))?$/.exec(name) ?? [];
  if (prefix === undefined || id === undefined) return undefined;
  const isV4 = /^\d{1,3}(_\d{1,3}){3}$/.test(id);
  return {
    type: PREFIXES[prefix]!,
    address: id.replaceAll('_', isV4 ? '.' : ':'),
    family: isV4 ? 'ipv4' : 'ipv6',
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}
