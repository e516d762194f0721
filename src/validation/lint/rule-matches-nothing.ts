import type { Fault } from '../../resources/kind.ts';
import type { EntityValue, RuleValue } from '../../resources/parts/policy/rule.ts';
import { DIRECTIONS, SIDES } from '../../resources/parts/policy/visit.ts';
import { TIERED_KINDS } from '../../resources/parts/tiers.ts';
import { implies } from '../../resources/selector/satisfiable.ts';
import { type Conditions, conditionsOf, type End, protocolNumber } from '../matching/conditions.ts';
import { allWithin } from '../matching/networks.ts';
import { policyOf } from '../matching/policies.ts';
import { coversPorts } from '../matching/ports.ts';
import type { LintRule } from '../rule.ts';

/** Only a rule that both wants and refuses something of a sort can contradict itself. */
function mayContradict(rule: RuleValue): boolean {
  if (rule.protocol !== undefined && (rule.notProtocol !== undefined || rule.notICMP !== undefined))
    return true;
  return mayContradictAt(rule.source, rule) || mayContradictAt(rule.destination, rule);
}

function mayContradictAt(entity: EntityValue | undefined, { protocol }: RuleValue): boolean {
  if (entity === undefined) return false;
  if (entity.notNets?.length || entity.notPorts?.length || entity.notSelector) return true;
  return Boolean(entity.nets?.length) && (isIcmp(protocol) || isIcmpV6(protocol));
}

function isIcmp(protocol: RuleValue['protocol']): boolean {
  return protocolNumber(protocol) === 1;
}

function isIcmpV6(protocol: RuleValue['protocol']): boolean {
  return protocolNumber(protocol) === 58;
}

function* contradictions(conditions: Conditions): Iterable<Fault> {
  const { rule, protocol, notProtocol, family } = conditions;
  if (protocol !== undefined && protocol === notProtocol)
    yield { path: ['notProtocol'], value: rule.notProtocol, message: 'excludes the protocol of the rule' };
  const { icmp, notICMP } = rule;
  if (icmp?.type !== undefined && notICMP?.type === icmp.type)
    if (notICMP.code === undefined || notICMP.code === icmp.code)
      yield { path: ['notICMP'], value: notICMP, message: 'excludes the ICMP messages of the rule' };
  if (
    rule.ipVersion === undefined &&
    ((isIcmp(protocol) && family === 6) || (isIcmpV6(protocol) && family === 4))
  )
    yield {
      path: ['protocol'],
      value: rule.protocol,
      message: `is not a protocol of the rule's IPv${family} networks`,
    };
  for (const side of SIDES) yield* contradictionsAt(conditions[side], rule[side] ?? {}, side);
}

function* contradictionsAt(end: End, entity: EntityValue, side: string): Iterable<Fault> {
  if (end.nets !== undefined && allWithin(end.nets, end.notNets))
    yield { path: [side, 'notNets'], value: entity.notNets, message: 'exclude every address of nets' };
  if (end.ports !== undefined && end.notPorts !== undefined && coversPorts(end.notPorts, end.ports))
    yield { path: [side, 'notPorts'], value: entity.notPorts, message: 'exclude every one of ports' };
  if (end.peers?.selector !== undefined && end.notSelector !== undefined)
    if (implies(end.peers.selector, end.notSelector))
      yield {
        path: [side, 'notSelector'],
        value: entity.notSelector,
        message: 'excludes all that selector matches',
      };
}

const rule: LintRule = {
  id: 'CAL2007',
  doc: 'A rule of a policy can match a packet.',
  why: 'What the rule asks for is what it excludes, so no packet can match it and it has no effect.',
  wrong: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: web}
spec:
  ingress:
  - action: Allow
    source:
      nets: [10.1.0.0/16]
      notNets: [10.0.0.0/8]
`,
  right: `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: web}
spec:
  ingress:
  - action: Allow
    source:
      nets: [10.0.0.0/8]
      notNets: [10.1.0.0/16]
`,
  kinds: [...TIERED_KINDS, 'Profile'],
  *check(resource) {
    const { spec } = policyOf(resource);
    for (const direction of DIRECTIONS)
      for (const [index, candidate] of spec[direction]?.entries() ?? []) {
        const conditions = mayContradict(candidate) ? conditionsOf(candidate) : undefined;
        if (conditions === undefined) continue;
        for (const { path, message, ...fault } of contradictions(conditions))
          yield {
            ...fault,
            path: ['spec', direction, index, ...path],
            message: `${message}, so the rule matches nothing`,
          };
      }
  },
};

export default rule;
