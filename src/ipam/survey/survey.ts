import type { CorruptEntry, Version } from '../../datastore/datastore.ts';
import type { Owner } from '../../operations/ipam/objects.ts';
import type { Pool } from '../../operations/ipam/pools.ts';
import type { Address } from '../../resources/net/address.ts';
import type { Cidr } from '../../resources/net/cidr.ts';

/**
 * What one look at everything found: a few bytes an address, so that a million of them fit. Attributes are not kept; who
 * needs those of an address reads its block again, which also shows whether it is still so.
 */
export interface Survey {
  readonly cluster: ClusterView;
  readonly settings: IpamSettings;
  /** Every pool, disabled ones too, by name. */
  readonly pools: readonly Pool[];
  readonly reservations: readonly Reservation[];
  readonly blocks: BlockIndex;
  readonly affinities: readonly SurveyedAffinity[];
  /** By name. */
  readonly nodes: ReadonlyMap<string, SurveyedNode>;
  readonly handles: HandleIndex;
  readonly endpoints: EndpointIndex;
  /** Addresses that somebody uses though no block has them allocated, in the order met. */
  readonly unallocated: readonly Use[];
  /** Addresses that more than one user has, by address in normal form. */
  readonly shared: ReadonlyMap<string, readonly Use[]>;
  readonly counts: SurveyCounts;
  /** Services may have addresses, and could not be looked at: those of load balancers may be in use. */
  readonly servicesUnknown: boolean;
  /** Nodes or endpoints that cannot be read, so that addresses they use may seem to be unused. */
  readonly unreadUsers: readonly CorruptEntry[];
  /** Why affinities, reservations or settings are not there that may not be read; absent where that is an error. */
  readonly unseen?: string[];
  /** When endpoints and handles began to be read, as `Date.now()`. */
  readonly times: { readonly endpoints: number; readonly handles: number };
  /** Version of the datastore when its blocks were read; absent where it says none. */
  readonly readAt?: Version;
  readonly corrupt: readonly CorruptEntry[];
}

export interface ClusterView {
  readonly guid: string;
  readonly type: string;
  /** `datastoreReady` is false. */
  readonly locked: boolean;
  readonly version: Version;
}

/** As they hold, defaults filled in. */
export interface IpamSettings {
  readonly strictAffinity: boolean;
  readonly autoAllocateBlocks: boolean;
  /** 0 for the usual limit of 20 for each owner and family. */
  readonly maxBlocksPerHost: number;
  readonly kubeVirtVMAddressPersistence: 'Enabled' | 'Disabled';
  readonly cooldownSeconds: number;
}

/** A range of an IPReservation. */
export interface Reservation {
  readonly name: string;
  readonly range: Cidr;
}

/** Bits of the state of an address of a block. */
export const ALLOCATED = 1;
/** Released, and resting until it may be given out again. Such an address is ALLOCATED too. */
export const COOLING = 2;
export const WINDOWS_RESERVED = 4;
/** A workload, node or service says that it uses it. */
export const IN_USE = 8;

export interface SurveyedBlock {
  /** Its CIDR in normal form. */
  readonly name: string;
  readonly range: Cidr;
  readonly version: Version;
  readonly owner: Owner | undefined;
  /** As the block's `affinity` is written; empty where there is none. */
  readonly affinity: string;
  /** Addresses taken before the block was read carry a smaller one, those taken since this one or a greater. */
  readonly sequenceNumber: number | bigint;
  /** RFC 3339, where known. */
  readonly claimedAt?: string;
  /** For each ordinal the bits above. */
  readonly states: Uint8Array;
  /** Its parts contradict each other: how, in the reference's words. */
  readonly fault?: string;
}

export interface BlockIndex extends Iterable<SurveyedBlock> {
  readonly size: number;
  /** The block of that CIDR in normal form. */
  named(name: string): SurveyedBlock | undefined;
  /** Every block that has the address: more than one where blocks overlap. */
  having(address: Address): readonly SurveyedBlock[];
}

/** Which handles exist, and which are mentioned by allocations, without their names. */
export interface HandleIndex {
  readonly existing: number;
  /** How many addresses blocks record for a handle. */
  countOf(handle: string): number;
  exists(handle: string): boolean;
  /** How many handles allocations mention that do not exist. */
  readonly missing: number;
  /** Handles that no allocation mentions, as they are stored. */
  readonly leaked: readonly LeakedHandle[];
  /** Handles that count other addresses than blocks record for them, or name blocks that are not there. */
  readonly miscounted: readonly MiscountedHandle[];
}

export interface LeakedHandle {
  readonly id: string;
  readonly uid: string | null;
  readonly version: Version;
  /** As stored: how many addresses in which block. */
  readonly blocks: Readonly<Record<string, number>>;
  /** RFC 3339, where known. */
  readonly createdAt?: string;
}

export interface MiscountedHandle {
  readonly id: string;
  readonly version: Version;
  /** As stored: how many addresses in which block. */
  readonly blocks: Readonly<Record<string, number>>;
}

export interface SurveyedAffinity {
  /** Name in the datastore. */
  readonly name: string;
  readonly owner: Owner;
  readonly range: Cidr;
  readonly state: '' | 'confirmed' | 'pending' | 'pendingDeletion';
  readonly version: Version;
}

export interface SurveyedNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Tunnel addresses by the field that names them, e.g. `spec.ipv4VXLANTunnelAddr`; IPv6 ones too. */
  readonly tunnels: Readonly<Record<string, string>>;
}

/** What is kept of workload endpoints. */
export interface EndpointIndex {
  /** How many there are by the node they name. */
  readonly byNode: ReadonlyMap<string, number>;
  /** Keys (`interfaceKey`) of interfaces that more than one endpoint is for. */
  readonly repeated: ReadonlySet<number>;
}

/** Somebody uses an address. */
export interface Use {
  /** In normal form. */
  readonly address: string;
  /** `Workload(namespace/name)`, `Node(name)`, a service's name, or `Reserved for Windows`. */
  readonly owner: string;
}

export interface SurveyCounts {
  readonly allocations: number;
  readonly tunnels: number;
  /** Undefined where services were not looked at. */
  readonly services: number | undefined;
  readonly workloads: number;
  /** Different addresses in use. */
  readonly inUse: number;
  /** Allocations by node. */
  readonly byNode: ReadonlyMap<string, number>;
}
