/** What moves with a cluster, in the order in which the reference writes and reads it. */

export type StoreName = 'etcdv3' | 'kubernetes' | 'file';

/** Kinds of the first part of an export. */
export const MOVED = [
  ...['IPPool', 'BGPPeer', 'Tier', 'GlobalNetworkPolicy', 'StagedGlobalNetworkPolicy', 'GlobalNetworkSet'],
  ...['HostEndpoint', 'KubeControllersConfiguration', 'NetworkPolicy', 'StagedNetworkPolicy'],
  ...['StagedKubernetesNetworkPolicy', 'NetworkSet', 'Node', 'BGPConfiguration', 'FelixConfiguration'],
  ...['IPReservation', 'BGPFilter'],
] as const;

/**
 * Kinds that Kubernetes makes of its own objects, so that they move only to where nobody does: profiles are namespaces
 * and service accounts there, endpoints are pods, and an IPAMConfiguration is the settings of address management. A
 * CalicoNodeStatus never moves: it asks something of a running node.
 */
export const MOVED_FROM_KUBERNETES = ['Profile', 'WorkloadEndpoint', 'IPAMConfiguration'] as const;

/** The kinds of address management, in the order of the third part. */
export const ADDRESS_KINDS = ['BlockAffinity', 'IPAMBlock', 'IPAMHandle', 'IPAMConfig'] as const;
export type AddressKind = (typeof ADDRESS_KINDS)[number];

/** Kinds that an export for this datastore holds. */
export function kindsFor(to: StoreName): readonly string[] {
  return to === 'kubernetes' ? MOVED : [...MOVED, ...MOVED_FROM_KUBERNETES];
}

/** Kinds that others refer to: written before them, wherever they stand. */
export const FIRST: ReadonlySet<string> = new Set(['Tier', 'BGPFilter']);
