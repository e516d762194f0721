/** The tiers that Calico makes itself; their place and action are fixed. */
export const BUILT_IN_TIERS: Readonly<
  Record<string, { readonly order: number; readonly defaultAction: 'Pass' | 'Deny' }>
> = {
  default: { order: 1_000_000, defaultAction: 'Deny' },
  'kube-admin': { order: 1000, defaultAction: 'Pass' },
  'kube-baseline': { order: 10_000_000, defaultAction: 'Pass' },
};

/** The kinds whose objects are each in a tier. */
export const TIERED_KINDS: readonly string[] = [
  'GlobalNetworkPolicy',
  'NetworkPolicy',
  'StagedGlobalNetworkPolicy',
  'StagedNetworkPolicy',
];
