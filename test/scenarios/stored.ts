import { keyOf } from './etcd.ts';

/** The identity that stands in the texts below. */
export const UID = '0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9';
export const TIME = '2024-02-29T23:59:58Z';
export const identity = `"uid":"${UID}","creationTimestamp":"${TIME}"`;

/** A stored text with the identity that the test knows in place of the random one. */
export function known(text: string | undefined): string | undefined {
  return text
    ?.replace(/"uid":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"/, `"uid":"${UID}"`)
    .replace(/"creationTimestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/, `"creationTimestamp":"${TIME}"`);
}

/** The beginning of a stored text. */
export const head = (kind: string, metadata: string) =>
  `{"kind":"${kind}","apiVersion":"projectcalico.org/v3","metadata":{${metadata}}`;

/** A manifest, and what the reference stores for it. */
export interface Stored {
  readonly key: string;
  readonly manifest: { readonly kind: string; readonly metadata: object; readonly spec?: object };
  readonly text: string;
}

export const STORED: readonly Stored[] = [
  {
    key: keyOf('tiers', 'edge'),
    manifest: {
      kind: 'Tier',
      metadata: { name: 'edge', labels: { z: '1', a: '2' } },
      spec: { defaultAction: 'Pass', order: 70 },
    },
    text: `${head('Tier', `"name":"edge",${identity},"labels":{"a":"2","z":"1"}`)},"spec":{"order":70,"defaultAction":"Pass"},"status":{}}`,
  },
  {
    key: keyOf('ippools', 'pods'),
    manifest: {
      kind: 'IPPool',
      metadata: { name: 'pods' },
      spec: { natOutgoing: true, cidr: '10.64.0.0/14' },
    },
    text: `${head('IPPool', `"name":"pods",${identity}`)},"spec":{"cidr":"10.64.0.0/14","vxlanMode":"Never","ipipMode":"Never","natOutgoing":true,"blockSize":26,"nodeSelector":"all()","allowedUses":["Workload","Tunnel"],"assignmentMode":"Automatic"}}`,
  },
  {
    key: keyOf('globalnetworkpolicies', 'door'),
    manifest: {
      kind: 'GlobalNetworkPolicy',
      metadata: { name: 'door', annotations: { note: 'a<b & c>d\u2028e "é"' } },
      spec: {
        selector: 'a == "b" && has(c)',
        order: 1.5,
        ingress: [{ protocol: 'TCP', destination: { ports: ['90:99', 80, 'web'] }, action: 'Allow' }],
      },
    },
    text: `${head('GlobalNetworkPolicy', `"name":"door",${identity},"labels":{"projectcalico.org/tier":"default"},"annotations":{"note":"a\\u003cb \\u0026 c\\u003ed\\u2028e \\"é\\"","projectcalico.org/metadata":"{\\"name\\":\\"door\\"}"}`)},"spec":{"tier":"default","order":1.5,"ingress":[{"action":"Allow","protocol":"TCP","destination":{"ports":["90:99",80,"web"]}}],"selector":"a == \\"b\\" \\u0026\\u0026 has(c)","types":["Ingress"]}}`,
  },
  {
    key: keyOf('nodes', 'n1'),
    manifest: {
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { bgp: { ipv4Address: '10.9.0.1/24', asNumber: 64600 } },
    },
    text: `${head('Node', `"name":"n1",${identity}`)},"spec":{"bgp":{"asNumber":64600,"ipv4Address":"10.9.0.1/24"}},"status":{}}`,
  },
  {
    key: keyOf('kubecontrollersconfigurations', 'default'),
    manifest: {
      kind: 'KubeControllersConfiguration',
      metadata: { name: 'default' },
      spec: { controllers: { node: {} } },
    },
    text: `${head('KubeControllersConfiguration', `"name":"default",${identity}`)},"spec":{"healthChecks":"Enabled","prometheusMetricsPort":9094,"controllers":{"node":{"leakGracePeriod":"15m0s"}}},"status":{}}`,
  },
  {
    key: keyOf('felixconfigurations', 'default'),
    manifest: {
      kind: 'FelixConfiguration',
      metadata: { name: 'default' },
      spec: { logSeverityScreen: 'Error' },
    },
    text: `${head('FelixConfiguration', `"name":"default",${identity}`)},"spec":{"logSeverityScreen":"Error","nftablesMode":"Auto","nftablesFlowTableOffload":"Disabled","bpfLogLevel":"","bpfConnectTimeLoadBalancing":"TCP","bpfHostNetworkedNATWithoutCTLB":"Enabled","floatingIPs":"Disabled"}}`,
  },
  {
    key: keyOf('caliconodestatuses', 'n1'),
    manifest: {
      kind: 'CalicoNodeStatus',
      metadata: { name: 'n1' },
      spec: { node: 'n1', classes: ['BGP'], updatePeriodSeconds: 30 },
    },
    text: `${head('CalicoNodeStatus', `"name":"n1",${identity}`)},"spec":{"node":"n1","classes":["BGP"],"updatePeriodSeconds":30},"status":{"lastUpdated":null,"agent":{"birdV4":{},"birdV6":{}},"bgp":{"numberEstablishedV4":0,"numberNotEstablishedV4":0,"numberEstablishedV6":0,"numberNotEstablishedV6":0},"routes":{}}}`,
  },
  {
    key: keyOf('networksets', 'dev/lab'),
    manifest: {
      kind: 'NetworkSet',
      metadata: { namespace: 'dev', name: 'lab' },
      spec: { nets: ['10.0.0.0/8'] },
    },
    text: `${head('NetworkSet', `"name":"lab","namespace":"dev",${identity}`)},"spec":{"nets":["10.0.0.0/8"]}}`,
  },
  {
    key: keyOf('workloadendpoints', 'dev/n1-k8s-db--0-eth0'),
    manifest: {
      kind: 'WorkloadEndpoint',
      metadata: { namespace: 'dev', name: 'n1-k8s-db--0-eth0' },
      spec: {
        node: 'n1',
        orchestrator: 'k8s',
        pod: 'db-0',
        endpoint: 'eth0',
        interfaceName: 'cali1',
        ipNetworks: ['10.7.0.5/32'],
      },
    },
    text: `${head('WorkloadEndpoint', `"name":"n1-k8s-db--0-eth0","namespace":"dev",${identity},"labels":{"projectcalico.org/namespace":"dev","projectcalico.org/orchestrator":"k8s"}`)},"spec":{"orchestrator":"k8s","node":"n1","pod":"db-0","endpoint":"eth0","ipNetworks":["10.7.0.5/32"],"interfaceName":"cali1"}}`,
  },
  {
    key: keyOf('globalnetworksets', 'none'),
    manifest: { kind: 'GlobalNetworkSet', metadata: { name: 'none' } },
    text: `${head('GlobalNetworkSet', `"name":"none",${identity}`)},"spec":{}}`,
  },
];
