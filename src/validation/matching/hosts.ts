import type { Resource } from '../../resources/kind.ts';
import type { RuleValue } from '../../resources/parts/policy/rule.ts';
import { type Labels, matchesSelector } from '../../resources/selector/index.ts';
import { protocolNumber } from './conditions.ts';
import { policyOf } from './policies.ts';
import { portsOf } from './ports.ts';
import { matchesHosts, selectorIn } from './selectors.ts';

/** What a host has to let through so that it can be reached, and reach its datastore. */
export type Way = 'ssh' | 'datastore';

export const WAYS = {
  ssh: { direction: 'ingress', type: 'Ingress', ports: [22], field: 'failsafeInboundHostPorts' },
  datastore: {
    direction: 'egress',
    type: 'Egress',
    ports: [443, 2379, 6443],
    field: 'failsafeOutboundHostPorts',
  },
} as const;

/** More different selectors than these are not kept; nothing is certain then. */
const MOST_SELECTORS = 10_000;

/** What global policies do about one way into or out of hosts, in as little memory as may be. */
export class HostPolicies {
  readonly #way: (typeof WAYS)[Way];
  /** Selectors of policies that may let it through, and of those behind which the rest is denied. */
  readonly #opening = new Set<string>();
  readonly #closing = new Set<string>();

  constructor(way: Way) {
    this.#way = WAYS[way];
  }

  see(policy: Resource): void {
    const { spec } = policyOf(policy);
    for (const text of [spec.namespaceSelector, spec.serviceAccountSelector]) {
      const selector = selectorIn(text);
      if (selector !== undefined && !matchesHosts(selector)) return;
    }
    const { direction, type, ports } = this.#way;
    const rules = spec[direction] ?? [];
    if (rules.some((rule) => mayOpen(rule, ports))) this.#keep(this.#opening, spec.selector);
    const isPlain = !spec.doNotTrack && !spec.preDNAT && (spec.tier || 'default') === 'default';
    const types = spec.types?.length ? spec.types : typesOf(spec);
    if (isPlain && types.includes(type)) this.#keep(this.#closing, spec.selector);
  }

  /** Undefined where it is not known. */
  closes(labels: Labels, profiles: readonly string[]): boolean | undefined {
    if (this.#opening.size > MOST_SELECTORS || this.#closing.size > MOST_SELECTORS) return undefined;
    const matches = (text: string) => {
      const selector = selectorIn(text);
      return selector === undefined || matchesSelector(selector, labels);
    };
    if ([...this.#opening].some(matches)) return false;
    const others = profiles.filter((name) => name !== DEFAULT_ALLOW);
    if (others.length > 0) return undefined;
    return profiles.length === 0 || [...this.#closing].some(matches);
  }

  #keep(selectors: Set<string>, selector = ''): void {
    if (selectors.size <= MOST_SELECTORS) selectors.add(selector);
  }
}

const DEFAULT_ALLOW = 'projectcalico-default-allow';

function typesOf({
  ingress,
  egress,
}: {
  ingress?: readonly unknown[];
  egress?: readonly unknown[];
}): readonly string[] {
  if (!egress?.length) return ['Ingress'];
  return ingress?.length ? ['Ingress', 'Egress'] : ['Egress'];
}

/** Whether a rule may let TCP to one of the ports through, from anywhere at all. */
function mayOpen({ action, protocol, destination }: RuleValue, wanted: readonly number[]): boolean {
  if (action !== 'Allow' && action !== 'Pass') return false;
  if (protocol !== undefined && protocolNumber(protocol) !== 6) return false;
  const ports = portsOf(destination?.ports);
  if (ports === undefined || ports.names.size > 0) return true;
  return wanted.some((port) => ports.ranges.some(([first, last]) => first <= port && port <= last));
}
