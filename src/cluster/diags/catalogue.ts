/** What is collected of every cluster, as data. */

/** A kind that is listed, as users name it: `plural` or `plural.group`. */
export const KUBERNETES: readonly string[] = [
  ...[
    'configmaps',
    'daemonsets.apps',
    'deployments.apps',
    'endpoints',
    'endpointslices.discovery.k8s.io',
    'pods',
  ],
  ...['persistentvolumes', 'persistentvolumeclaims', 'storageclasses.storage.k8s.io', 'services'],
  ...['statefulsets.apps', 'jobs.batch', 'cronjobs.batch'],
  ...[
    'backendlbpolicies',
    'backendtlspolicies',
    'gatewayclasses',
    'gateways',
    'grpcroutes',
    'httproutes',
  ].map(inGateway),
  ...['referencegrants', 'tcproutes', 'tlsroutes', 'udproutes'].map(inGateway),
  ...['nodes', 'namespaces', 'networkpolicies.networking.k8s.io'],
  'adminnetworkpolicies.policy.networking.k8s.io',
  'baselineadminnetworkpolicies.policy.networking.k8s.io',
  'clusternetworkpolicies.policy.networking.k8s.io',
  'network-attachment-definitions.k8s.cni.cncf.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'apiservices.apiregistration.k8s.io',
  // Beyond the reference: why a pod was not even made, and which definitions there are.
  'events',
  'customresourcedefinitions.apiextensions.k8s.io',
];

function inGateway(plural: string): string {
  return `${plural}.gateway.networking.k8s.io`;
}

/** Files are called by the words that the reference gives to kubectl. */
const WORDS: Readonly<Record<string, string>> = {
  persistentvolumes: 'pv',
  persistentvolumeclaims: 'pvc',
  storageclasses: 'sc',
};
const WITH_GROUP =
  /^(networkpolicies|(baseline)?adminnetworkpolicies|clusternetworkpolicies|network-attachment-definitions|(validating|mutating)webhookconfigurations|apiservices)\./;

export function fileWord(name: string): string {
  if (WITH_GROUP.test(name)) return name;
  const plural = name.split('.')[0]!;
  return WORDS[plural] ?? plural;
}

export const THIRD_PARTY: readonly string[] = [
  'elasticsearches.elasticsearch.k8s.elastic.co',
  'kibanas.kibana.k8s.elastic.co',
  'prometheuses.monitoring.coreos.com',
  'alertmanagers.monitoring.coreos.com',
];

/** What `kubectl get all` means. */
export const ALL: readonly string[] = [
  ...[
    'pods',
    'replicationcontrollers',
    'services',
    'daemonsets.apps',
    'deployments.apps',
    'replicasets.apps',
  ],
  ...['statefulsets.apps', 'horizontalpodautoscalers.autoscaling', 'cronjobs.batch', 'jobs.batch'],
];

/** Namespaces of which everything is listed once more, by the folder's name. */
export const WHOLE_NAMESPACES: readonly string[] = ['tigera-operator', 'calico-system'];

const OPERATOR = 'tigera-operator';

/** Secrets that hold certificates, by their namespace; each is looked for in the operator's namespace too. */
export const TLS_SECRETS: readonly (readonly [namespace: string, names: readonly string[]])[] = [
  [
    'calico-system',
    ['calico-kube-controllers-metrics-tls', 'calico-node-prometheus-server-tls', 'node-certs', 'typha-certs'],
  ],
  [
    'tigera-prometheus',
    [
      ...['calico-node-prometheus-client-tls', 'calico-node-prometheus-tls'],
      ...['tigera-secure-internal-elasticsearch-cert', 'tigera-secure-linseed-cert'],
      'tigera-ee-elasticsearch-metrics-tls',
    ],
  ],
  ['tigera-dpi', ['deep-packet-inspection-tls']],
  ['tigera-elasticsearch', ['tigera-secure-elasticsearch-cert']],
  ['tigera-fluentd', ['tigera-fluentd-prometheus-tls']],
  ['tigera-intrusion-detection', ['intrusion-detection-tls']],
  ['tigera-kibana', ['tigera-secure-kibana-cert']],
  ['tigera-manager', ['manager-tls', 'internal-manager-tls', 'tigera-voltron']],
  ['tigera-packetcapture', ['tigera-packetcapture-server-tls']],
  ['tigera-guardian', ['tigera-managed-cluster-connection']],
  [
    'tigera-compliance',
    ['benchmarker', 'controller', 'reporter', 'server', 'snapshotter'].map(
      (of) => `tigera-compliance-${of}-tls`,
    ),
  ],
  ['tigera-dex', ['tigera-dex-tls']],
];

export const SECRET_NAMESPACES = (namespace: string): readonly string[] => [namespace, OPERATOR];
