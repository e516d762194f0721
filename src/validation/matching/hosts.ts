import type { Resource } from '../../resources/kind.ts';
import { parsePort } from '../../resources/net/port.ts';
import type { RuleValue } from '../../resources/parts/policy/rule.ts';
import { type Labels, matchesSelector, type Selector } from '../../resources/selector/index.ts';
import { protocolNumber } from './conditions.ts';
import { type PolicySpec, policyOf } from './policies.ts';
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

/** More different selectors than these are not kept, nor so many hosts compared with them; nothing is certain then. */
const MOST_SELECTORS = 10_000;
const MOST_COMPARED = 3_000_000;

/** What global policies do about one way into or out of hosts, in as little memory as may be. */
export class HostPolicies {
  readonly #way: (typeof WAYS)[Way];
  /** Selectors of policies that may let it through, and of those behind which the rest is denied. */
  readonly #opening = new Set<string>();
  readonly #closing = new Set<string>();
  /** Selectors that hosts are compared with, read once. */
  readonly #read = new Map<string, Selector | undefined>();
  #compared = 0;

  constructor(way: Way) {
    this.#way = WAYS[way];
  }

  see(policy: Resource): void {
    const { spec } = policyOf(policy);
    const { direction, type, ports } = this.#way;
    const selector = spec.selector ?? '';
    const rules = spec[direction];
    const opens = !this.#opening.has(selector) && rules?.some((rule) => mayOpen(rule, ports)) === true;
    const closes = !this.#closing.has(selector) && mayClose(spec) && typesOf(spec).includes(type);
    if (!(opens || closes) || !isForHosts(spec)) return;
    if (opens) this.#keep(this.#opening, selector);
    if (closes) this.#keep(this.#closing, selector);
  }

  /** Undefined where it is not known. */
  closes(labels: Labels, profiles: readonly string[]): boolean | undefined {
    if (this.#opening.size > MOST_SELECTORS || this.#closing.size > MOST_SELECTORS) return undefined;
    if (this.#compared > MOST_COMPARED) return undefined;
    const matches = (text: string) => {
      this.#compared++;
      const selector = this.#selector(text);
      return selector === undefined || matchesSelector(selector, labels);
    };
    if ([...this.#opening].some(matches)) return false;
    const others = profiles.filter((name) => name !== DEFAULT_ALLOW);
    if (others.length > 0) return undefined;
    return profiles.length === 0 || [...this.#closing].some(matches);
  }

  #selector(text: string): Selector | undefined {
    if (!this.#read.has(text)) this.#read.set(text, selectorIn(text));
    return this.#read.get(text);
  }

  #keep(selectors: Set<string>, selector: string): void {
    if (selectors.size <= MOST_SELECTORS) selectors.add(selector);
  }
}

const DEFAULT_ALLOW = 'projectcalico-default-allow';

/** What a policy without a rule that matches denies at the end of its tier. */
function mayClose({ doNotTrack, preDNAT, tier }: PolicySpec): boolean {
  return !doNotTrack && !preDNAT && (tier || 'default') === 'default';
}

function isForHosts({ namespaceSelector, serviceAccountSelector }: PolicySpec): boolean {
  return [namespaceSelector, serviceAccountSelector].every((text) => {
    const selector = selectorIn(text);
    return selector === undefined || matchesHosts(selector);
  });
}

function typesOf({ types, ingress, egress }: PolicySpec): readonly string[] {
  if (types?.length) return types;
  if (!egress?.length) return ['Ingress'];
  return ingress?.length ? ['Ingress', 'Egress'] : ['Egress'];
}

/** Whether a rule may let TCP to one of the ports through, from anywhere at all. */
function mayOpen({ action, protocol, destination }: RuleValue, wanted: readonly number[]): boolean {
  if (action !== 'Allow' && action !== 'Pass') return false;
  if (protocol !== undefined && protocolNumber(protocol) !== 6) return false;
  const ports = destination?.ports;
  return ports === undefined || ports.length === 0 || ports.some((port) => mayBe(port, wanted));
}

/** The numbers that names stand for are not known. */
function mayBe(text: number | string, wanted: readonly number[]): boolean {
  if (typeof text === 'number') return wanted.includes(text);
  const port = parsePort(text);
  if (port === undefined || 'name' in port) return true;
  return wanted.some((number) => port.first <= number && number <= port.last);
}
