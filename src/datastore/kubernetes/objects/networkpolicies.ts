import type { JsonObject } from '../../../core/json.ts';
import { formatCidr, networkOf, parseCidr } from '../../../resources/net/cidr.ts';
import { type Port, parsePort } from '../../../resources/net/port.ts';
import type { KubeObject } from '../api/api.ts';
import { type LabelSelector, namespaceSelector, podSelector } from './labelselector.ts';
import { groupPorts, type ProtocolPort } from './policyports.ts';

/** NetworkPolicy of networking.k8s.io/v1 as Calico enforces it. */

interface Peer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface PolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

interface Rule {
  readonly ports?: readonly PolicyPort[];
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
}

interface PolicySpec {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** Policies of Kubernetes have no order among each other, and one together among those of the default tier. */
const ORDER = 1000;

/** The spec of the Calico policy. Rules that Calico cannot make sense of allow nothing, so they are left out. */
export function networkPolicySpec(object: KubeObject): JsonObject {
  const spec = (object['spec'] ?? {}) as PolicySpec;
  const types = ['Ingress', 'Egress'].filter((type) => spec.policyTypes?.includes(type));
  return {
    tier: 'default',
    order: ORDER,
    selector: podSelector(spec.podSelector),
    types: types.length === 0 ? ['Ingress'] : types,
    ingress: (spec.ingress ?? []).flatMap((rule) => rulesOf(rule, rule.from, 'source')),
    egress: (spec.egress ?? []).flatMap((rule) => rulesOf(rule, rule.to, 'destination')),
  };
}

/** One rule a protocol and peer. */
function rulesOf(
  { ports = [] }: Rule,
  peers: readonly Peer[] = [],
  side: 'source' | 'destination',
): JsonObject[] {
  const given = ports.map(protocolPort);
  const ends = (peers.length === 0 ? [undefined] : peers).map(endOf);
  if (given.includes(undefined) || ends.includes(undefined)) return [];
  return groupPorts(given as readonly ProtocolPort[]).flatMap(({ protocol, ports: grouped }) =>
    (ends as readonly JsonObject[]).map((end) => ({
      action: 'Allow',
      ...(protocol !== undefined && { protocol }),
      ...(side === 'source'
        ? { source: end, destination: { ports: grouped } }
        : { destination: { ...end, ports: grouped } }),
    })),
  );
}

/** Undefined for a port that is none. */
function protocolPort({ protocol = 'TCP', port, endPort }: PolicyPort): ProtocolPort | undefined {
  if (port === undefined) return { protocol };
  const parsed: Port | undefined = parsePort(endPort === undefined ? port : `${port}:${endPort}`);
  return parsed === undefined ? undefined : { protocol, port: parsed };
}

/** What a rule says of a peer; undefined for a network that is none. */
function endOf(peer: Peer | undefined): JsonObject | undefined {
  if (peer === undefined) return {};
  if (peer.ipBlock === undefined)
    return {
      selector: podSelector(peer.podSelector),
      namespaceSelector: namespaceSelector(peer.namespaceSelector),
    };
  const { cidr, except = [] } = peer.ipBlock;
  const [nets, notNets] = [networks([cidr]), networks(except)];
  return nets === undefined || notNets === undefined ? undefined : { nets, notNets };
}

/** The networks without host bits; undefined where one of them is none. */
export function networks(cidrs: readonly string[]): string[] | undefined {
  const parsed = cidrs.map(parseCidr);
  return parsed.every((cidr) => cidr !== undefined)
    ? parsed.map((cidr) => formatCidr(networkOf(cidr)))
    : undefined;
}
