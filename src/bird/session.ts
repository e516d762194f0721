/** What a BGP peer is to Calico: who asked for the session. */
export type PeerType = 'mesh' | 'node' | 'global' | 'local-workload' | 'other';

export type Family = 'ipv4' | 'ipv6';

/** Routes of one family of a session; undefined where BIRD does not say. */
export interface RouteCounts {
  /** Received, whatever became of them; absent where the import filter refused some and BIRD did not keep them. */
  readonly received?: number;
  /** Received and kept by the import filter. */
  readonly imported?: number;
  /** Received and refused by the import filter, where BIRD keeps them. */
  readonly filtered?: number;
  readonly exported?: number;
  /** Imported ones that are the best for their destination. */
  readonly preferred?: number;
}

/** A BGP session as its end on one node sees it, whoever told: BIRD over its socket, or a CalicoNodeStatus. */
export interface BgpSession {
  /** BIRD's name of the protocol, e.g. `Mesh_192_0_2_11`; the address where only that is known. */
  readonly name: string;
  readonly type: PeerType;
  readonly family: Family;
  readonly peerAddress: string;
  readonly peerPort?: number;
  readonly peerAs?: number;
  readonly localAddress?: string;
  readonly localAs?: number;
  /** BIRD's state of the protocol: `up`, `start`, `down`, … */
  readonly state: string;
  /** As BIRD says it: a time of day, a date, or RFC 3339. */
  readonly since: string;
  /** State of the BGP machine, `Established`, `Active`, `Idle`, …, with what BIRD adds, e.g. an error. */
  readonly info: string;
  readonly established: boolean;
  /** The last error, e.g. `Error: Bad peer AS`; undefined where there was none. */
  readonly lastError?: string;
  /** The peer is our client in route reflection, or we reflect for it. */
  readonly routeReflector?: boolean;
  readonly routes: { readonly [family in Family]?: RouteCounts };
}
