/** `critical`: the network of the cluster does not work; `error`: a part of it; `warning`: it soon may not. */
export type CauseSeverity = 'critical' | 'error' | 'warning';

export type Area =
  | 'datastore'
  | 'nodes'
  | 'pods'
  | 'typha'
  | 'kube-controllers'
  | 'api-server'
  | 'operator'
  | 'bgp'
  | 'addresses'
  | 'definitions'
  | 'versions';

interface CauseKind {
  readonly severity: CauseSeverity;
  readonly area: Area;
  /** What it is, in a few words. */
  readonly title: string;
}

/** Everything that `cluster status` can find wrong. A code never changes its meaning. */
export const CAUSES = {
  'datastore-unreachable': { severity: 'critical', area: 'datastore', title: 'datastore cannot be reached' },
  'datastore-locked': { severity: 'critical', area: 'datastore', title: 'datastore is locked' },
  'datastore-empty': { severity: 'error', area: 'datastore', title: 'datastore was never initialised' },
  'agents-all-down': { severity: 'critical', area: 'nodes', title: 'calico-node is ready nowhere' },
  'node-not-ready': { severity: 'error', area: 'nodes', title: 'node is not ready' },
  'node-without-agent': { severity: 'error', area: 'nodes', title: 'node has no calico-node pod' },
  'agent-not-ready': { severity: 'error', area: 'nodes', title: 'calico-node is not ready on a node' },
  'node-unknown-to-calico': { severity: 'error', area: 'nodes', title: 'Calico does not know a node' },
  'node-named-otherwise': { severity: 'error', area: 'nodes', title: 'Calico knows a node by another name' },
  'node-unknown-to-kubernetes': {
    severity: 'warning',
    area: 'nodes',
    title: 'Kubernetes does not know a node',
  },
  'node-without-address': { severity: 'warning', area: 'nodes', title: 'node has no address for Calico' },
  'address-duplicate': { severity: 'error', area: 'nodes', title: 'nodes share an address' },
  'calico-absent': { severity: 'error', area: 'pods', title: 'no pod of Calico runs' },
  'crash-loop': { severity: 'error', area: 'pods', title: 'container crashes again and again' },
  'image-missing': { severity: 'error', area: 'pods', title: 'image cannot be had' },
  'pod-pending': { severity: 'error', area: 'pods', title: 'pod does not start' },
  'out-of-memory': { severity: 'warning', area: 'pods', title: 'container was killed for its memory' },
  restarts: { severity: 'warning', area: 'pods', title: 'container restarted lately' },
  'typha-down': { severity: 'critical', area: 'typha', title: 'no Typha is ready' },
  'typha-short': { severity: 'warning', area: 'typha', title: 'not all replicas of Typha are ready' },
  'typha-few': { severity: 'warning', area: 'typha', title: 'too few replicas of Typha' },
  'typha-absent': { severity: 'warning', area: 'typha', title: 'no Typha for many nodes' },
  'controllers-down': { severity: 'error', area: 'kube-controllers', title: 'kube-controllers is not ready' },
  'controllers-absent': {
    severity: 'error',
    area: 'kube-controllers',
    title: 'kube-controllers is not there',
  },
  'api-server-down': { severity: 'error', area: 'api-server', title: "Calico's API server is not ready" },
  'operator-degraded': { severity: 'error', area: 'operator', title: 'operator reports a fault' },
  'operator-unavailable': {
    severity: 'error',
    area: 'operator',
    title: 'operator reports a part as not available',
  },
  'operator-progressing': {
    severity: 'warning',
    area: 'operator',
    title: 'operator does not come to an end',
  },
  'bgp-down': { severity: 'error', area: 'bgp', title: 'node has no established BGP session' },
  'bgp-partly': { severity: 'warning', area: 'bgp', title: 'node has BGP sessions that are down' },
  'pool-full': { severity: 'error', area: 'addresses', title: 'pool has no free address' },
  'pool-nearly-full': { severity: 'warning', area: 'addresses', title: 'pool has few free addresses' },
  'block-unreadable': { severity: 'error', area: 'addresses', title: 'block cannot be read' },
  'block-outside-pools': {
    severity: 'warning',
    area: 'addresses',
    title: 'addresses in use outside every pool',
  },
  'definition-missing': { severity: 'error', area: 'definitions', title: 'kind is not defined' },
  'definition-other': { severity: 'warning', area: 'definitions', title: 'kind is defined in another way' },
  'version-apart': { severity: 'error', area: 'versions', title: 'versions are too far apart' },
  'version-mixed': { severity: 'warning', area: 'versions', title: 'components run different versions' },
  'version-recorded': {
    severity: 'warning',
    area: 'versions',
    title: 'recorded version is not the one that runs',
  },
  'version-client': { severity: 'warning', area: 'versions', title: 'this client is for another version' },
  'kubelet-skew': {
    severity: 'warning',
    area: 'versions',
    title: 'kubelet and API server do not go together',
  },
} as const satisfies Readonly<Record<string, CauseKind>>;

export type CauseCode = keyof typeof CAUSES;
