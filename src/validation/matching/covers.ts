import type { RuleValue } from '../../resources/parts/policy/rule.ts';
import { printSelector, type Selector } from '../../resources/selector/index.ts';
import { implies } from '../../resources/selector/satisfiable.ts';
import { type Conditions, conditionsOf, type End, protocolNumber } from './conditions.ts';
import { allApart, allWithin } from './networks.ts';
import { apart, coversPorts } from './ports.ts';

/**
 * A rule of a policy and what it looks at, in bits. Only a rule that looks at all that an earlier one looks at can be
 * covered by it, so most pairs of rules need no closer look.
 */
export class Candidate {
  readonly rule: RuleValue;
  readonly looks: number;
  /** How long a closer look takes, roughly. */
  readonly weight: number;
  readonly #protocol: number | string | undefined;
  #conditions: Conditions | undefined | 'unread' = 'unread';

  constructor(rule: RuleValue) {
    this.rule = rule;
    this.looks = looksOf(rule);
    this.weight = 1 + weightOf(rule.source) + weightOf(rule.destination);
    this.#protocol = protocolNumber(rule.protocol);
  }

  /** It asks for nothing but a protocol, so to compare it takes no time. */
  get isOpen(): boolean {
    return this.looks <= 1 && this.weight === 1;
  }

  /** Whether a closer look is worth while. */
  mayCover(other: Candidate): boolean {
    if ((this.looks & ~other.looks) !== 0) return false;
    return this.#protocol === undefined || this.#protocol === other.#protocol;
  }

  /** True where it is certain that this rule matches every packet that the other one matches. */
  covers(other: Candidate): boolean {
    if (!this.mayCover(other)) return false;
    const wide = this.conditions();
    const narrow = wide && other.conditions();
    return narrow !== undefined && covers(wide!, narrow);
  }

  conditions(): Conditions | undefined {
    if (this.#conditions === 'unread') this.#conditions = conditionsOf(this.rule);
    return this.#conditions;
  }
}

function weightOf(entity: RuleValue['source']): number {
  if (entity === undefined) return 0;
  const { nets, notNets, ports, notPorts, selector = '', notSelector = '' } = entity;
  const items = [nets, notNets, ports, notPorts].reduce((sum, list) => sum + (list?.length ?? 0), 0);
  return items + (selector.length + notSelector.length) / 4;
}

function looksOf({ protocol, icmp, http, source, destination }: RuleValue): number {
  return (
    (protocol === undefined ? 0 : 1) |
    (icmp?.type === undefined ? 0 : 2) |
    (http === undefined ? 0 : 4) |
    (looksAt(source) << 3) |
    (looksAt(destination) << 8)
  );
}

function looksAt(entity: RuleValue['source']): number {
  if (entity === undefined) return 0;
  return (
    (entity.nets?.length ? 1 : 0) |
    (entity.ports?.length ? 2 : 0) |
    (entity.selector || entity.namespaceSelector || entity.serviceAccounts ? 4 : 0) |
    (entity.notSelector ? 8 : 0) |
    (entity.services === undefined ? 0 : 16)
  );
}

function covers(wide: Conditions, narrow: Conditions): boolean {
  return (
    (wide.family === undefined || wide.family === narrow.family) &&
    coversProtocols(wide, narrow) &&
    coversIcmp(wide, narrow) &&
    coversHttp(wide.rule.http, narrow.rule.http) &&
    coversEnd(wide.source, narrow.source) &&
    coversEnd(wide.destination, narrow.destination)
  );
}

function coversProtocols(wide: Conditions, narrow: Conditions): boolean {
  if (wide.protocol !== undefined && wide.protocol !== narrow.protocol) return false;
  if (wide.notProtocol === undefined || wide.notProtocol === narrow.notProtocol) return true;
  return narrow.protocol !== undefined && narrow.protocol !== wide.notProtocol;
}

function coversIcmp(wide: Conditions, narrow: Conditions): boolean {
  const [all, some] = [wide.rule.icmp, narrow.rule.icmp];
  if (all?.type !== undefined) {
    if (some?.type !== all.type) return false;
    if (all.code !== undefined && some.code !== all.code) return false;
  }
  const [out, left] = [wide.rule.notICMP, narrow.rule.notICMP];
  if (out === undefined) return true;
  return (
    left !== undefined &&
    left.type === out.type &&
    left.code === out.code &&
    wide.protocol === narrow.protocol
  );
}

type Http = RuleValue['http'];

function coversHttp(wide: Http, narrow: Http): boolean {
  if (wide === undefined) return true;
  if (narrow === undefined) return false;
  const { methods: allMethods = [], paths: allPaths = [] } = wide;
  const { methods = [], paths = [] } = narrow;
  if (
    allMethods.length > 0 &&
    (methods.length === 0 || !methods.every((method) => allMethods.includes(method)))
  )
    return false;
  if (allPaths.length === 0) return true;
  return paths.length > 0 && paths.every((path) => allPaths.some((all) => coversPath(all, path)));
}

type Path = NonNullable<NonNullable<Http>['paths']>[number];

function coversPath(wide: Path, narrow: Path): boolean {
  if (wide.exact) return narrow.exact === wide.exact && !narrow.prefix;
  const text = narrow.exact || narrow.prefix;
  return Boolean(wide.prefix && text?.startsWith(wide.prefix));
}

function coversEnd(wide: End, narrow: End): boolean {
  return (
    coversPortsOf(wide, narrow) &&
    coversNets(wide, narrow) &&
    coversPeers(wide, narrow) &&
    (wide.services === undefined || wide.services === narrow.services)
  );
}

function coversNets(wide: End, narrow: End): boolean {
  if (wide.nets !== undefined) {
    if (narrow.nets === undefined || !allWithin(narrow.nets, wide.nets)) return false;
  }
  if (allWithin(wide.notNets, narrow.notNets)) return true;
  return narrow.nets !== undefined && allApart(narrow.nets, wide.notNets);
}

function coversPortsOf(wide: End, narrow: End): boolean {
  if (wide.ports !== undefined && (narrow.ports === undefined || !coversPorts(wide.ports, narrow.ports)))
    return false;
  if (wide.notPorts === undefined) return true;
  if (narrow.notPorts !== undefined && coversPorts(narrow.notPorts, wide.notPorts)) return true;
  return narrow.ports !== undefined && apart(narrow.ports, wide.notPorts);
}

function coversPeers(wide: End, narrow: End): boolean {
  if (wide.notSelector !== undefined) {
    if (narrow.notSelector === undefined || !impliesOrSame(wide.notSelector, narrow.notSelector))
      return false;
  }
  if (wide.peers === undefined) return true;
  if (narrow.peers === undefined || narrow.peers.namespaces !== wide.peers.namespaces) return false;
  if (wide.peers.accounts !== '' && wide.peers.accounts !== narrow.peers.accounts) return false;
  return (
    wide.peers.selector === undefined ||
    impliesOrSame(narrow.peers.selector ?? { type: 'all' }, wide.peers.selector)
  );
}

/** Selectors with too many alternatives can still be the same. */
function impliesOrSame(narrow: Selector, wide: Selector): boolean {
  return narrow === wide || printSelector(narrow) === printSelector(wide) || implies(narrow, wide);
}
