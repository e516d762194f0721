import { type Cidr, parseCidr } from '../../resources/net/cidr.ts';
import type { EntityValue, RuleValue } from '../../resources/parts/policy/rule.ts';
import { printSelector, type Selector } from '../../resources/selector/index.ts';
import { type Ports, portsOf } from './ports.ts';
import { selectorIn } from './selectors.ts';

/** What the rule of a policy asks of packets, made ready to be compared with another rule. */
export interface Conditions {
  readonly rule: RuleValue;
  readonly family: number | undefined;
  readonly protocol: number | string | undefined;
  readonly notProtocol: number | string | undefined;
  readonly source: End;
  readonly destination: End;
}

/** What it asks of one end. What is absent does not matter. */
export interface End {
  readonly nets: readonly Cidr[] | undefined;
  readonly notNets: readonly Cidr[];
  readonly ports: Ports | undefined;
  readonly notPorts: Ports | undefined;
  readonly peers: Peers | undefined;
  readonly notSelector: Selector | undefined;
  readonly services: string | undefined;
}

/** Endpoints and network sets. */
export interface Peers {
  readonly selector: Selector | undefined;
  /** Normal forms, equal where they mean the same for certain. */
  readonly namespaces: string;
  readonly accounts: string;
}

const NUMBERS: Readonly<Record<string, number>> = {
  TCP: 6,
  UDP: 17,
  ICMP: 1,
  ICMPv6: 58,
  SCTP: 132,
  UDPLite: 136,
};

/** A protocol by its number, whichever way it is written. */
export function protocolNumber(protocol: number | string | undefined): number | string | undefined {
  return typeof protocol === 'string' ? (NUMBERS[protocol] ?? protocol) : protocol;
}

/** Undefined where something in the rule cannot be read: then nothing is certain of it. */
export function conditionsOf(rule: RuleValue): Conditions | undefined {
  const source = endOf(rule.source);
  const destination = endOf(rule.destination);
  if (source === undefined || destination === undefined) return undefined;
  const families = new Set([rule.ipVersion, ...familiesOf(source), ...familiesOf(destination)]);
  families.delete(undefined);
  if (families.size > 1) return undefined;
  return {
    rule,
    family: [...families][0],
    protocol: protocolNumber(rule.protocol),
    notProtocol: protocolNumber(rule.notProtocol),
    source,
    destination,
  };
}

/** A rule is for the family of its networks only, also where it leaves those out. */
function familiesOf({ nets, notNets }: End): readonly (number | undefined)[] {
  return [soleFamily(nets), soleFamily(notNets)];
}

/** Undefined where there are networks of both, or none. */
function soleFamily(nets: readonly Cidr[] | undefined): number | undefined {
  const family = nets?.[0]?.address.family;
  return nets?.every(({ address }) => address.family === family) ? family : undefined;
}

const ANY: End = {
  nets: undefined,
  notNets: [],
  ports: undefined,
  notPorts: undefined,
  peers: undefined,
  notSelector: undefined,
  services: undefined,
};

function endOf(entity: EntityValue | undefined): End | undefined {
  if (entity === undefined) return ANY;
  const { services, selector, namespaceSelector, notSelector } = entity;
  const nets = netsOf(entity.nets);
  const notNets = netsOf(entity.notNets);
  const ports = portsOf(entity.ports);
  const notPorts = portsOf(entity.notPorts);
  const accounts = accountsOf(entity.serviceAccounts);
  if (nets === undefined || notNets === undefined || accounts === undefined) return undefined;
  if ((entity.ports?.length && !ports) || (entity.notPorts?.length && !notPorts)) return undefined;
  if ([selector, namespaceSelector, notSelector].some((text) => text && !selectorIn(text))) return undefined;
  const namespaces = normal(namespaceSelector);
  const hasPeers = Boolean(selector) || namespaces !== '' || accounts !== '';
  return {
    nets: nets.length === 0 ? undefined : nets,
    notNets,
    ports,
    notPorts,
    peers: hasPeers ? { selector: selectorIn(selector), namespaces, accounts } : undefined,
    notSelector: selectorIn(notSelector),
    services: services === undefined ? undefined : JSON.stringify([services.namespace, services.name]),
  };
}

function netsOf(texts: readonly string[] = []): readonly Cidr[] | undefined {
  const nets = texts.map((text) => parseCidr(text));
  return nets.includes(undefined) ? undefined : (nets as readonly Cidr[]);
}

function accountsOf(accounts: EntityValue['serviceAccounts']): string | undefined {
  if (accounts === undefined) return '';
  const names = [...(accounts.names ?? [])].sort();
  const selector = normal(accounts.selector);
  if (names.length === 0 && selector === '') return undefined;
  return JSON.stringify([names, selector]);
}

function normal(text: string | undefined): string {
  const selector = selectorIn(text);
  return selector === undefined ? '' : printSelector(selector);
}
