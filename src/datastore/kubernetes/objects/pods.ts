import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject, parseJson } from '../../../core/json.ts';
import { canonical } from '../../../resources/document.ts';
import { API_VERSION, type Kind, type Resource } from '../../../resources/kind.ts';
import { formatAddress } from '../../../resources/net/address.ts';
import {
  type Cidr,
  formatCidr,
  hostBits,
  networkOf,
  parseCidr,
  parseCidrOrAddress,
} from '../../../resources/net/cidr.ts';
import { identifierFaults, workloadEndpointName } from '../../../resources/parts/workloadendpoint.ts';
import type { KubeObject } from '../api/api.ts';
import { qosControls } from './qos.ts';

/** What Calico makes of pods: the one endpoint that each has, `eth0`. */

export const POD_IP = 'cni.projectcalico.org/podIP';
export const POD_IPS = 'cni.projectcalico.org/podIPs';
const CONTAINER_ID = 'cni.projectcalico.org/containerID';
const FLOATING_IPS = 'cni.projectcalico.org/floatingIPs';
const SOURCE_PREFIXES = 'cni.projectcalico.org/allowedSourcePrefixes';
const AWS_POD_IPS = 'vpc.amazonaws.com/pod-ips';
const NETWORK_STATUS = 'k8s.v1.cni.cncf.io/network-status';

const ENDPOINT = 'eth0';
const ORCHESTRATOR = 'k8s';

/** A pod says what no endpoint can be made of. */
export class PodFault extends Error {}

interface Port {
  readonly name?: string;
  readonly protocol?: string;
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly hostIP?: string;
}

interface Container {
  readonly ports?: readonly Port[];
}

/** The part of a pod that endpoints are made of. */
interface Pod {
  readonly spec: {
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    readonly serviceAccountName?: string;
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip?: string }[];
  };
}

function podIn(object: KubeObject): Pod {
  const part = (name: string) => (isObject(object[name]) ? object[name] : {});
  return { spec: part('spec'), status: part('status') };
}

/** True for pods that have an endpoint: those with a network of their own that run somewhere. */
export function hasEndpoint(object: KubeObject): boolean {
  const { nodeName, hostNetwork = false } = podIn(object).spec;
  return !hostNetwork && Boolean(nodeName);
}

/** The endpoint of a pod that has one. Throws PodFault. */
export function endpointOf(kind: Kind, object: KubeObject, interfacePrefix: string): Resource {
  return canonical(kind, plainEndpointOf(kind, object, interfacePrefix));
}

/** The same with its fields in no order, and empty ones too. */
export function plainEndpointOf(kind: Kind, object: KubeObject, interfacePrefix: string): Resource {
  const { metadata } = object;
  const { name: pod, namespace = '', annotations = {} } = metadata;
  const { spec } = podIn(object);
  const { nodeName: node = '', serviceAccountName: account = '' } = spec;
  const identity = { orchestrator: ORCHESTRATOR, node, pod, endpoint: ENDPOINT };
  const name = workloadEndpointName(identity);
  if (name === undefined)
    throw new PodFault([...identifierFaults(identity)].map(({ message }) => message).join('; '));
  const networks = isFinished(object) ? [] : networksOf(object);
  const nats = ipNats(annotations[FLOATING_IPS], networks);
  const prefixes = sourcePrefixes(annotations[SOURCE_PREFIXES]);
  const ports = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap(portsOf);
  const qos = qosControls(annotations);
  return {
    apiVersion: API_VERSION,
    kind: kind.kind,
    metadata: { ...endpointMetadata(object, account), name },
    spec: {
      ...identity,
      containerID: annotations[CONTAINER_ID] ?? '',
      serviceAccountName: account,
      interfaceName: interfaceName(interfacePrefix, namespace, pod),
      profiles: [`kns.${namespace}`, ...(account === '' ? [] : [`ksa.${namespace}.${account}`])],
      ipNetworks: networks.map((network) => formatCidr(networkOf(network))),
      ipNATs: nats,
      allowSpoofedSourcePrefixes: prefixes,
      ports,
      ...(qos && { qosControls: qos }),
    },
  };
}

/** Longer names are no values of labels. */
const LONGEST_ACCOUNT = 62;

