import type { Rule } from '../../kind.ts';
import type { EntityValue, RuleValue } from './rule.ts';
import { type Direction, forEachEnd, forEachRule, type WithRules } from './visit.ts';

/** What holds for the rules of policies, but which nobody enforces for profiles. */

/** Only the far end of the traffic can be a service. */
const SERVICES_AT: Readonly<Record<Direction, 'source' | 'destination'>> = {
  ingress: 'source',
  egress: 'destination',
};

const servicesFarEnd = forEachEnd(
  'CAL1130',
  'Services stand in the source of ingress rules and in the destination of egress rules.',
  function* ({ entity, side, path }, { direction }) {
    if (entity.services === undefined || side === SERVICES_AT[direction]) return;
    const message = `is not allowed in the ${side} of an ${direction} rule: only its ${SERVICES_AT[direction]} can be a service`;
    yield { path: [...path, 'services'], value: entity.services, message };
  },
);

/** A global policy has no namespace of its own in which a service could be looked up. */
export const servicesNamespace = forEachEnd(
  'CAL1131',
  'Services in rules of global policies come with their namespace.',
  function* ({ entity: { services }, side, path }, { direction }) {
    if (services === undefined || services.namespace || side !== SERVICES_AT[direction]) return;
    yield { path: [...path, 'services', 'namespace'], message: 'is required in a global policy' };
  },
);

const servicesNamed = forEachEnd('CAL1132', 'Services have a name.', function* ({ entity, path }) {
  if (entity.services !== undefined && !entity.services.name)
    yield { path: [...path, 'services', 'name'], message: 'is required: name the service' };
});

const EXCLUDED_BY_SERVICES = [
  'namespaceSelector',
  'serviceAccounts',
  'selector',
  'notSelector',
  'nets',
  'notNets',
] as const;

function isGiven(value: EntityValue[(typeof EXCLUDED_BY_SERVICES)[number]]): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0;
  return value !== undefined;
}

const servicesAlone = forEachEnd(
  'CAL1133',
  'Where services are given, no selector, network or service account is.',
  function* ({ entity, path }) {
    if (entity.services === undefined) return;
    for (const field of EXCLUDED_BY_SERVICES)
      if (isGiven(entity[field]))
        yield {
          path: [...path, field],
          value: entity[field],
          message: 'cannot be used together with services: use a rule for each',
        };
  },
);

const servicesBringPorts = forEachRule(
  'CAL1134',
  'A destination that is a service has no ports of its own.',
  function* ({ rule: { destination }, path }) {
    if (destination?.services === undefined) return;
    for (const field of ['ports', 'notPorts'] as const)
      if (destination[field]?.length)
        yield {
          path: [...path, 'destination', field],
          value: destination[field],
          message: 'cannot be used together with services: the service says which ports it has',
        };
  },
);

const noGlobalHere = forEachEnd(
  'CAL1135',
  'global() stands in the namespaceSelector of rules only.',
  function* ({ entity: { selector }, path }) {
    if (selector?.includes('global('))
      yield {
        path: [...path, 'selector'],
        value: selector,
        message: 'uses global(), which is for namespaceSelector of rules only',
      };
  },
);

const httpIngress = forEachRule(
  'CAL1136',
  'HTTP matches stand in ingress rules only.',
  function* ({ rule, direction, path }) {
    if (rule.http !== undefined && direction === 'egress')
      yield {
        path: [...path, 'http'],
        value: rule.http,
        message: 'is an HTTP match, which is not allowed in egress rules',
      };
  },
);

const httpOverTcp = forEachRule(
  'CAL1137',
  'Rules with an HTTP match have protocol TCP or none.',
  function* ({ rule, path }) {
    if (rule.http === undefined || rule.protocol === undefined) return;
    if (rule.protocol !== 'TCP' && rule.protocol !== 6)
      yield {
        path: [...path, 'protocol'],
        value: rule.protocol,
        message: 'cannot be used with an HTTP match: use TCP or leave it out',
      };
  },
);

const httpAllow = forEachRule('CAL1138', 'Rules with an HTTP match allow.', function* ({ rule, path }) {
  if (rule.http !== undefined && rule.action !== 'Allow')
    yield {
      path: [...path, 'action'],
      value: rule.action,
      message: 'cannot be used with an HTTP match: only Allow can',
    };
});

type ProtocolValue = RuleValue['protocol'];

function isIcmp(protocol: ProtocolValue): boolean {
  return protocol === 'ICMP' || protocol === 1;
}

function isIcmpV6(protocol: ProtocolValue): boolean {
  return protocol === 'ICMPv6' || protocol === 58;
}

const icmpProtocol = forEachRule(
  'CAL1139',
  'ICMP fields come with protocol ICMP or ICMPv6.',
  function* ({ rule, path }) {
    if (rule.icmp !== undefined && !isIcmp(rule.protocol) && !isIcmpV6(rule.protocol))
      yield {
        path: [...path, 'icmp'],
        value: rule.icmp,
        message: "needs a protocol: set the rule's protocol to ICMP or ICMPv6",
      };
  },
);

const icmpFamily = forEachRule(
  'CAL1140',
  'ICMP is for IPv4 and ICMPv6 for IPv6.',
  function* ({ rule, path }) {
    const { ipVersion } = rule;
    if (ipVersion === undefined) return;
    for (const field of ['protocol', 'notProtocol'] as const) {
      const value = rule[field];
      const at = { path: [...path, field], value };
      if (isIcmp(value) && ipVersion !== 4)
        yield {
          ...at,
          message: `is ICMP, which requires ipVersion 4, not ${ipVersion}: for IPv6 use ICMPv6`,
        };
      if (isIcmpV6(value) && ipVersion !== 6)
        yield {
          ...at,
          message: `is ICMPv6, which requires ipVersion 6, not ${ipVersion}: for IPv4 use ICMP`,
        };
    }
  },
);

const icmpCode = forEachRule('CAL1141', 'An ICMP code comes with a type.', function* ({ rule, path }) {
  for (const field of ['icmp', 'notICMP'] as const) {
    const match = rule[field];
    if (match?.code !== undefined && match.type === undefined)
      yield {
        path: [...path, field, 'code'],
        value: match.code,
        message: 'needs an ICMP type beside it: codes are counted within a type',
      };
  }
});

/** Rules for every rule of a tiered policy. */
export const matchRules: readonly Rule<WithRules>[] = [
  servicesFarEnd,
  servicesNamed,
  servicesAlone,
  servicesBringPorts,
  noGlobalHere,
  httpIngress,
  httpOverTcp,
  httpAllow,
  icmpProtocol,
  icmpFamily,
  icmpCode,
];
