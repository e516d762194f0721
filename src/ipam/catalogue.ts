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
  CAL3008: {
    severity: 'error',
    title: 'blocks overlap',
    why: 'Two blocks have addresses in common, and each gives them out without looking at the other. It comes from a pool that was made anew with another block size while blocks of the old one were still there, or from a restored backup.',
    remedy:
      'Drain the node that owns the block of the wrong size, so that the block empties and goes; restart workloads that have addresses of both.',
  },
  CAL3009: {
    severity: 'error',
    title: 'address allocated twice',
    why: 'Two overlapping blocks both record the address as taken, so that two workloads may use it and traffic for one reaches the other.',
    remedy: 'Restart the workload whose block is not of the block size of its pool, then drain that block.',
  },
  CAL3010: {
    severity: 'warning',
    title: 'block outside every pool',
    why: 'No pool, enabled or not, has the block: its pool was deleted or made anew elsewhere while addresses of the block were in use. Nothing new is taken from it, and `ipam show` counts it to no pool.',
    remedy:
      '`ipam repair` gives it up where it is empty. Otherwise restart the workloads that use it, or make the pool again.',
  },
  CAL3011: {
    severity: 'warning',
    title: 'block of another size than those of its pool',
    why: 'The pool was made anew with another block size. Calico works out the block of an address from the block size of the pool, so it does not find such a block when an address is released by itself.',
    remedy: 'Restart the workloads that use the block, so that it empties; `ippool migrate` plans that.',
  },
  CAL3012: {
    severity: 'warning',
    title: 'empty block owned by nobody',
    why: 'The block was given up while it had addresses in use, and those went without anybody removing it. It keeps its range from being claimed anew.',
    remedy: '`ipam repair` deletes it, if it has not changed since.',
  },
  CAL3013: {
    severity: 'warning',
    title: 'affinity without its block',
    why: 'An owner is recorded for a block that does not exist: the block was deleted by hand, or is missing from a restored backup. It counts towards the limit of blocks of its owner.',
    remedy: '`ipam repair` deletes the affinity; the owner claims another block when it needs one.',
  },
  CAL3014: {
    severity: 'warning',
    title: 'affinity left half-way',
    why: 'Claiming or giving up a block broke off between its steps. Its owner goes on with it when it next needs a block; if the owner is gone, nobody does.',
    remedy: '`ipam repair` ends what was begun, where that loses no address.',
  },
  CAL3015: {
    severity: 'warning',
    title: 'affinity to a block of somebody else',
    why: 'An owner is recorded for a block that says itself that it belongs to another, or to nobody. Routes may be programmed for the wrong node, and it counts towards the limit of blocks of its owner.',
    remedy: '`ipam repair` deletes the affinity; the block stays as it is.',
  },
  CAL3016: {
    severity: 'warning',
    title: 'block without its affinity',
    why: 'The block names an owner for whom no affinity is recorded, so the owner does not find its free addresses, and nobody gives the block up when the owner goes.',
    remedy:
      'The owner takes it up again when it next looks for a block; to have it at once, drain the owner so that the block empties.',
  },
  CAL3017: {
    severity: 'warning',
    title: 'block of a node that is not there',
    why: 'The node was deleted and its blocks were not given up, so their free addresses are lost to all others.',
    remedy:
      '`ipam repair` gives the block up: empty, it goes; with addresses in use, it stays, owned by nobody.',
  },
  CAL3018: {
    severity: 'warning',
    title: 'addresses of a node that is not there',
    why: 'Addresses are recorded for workloads or tunnels of a node that was deleted.',
    remedy: 'Those that nobody uses are found as leaked too (CAL3001), and `ipam repair` releases them.',
  },
  CAL3019: {
    severity: 'warning',
    title: 'handle counts other addresses than blocks record',
    why: 'An assignment or a release broke off between its two writes. The blocks are right; the handle is not deleted with its last address, or not found when addresses are released by it.',
    remedy: '`ipam repair` writes what the blocks record, if the handle has not changed since.',
  },
  CAL3020: {
    severity: 'error',
    title: 'node without its tunnel address',
    why: 'Pools or settings ask for a tunnel on the node, other nodes have an address for theirs, and this one has none: it cannot reach workloads of other nodes from itself.',
    remedy:
      'Restart calico-node there; if the pools for tunnels have no free address, `ipam check --explain-full NODE` says why.',
  },
  CAL3021: {
    severity: 'error',
    title: 'tunnel address allocated to somebody else',
    why: 'The node uses the address for a tunnel, and its block records it for another, or as released. The node may answer for the address of a workload.',
    remedy: 'Restart calico-node on the node: it takes another address where its own is not allocated to it.',
  },
  CAL3022: {
    severity: 'warning',
    title: 'tunnel address allocated but not used',
    why: 'An address is recorded for a tunnel of the node, and the node does not use it: the tunnel was turned off, or the node got another one.',
    remedy: 'It is found as leaked too (CAL3001), and `ipam repair` releases it.',
  },
  CAL3023: {
    severity: 'warning',
    title: 'workload endpoint of a node that is not there',
    why: 'The node was deleted and its endpoints were left behind. They keep addresses in use that nobody answers for.',
    remedy:
      'Make sure that the node is gone: if only its object was deleted, its pods still run. Then `ipam repair --only=CAL3023` deletes the endpoint where the datastore is not Kubernetes; there, delete the pod.',
  },
  CAL3024: {
    severity: 'warning',
    title: 'several endpoints of one pod',
    why: 'A pod has one endpoint for each of its interfaces; more are left from places where it ran before. They keep addresses in use that nobody answers for.',
    remedy: 'Delete the endpoints of the nodes where the pod does not run any more.',
  },
  CAL3025: {
    severity: 'warning',
    title: 'reserved addresses in use',
    why: 'A reservation keeps addresses from being given out on their own, and does nothing about those that were given out before, or that are asked for by name.',
    remedy: 'If the addresses were asked for, all is well. Otherwise restart the workloads that have them.',
  },
  CAL3026: {
    severity: 'warning',
    title: 'address rests much longer than it should',
    why: 'The cool-down of released addresses is over for more than a day, and nobody has written their block since. They count as in use until then, and can be given out all the same.',
    remedy: 'Nothing has to be done: the next assignment or release in the block frees them.',
  },
  CAL3027: {
    severity: 'error',
    title: 'address released in the future',
    why: 'A clock was wrong where the address was released: it rests until that time comes, and Calico calls its block invalid until then.',
    remedy: 'Set the clocks of all nodes by NTP. If the time is far away, mend the block by hand.',
  },
  CAL3028: {
    severity: 'warning',
    title: 'address may be kept for a virtual machine',
    why: 'Nobody uses the address, but it was taken for a KubeVirt machine, whose addresses are kept while it is stopped. It looks leaked and need not be.',
    remedy: 'Release it only if the machine has been deleted.',
  },
  CAL3029: {
    severity: 'error',
    title: 'pool has no free address',
    why: 'Every address of the pool is taken, reserved or resting, and no other pool for the same use has any: whoever needs the next one gets none.',
    remedy: 'Add a pool, look for leaked addresses with `ipam check`, or take reservations back.',
  },
  CAL3030: {
    severity: 'warning',
    title: 'pool nearly full',
    why: 'Fewer than a tenth of the addresses that the pool can give out are left, or none while other pools have some.',
    remedy: 'Add a pool before it is full, or look for leaked addresses with `ipam check`.',
  },
  CAL3031: {
    severity: 'error',
    title: 'node gets no more addresses',
    why: 'The blocks of the node are full, and it gets no other: strict affinity, the limit of blocks, or the settings forbid it, or no block is left. New pods stay without address there.',
    remedy: '`ipam check --explain-full NODE` tells every step and what can be done.',
  },
  CAL3032: {
    severity: 'warning',
    title: 'node at its limit of blocks',
    why: 'The node has as many blocks as it may have, and fewer than a tenth of their addresses are left. Then it borrows from blocks of others, at the price of a route for each address, or gets none.',
    remedy:
      'Raise the limit with `ipam configure --max-blocks-per-host`, use larger blocks, or run fewer pods there.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingCode = keyof typeof FINDINGS;
