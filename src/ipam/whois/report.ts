/** What `ipam whois` says. As JSON and YAML fields keep their names and meanings; new ones may come. */

/** What one block records of an address. */
export interface Sighting {
  readonly block: string;
  /** As blocks say it, e.g. `host:worker-1`; null where nobody owns the block. */
  readonly affinity: string | null;
  /** RFC 3339, where known. */
  readonly claimedAt?: string;
  readonly state: 'allocated' | 'resting' | 'reserved for Windows' | 'free';
  /** Under which it was taken; absent where there is none. */
  readonly handle?: string;
  /** Of an allocation; 0 where the block has none. */
  readonly sequenceNumber?: number | bigint;
  /** Node that has it, or that owns the block where nothing else is said. */
  readonly node?: string;
  /** Its node does not own the block. */
  readonly borrowed?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly alternateAttributes?: Readonly<Record<string, string>>;
  /** RFC 3339, of an address that rests. */
  readonly releasedAt?: string;
  /** When it was taken, as whoever took it wrote it. */
  readonly since?: string;
  /** Earliest that it can have been taken: when the block was made (RFC 3339). */
  readonly notBefore?: string;
  /** The block cannot be used: why. */
  readonly fault?: string;
}

/** Something that says that it uses an address. */
export interface User {
  readonly kind: 'WorkloadEndpoint' | 'Node' | 'Service';
  /** `namespace/name`, or the name of a node. */
  readonly name: string;
  /** The field that says it. */
  readonly field: string;
  readonly pod?: string;
  readonly node?: string;
  readonly interface?: string;
}

export interface PoolPlace {
  readonly name: string;
  readonly cidr: string;
  readonly blockSize: number;
  readonly disabled: boolean;
}

export interface AddressReport {
  readonly address: string;
  readonly state:
    | 'in use'
    | 'allocated, but nothing uses it'
    /** Whether something uses it cannot be seen: see `unseen`. */
    | 'allocated'
    | 'in use, but not allocated'
    | 'resting'
    | 'reserved for Windows'
    | 'reserved'
    | 'free'
    /** A node's own, which IPAM has nothing to do with. */
    | 'address of a node'
    | 'unknown';
  /** Every block that has it; more than one where blocks overlap. */
  readonly blocks: readonly Sighting[];
  /** Every pool that has it, the one that counts first. */
  readonly pools: readonly PoolPlace[];
  readonly users: readonly User[];
  /** Where users could not be looked for: `endpoints`, `services`, `nodes`. */
  readonly unseen: readonly string[];
  readonly reservations: readonly { readonly name: string; readonly cidr: string }[];
  /** Whether the handle of the allocation exists; absent where there is none. */
  readonly handleExists?: boolean;
  /** How it came to be so, in sentences. */
  readonly why: readonly string[];
}

/** What a word on the command line turned out to be, e.g. `pod shop/web-0`. */
export interface Match {
  readonly kind: 'pod' | 'machine' | 'service' | 'node' | 'handle' | 'interface' | 'endpoint' | 'container';
  readonly name: string;
}

/** An address of many: what blocks record of it, without a look at who uses it. */
export interface AddressLine {
  readonly address: string;
  readonly blocks: readonly Sighting[];
}

export interface WhoisReport {
  readonly query: string;
  readonly matches: readonly Match[];
  /** Blocks that a node of that name owns. */
  readonly ownedBlocks: readonly string[];
  readonly addresses: readonly (AddressReport | AddressLine)[];
}
