import type { Severity } from '../core/result.ts';

/** What is known of a kind of finding beside its cases. */
export interface FindingKind {
  readonly severity: Severity;
  /** What is found, in a few words. */
  readonly title: string;
  /** How it comes about and what it leads to. */
  readonly why: string;
  /** What `ipam repair` does about it, or what the user can do. */
  readonly remedy: string;
}

/** Every kind of finding. A code never changes its meaning. */
export const FINDINGS = {
  CAL3001: {
    severity: 'error',
    title: 'address leaked',
    why: 'A block records the address as taken, and nothing uses it: whoever took it went without giving it back. It is lost to the pool until it is released.',
    remedy:
      '`ipam repair` releases it, if the handle and the sequence number are still those of the finding.',
  },
  CAL3002: {
    severity: 'error',
    title: 'address in use outside every active pool',
    why: 'A workload, node or service uses an address that no enabled pool has. Its pool was deleted, disabled or changed; traffic of the address may not be routed or translated as pools say.',
    remedy: 'Restart its owner so that it gets an address of an active pool, or restore the pool.',
  },
  CAL3003: {
    severity: 'error',
    title: 'address in use but not allocated',
    why: 'Something uses an address of an active pool that no block records as taken, so it may be given to somebody else at any time.',
    remedy: 'Restart its owner so that it gets an address of its own.',
  },
  CAL3004: {
    severity: 'warning',
    title: 'handle without addresses',
    why: 'The handle names addresses that no block records for it: a release or an assignment broke off between its two writes. It takes room and nothing else.',
    remedy: '`ipam repair` deletes it, if it has not changed since.',
  },
  CAL3005: {
    severity: 'warning',
    title: 'addresses without their handle',
    why: 'A block records addresses under a handle that does not exist: releasing them by handle, as the CNI plug-in does, finds nothing and leaks them.',
    remedy: '`ipam repair` makes the handle with what the blocks record.',
  },
  CAL3006: {
    severity: 'error',
    title: 'block contradicts itself',
    why: 'Parts of the block do not go together. Calico refuses to work on some of these; others give an address out twice.',
    remedy: 'Look at the block (see the evidence) and mend it by hand, or drain its node and delete it.',
  },
  CAL3007: {
    severity: 'error',
    title: 'address with several users',
    why: 'More than one workload, node or service says that it uses the address, so traffic for one reaches another.',
    remedy: 'Restart all owners but the one that the block records.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingCode = keyof typeof FINDINGS;
