import type { JsonObject } from '../../../core/json.ts';
import type { Port } from '../../../resources/net/port.ts';
import type { KubeObject } from '../api/api.ts';
import { type LabelSelector, namespaceSelector, podSelector } from './labelselector.ts';
import { networks } from './networkpolicies.ts';
import { groupPorts, type ProtocolPort } from './policyports.ts';

/** ClusterNetworkPolicy of policy.networking.k8s.io/v1alpha2 as Calico enforces it. */

interface Pods {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
}

interface Peer {
  readonly namespaces?: LabelSelector;
  readonly pods?: Pods;
  readonly networks?: readonly string[];
}

interface Transport {
  readonly destinationPort?: {
    readonly number?: number;
    readonly range?: { readonly start: number; readonly end: number };
  };
}

interface Protocol {
  readonly tcp?: Transport;
  readonly udp?: Transport;
  readonly sctp?: Transport;
  readonly destinationNamedPort?: string;
}

interface Rule {
  readonly name?: string;
  readonly action: string;
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly protocols?: readonly Protocol[];
}

interface PolicySpec {
  readonly tier?: string;
  readonly priority?: number;
  readonly subject?: { readonly namespaces?: LabelSelector; readonly pods?: Pods };
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

const TIERS: Readonly<Record<string, string>> = { Admin: 'kube-admin', Baseline: 'kube-baseline' };
const ACTIONS: Readonly<Record<string, string>> = { Accept: 'Allow', Deny: 'Deny', Pass: 'Pass' };

/** The spec of the Calico policy; text that says why where Calico does not enforce it. */
export function clusterNetworkPolicySpec(object: KubeObject): JsonObject | string {
  const spec = (object['spec'] ?? {}) as PolicySpec;
  const tier = TIERS[spec.tier ?? ''];
  if (tier === undefined) return `its tier is "${spec.tier ?? ''}", neither Admin nor Baseline`;
  const subject = subjectOf(spec.subject ?? {});
  if (subject === undefined) return 'it has no subject, neither namespaces nor pods';
  const ingress = (spec.ingress ?? []).flatMap((rule) => rulesOf(rule, rule.from, 'source'));
  const egress = (spec.egress ?? []).flatMap((rule) => rulesOf(rule, rule.to, 'destination'));
  // These tiers pass on what no rule matches, so a direction without rules is none of the policy's.
  const types = [...(ingress.length > 0 ? ['Ingress'] : []), ...(egress.length > 0 ? ['Egress'] : [])];
  return { tier, order: spec.priority ?? 0, ...subject, ingress, egress, types };
}

function subjectOf({ namespaces, pods }: NonNullable<PolicySpec['subject']>): JsonObject | undefined {
  if (namespaces !== undefined)
    return { namespaceSelector: namespaceSelector(namespaces), selector: podSelector(undefined) };
  return pods && podsOf(pods);
}

function podsOf(pods: Pods): JsonObject {
  return {
    namespaceSelector: namespaceSelector(pods.namespaceSelector ?? {}),
    selector: podSelector(pods.podSelector),
  };
}

/** One rule a protocol and peer. A rule that cannot be converted denies everything, unless it would only have allowed. */
function rulesOf(rule: Rule, peers: readonly Peer[] = [], side: 'source' | 'destination'): JsonObject[] {
  const action = ACTIONS[rule.action];
  const given = (rule.protocols ?? []).map(protocolPort);
  const ends = peers.map((peer) => endOf(peer, side));
  if (action === undefined || given.includes(undefined) || ends.includes(undefined))
    return action === 'Deny' || action === 'Pass' ? [{ action: 'Deny' }] : [];
  return groupPorts(given as readonly ProtocolPort[]).flatMap(({ protocol, ports }) =>
    (ends as readonly JsonObject[]).map((end) => ({
      action,
      ...(protocol !== undefined && { protocol }),
      ...(side === 'source' ? { source: end, destination: { ports } } : { destination: { ...end, ports } }),
      ...(rule.name && { metadata: { annotations: { name: rule.name } } }),
    })),
  );
}

/** Undefined for what Calico does not know, e.g. names of ports. */
function protocolPort(given: Protocol): ProtocolPort | undefined {
  for (const protocol of ['tcp', 'udp', 'sctp'] as const) {
    const transport = given[protocol];
    if (transport === undefined) continue;
    const port = portOf(transport);
    return { protocol: protocol.toUpperCase(), ...(port && { port }) };
  }
  return undefined;
}

function portOf({ destinationPort: { number, range } = {} }: Transport): Port | undefined {
  if (number) return { first: number, last: number };
  return range && { first: range.start, last: range.end };
}

/** Undefined for a peer of a sort that Calico does not know. */
function endOf({ namespaces, pods, networks: cidrs }: Peer, side: 'source' | 'destination') {
  if (pods !== undefined) return podsOf(pods);
  if (namespaces !== undefined) return { namespaceSelector: namespaceSelector(namespaces) };
  const nets = side === 'destination' && cidrs?.length ? networks(cidrs) : undefined;
  return nets && { nets };
}
