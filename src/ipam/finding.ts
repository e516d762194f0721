import type { JsonObject } from '../core/json.ts';
import type { Severity } from '../core/result.ts';
import type { Version } from '../datastore/datastore.ts';

/** What is wrong, or may become so, with the addresses of a cluster. */
export interface IpamFinding {
  /** Key of the catalogue, e.g. `CAL3001`; `calicoctl explain CAL3001` tells more. */
  readonly code: string;
  readonly severity: Severity;
  readonly subject: {
    readonly kind: 'address' | 'block' | 'handle' | 'affinity' | 'endpoint' | 'reservation' | 'pool' | 'node';
    readonly name: string;
  };
  /** The cause, in one sentence with the names that matter. */
  readonly message: string;
  /** Since when it has been so, or the nearest that is known (RFC 3339); its age follows from it. */
  readonly since?: string;
  /** `Workload(namespace/name)`, `Node(name)`, `Pod(namespace/name)` or the name of a service. */
  readonly owner?: string;
  /** What was read that shows it. */
  readonly evidence: JsonObject;
  /** What `ipam repair` does about it; absent where nothing is safe. */
  readonly fix?: Fix;
  /** What the user can do where there is no safe fix; one sentence. */
  readonly advice?: string;
  /** The reference counts it among its problems. */
  readonly counted: boolean;
}

/**
 * One write that mends one finding, with all that must still hold for it. Versions are those read when the finding was
 * made: whoever carries it out reads again, and leaves alone what has changed in between.
 */
export type Fix =
  /** Only while the handle has it (`''`: nobody) with that sequence number. */
  | {
      readonly write: 'release-address';
      readonly address: string;
      readonly block: string;
      readonly handle: string;
      readonly sequenceNumber: number | bigint;
    }
  | { readonly write: 'delete-handle'; readonly handle: string; readonly version: Version }
  /** Counts of addresses by block. Without a version the handle is made. */
  | {
      readonly write: 'set-handle';
      readonly handle: string;
      readonly version?: Version;
      readonly blocks: Readonly<Record<string, number>>;
    }
  /** The affinity alone, where it points to a block that is not there or not its owner's. `name` as the datastore's. */
  | { readonly write: 'delete-affinity'; readonly affinity: string; readonly version: Version }
  /** Owner and block part: an empty block goes, one with addresses in use stays without owner. */
  | { readonly write: 'release-affinity'; readonly owner: string; readonly block: string }
  /** An empty block that nobody owns. */
  | { readonly write: 'delete-block'; readonly block: string; readonly version: Version }
  | {
      readonly write: 'delete-endpoint';
      readonly namespace: string;
      readonly name: string;
      readonly version: Version;
    };
