import { defineKind } from '../kind.ts';
import { workloadEndpointDefaults, workloadEndpointRules } from '../parts/workloadendpoint.ts';
import { dscp, integer, list, object, protocol, text } from '../schema.ts';

const name = { format: 'name' } as const;
const always = { presence: 'always' } as const;

const qosControls = object(
  {
    ingressBandwidth: integer('Bits a second towards the workload.'),
    ingressBurst: integer('Bits above that rate at once, towards the workload.'),
    ingressPeakrate: integer('Bits a second towards the workload within a burst.'),
    ingressMinburst: integer('Bytes at once at the peak rate, towards the workload.'),
    egressBandwidth: integer('Bits a second from the workload.'),
    egressBurst: integer('Bits above that rate at once, from the workload.'),
    egressPeakrate: integer('Bits a second from the workload within a burst.'),
    egressMinburst: integer('Bytes at once at the peak rate, from the workload.'),
    ingressPacketRate: integer('Packets a second towards the workload.'),
    ingressPacketBurst: integer('Packets above that rate at once, towards the workload.'),
    egressPacketRate: integer('Packets a second from the workload.'),
    egressPacketBurst: integer('Packets above that rate at once, from the workload.'),
    ingressMaxConnections: integer('Connections towards the workload at a time.'),
    egressMaxConnections: integer('Connections from the workload at a time.'),
    dscp: dscp('DiffServ mark for packets from the workload.', { presence: 'pointer' }),
  },
  'Limits on traffic of the workload.',
  { presence: 'pointer' },
);

const spec = object({
  orchestrator: text('What runs the workload, e.g. `k8s`, `cni`, `libnetwork`.', name),
  workload: text('Name of the workload, where the orchestrator has no pods.', name),
  node: text('Node that the workload runs on.', name),
  containerID: text('ID of the container.', { format: 'containerID' }),
  pod: text('Name of the pod.', name),
  endpoint: text('Name of the interface inside the workload, e.g. `eth0`.', name),
  serviceAccountName: text('Service account that the workload runs as.', name),
  ipNetworks: list(text('Address, or a network of one.', { format: 'net' }), 'Addresses of the workload.'),
  ipNATs: list(
    object({
      internalIP: text('Address of the workload.', { ...always, format: 'ip' }),
      externalIP: text('Address that stands for it outside.', { ...always, format: 'ip' }),
    }),
    'Floating addresses: packets to the external one reach the internal one.',
  ),
  ipv4Gateway: text('IPv4 gateway of the workload.', { format: 'ipv4' }),
  ipv6Gateway: text('IPv6 gateway of the workload.', { format: 'ipv6' }),
  profiles: list(
    text('Name of a profile.', name),
    'Profiles whose labels the workload has and whose rules decide where no policy does.',
  ),
  interfaceName: text('Name of the interface on the node.', { format: 'interface' }),
  mac: text('MAC address of the interface inside the workload.', { format: 'mac' }),
  ports: list(
    object({
      name: text('Name of the port, for the rules of policies.', always),
      protocol: protocol('Protocol of the port.', always),
      port: integer('Number of the port.', { ...always, form: 'uint16', minimum: 1 }),
      hostPort: integer('Port of the node that leads here; 0 for none.', { ...always, form: 'uint16' }),
      hostIP: text('Address of the node that `hostPort` is on; all of them when empty.', {
        ...always,
        format: 'net',
      }),
    }),
    'Ports of the workload that have a name or a port of the node.',
  ),
  allowSpoofedSourcePrefixes: list(
    text('CIDR.', { format: 'cidrOrIp' }),
    'Networks whose addresses the workload may send from as if they were its own.',
  ),
  qosControls,
});

export default defineKind({
  kind: 'WorkloadEndpoint',
  plural: 'workloadendpoints',
  aliases: ['wep', 'weps'],
  scope: 'namespaced',
  doc: 'The interface of a workload, as the orchestrator made it.',
  spec,
  columns: {
    NAME: (endpoint) => endpoint.metadata.name,
    WORKLOAD: (endpoint) => endpoint.spec.workload || endpoint.spec.pod || '',
    NODE: (endpoint) => endpoint.spec.node ?? '',
    NETWORKS: (endpoint) => (endpoint.spec.ipNetworks ?? []).join(','),
    INTERFACE: (endpoint) => endpoint.spec.interfaceName ?? '',
    PROFILES: (endpoint) => (endpoint.spec.profiles ?? []).join(','),
    NATS: (endpoint) =>
      (endpoint.spec.ipNATs ?? [])
        .map((nat) => `{${nat.internalIP ?? ''} ${nat.externalIP ?? ''}}`)
        .join(','),
    ORCHESTRATOR: (endpoint) => endpoint.spec.orchestrator ?? '',
    NAMESPACE: (endpoint) => endpoint.metadata.namespace ?? '',
  },
  narrow: ['WORKLOAD', 'NODE', 'NETWORKS', 'INTERFACE'],
  wide: ['NAME', 'WORKLOAD', 'NODE', 'NETWORKS', 'INTERFACE', 'PROFILES', 'NATS'],
  defaults: workloadEndpointDefaults,
  rules: workloadEndpointRules,
});