function endpointMetadata({ metadata }: KubeObject, account: string): Omit<Resource['metadata'], 'name'> {
  const {
    namespace = '',
    uid,
    resourceVersion,
    creationTimestamp,
    generateName,
    labels,
    annotations,
  } = metadata;
  const networkStatus = annotations?.[NETWORK_STATUS];
  return {
    namespace,
    ...(uid && { uid }),
    ...(resourceVersion && { resourceVersion }),
    ...(creationTimestamp && { creationTimestamp }),
    ...(generateName ? { generateName } : {}),
    labels: {
      ...labels,
      'projectcalico.org/namespace': namespace,
      'projectcalico.org/orchestrator': ORCHESTRATOR,
      ...(account !== '' &&
        account.length <= LONGEST_ACCOUNT && { 'projectcalico.org/serviceaccount': account }),
    },
    ...(networkStatus !== undefined && { annotations: { [NETWORK_STATUS]: networkStatus } }),
  };
}

/** As the CNI plug-in names the interface on the node; interface names have 15 characters at most. */
function interfaceName(prefix: string, namespace: string, pod: string): string {
  const hash = createHash('sha1').update(`${namespace}.${pod}`).digest('hex');
  return prefix + hash.slice(0, 11);
}

const FINISHED = ['Failed', 'Succeeded', 'Completed'];

/** True for a pod whose addresses may belong to another one by now. */
function isFinished(object: KubeObject): boolean {
  const { annotations = {} } = object.metadata;
  const released = annotations[POD_IP] === '' || annotations[AWS_POD_IPS] === '';
  if (object.metadata['deletionTimestamp'] && released) return true;
  return FINISHED.includes(podIn(object).status.phase ?? '');
}

/** The addresses of a pod, from whoever knows them first. */
function networksOf(object: KubeObject): readonly Cidr[] {
  const { podIP, podIPs = [] } = podIn(object).status;
  const { annotations = {} } = object.metadata;
  const fromStatus = podIPs.map(({ ip = '' }) => ip);
  const candidates = [
    fromStatus,
    podIP ? [podIP] : [],
    listIn(annotations[POD_IPS]),
    annotations[POD_IP] ? [annotations[POD_IP]] : [],
    listIn(annotations[AWS_POD_IPS]),
  ];
  const texts = candidates.find((candidate) => candidate.length > 0) ?? [];
  return texts.map((text) => {
    const network = parseCidrOrAddress(text);
    if (network === undefined) throw new PodFault(`its address "${text}" is not an IP address`);
    return network;
  });
}

function listIn(text: string | undefined): readonly string[] {
  return text ? text.split(',') : [];
}

function textsIn(annotation: string, text: string): readonly string[] {
  let value: Json | undefined;
  try {
    value = parseJson(text);
  } catch {
    // Said below.
  }
  if (value === null) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new PodFault(`its annotation ${annotation} is not a JSON list of texts: ${text}`);
}

/** Floating addresses lead to the pod's address of the same family. */
function ipNats(text: string | undefined, networks: readonly Cidr[]): JsonObject[] {
  if (text === undefined || networks.length === 0) return [];
  const texts = textsIn(FLOATING_IPS, text);
  const wide = networks.find((network) => hostBits(network) > 0);
  if (wide !== undefined)
    throw new PodFault(
      `it has floating addresses, but its own, ${formatCidr(wide)}, is not a single address`,
    );
  return texts.flatMap((externalIP) => {
    const family = externalIP.includes(':') ? 6 : 4;
    const own = networks.findLast(({ address }) => address.family === family);
    return own === undefined ? [] : [{ internalIP: formatAddress(own.address), externalIP }];
  });
}

function sourcePrefixes(text: string | undefined): readonly string[] {
  if (!text) return [];
  return textsIn(SOURCE_PREFIXES, text).map((prefix) => {
    const network = parseCidr(prefix);
    if (network === undefined)
      throw new PodFault(`its annotation ${SOURCE_PREFIXES} has "${prefix}", which is no CIDR`);
    return formatCidr(networkOf(network));
  });
}

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];

/** Ports with a name or a port of the node. */
function portsOf({ ports = [] }: Container): JsonObject[] {
  return ports.flatMap(({ name = '', protocol = 'TCP', containerPort = 0, hostPort = 0, hostIP = '' }) =>
    containerPort !== 0 && (name !== '' || hostPort !== 0) && PROTOCOLS.includes(protocol)
      ? [{ name, protocol, port: containerPort, hostPort, hostIP }]
      : [],
  );
}
