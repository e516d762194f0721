import { given, invalid, type Validation } from '../cel.ts';
import { defineKind, type Resource, type Rule } from '../kind.ts';
import { networkFaults } from '../parts/bgprules.ts';
import { COMMUNITY } from '../patterns.ts';
import { ATOMIC_LIST, ATOMIC_MAP, asn, integer, list, object, oneOf, text, type Value } from '../schema.ts';

const MOST = 2147483646;
const written = { presence: 'always', required: true } as const;

const operation = object(
  {
    addCommunity: object(
      { value: text('The community.', { ...written, maxLength: 32, pattern: COMMUNITY }) },
      'Adds a community to the route.',
      { presence: 'pointer', crd: ATOMIC_MAP },
    ),
    prependASPath: object(
      {
        prefix: list(asn('AS number.'), 'AS numbers that are put before the path, in order.', {
          ...written,
          minItems: 1,
          maxItems: 10,
          crd: ATOMIC_LIST,
        }),
      },
      'Makes the path of the route longer.',
      { presence: 'pointer', crd: ATOMIC_MAP },
    ),
    setPriority: object(
      { value: integer('The new metric; the least wins.', { ...written, minimum: 1, maximum: MOST }) },
      'Sets the metric of the route.',
      { presence: 'pointer', crd: ATOMIC_MAP },
    ),
  },
  'One change; give exactly one of the fields.',
  { minProperties: 1, maxProperties: 1, crd: ATOMIC_MAP },
);

const validations: readonly Validation[] = [
  invalid('CAL1481', `${given('cidr')} == ${given('matchOperator')}`),
  invalid('CAL1482', `!has(self.prefixLength) || ${given('cidr')}`),
  { says: 'CAL1483', rule: "!has(self.operations) || size(self.operations) == 0 || self.action == 'Accept'" },
];

/** The rules of one direction and family. */
function filterRules(family: 4 | 6, doc: string) {
  const length = {
    presence: 'pointer',
    form: 'int32',
    minimum: 0,
    maximum: family === 4 ? 32 : 128,
  } as const;
  return list(
    object(
      {
        cidr: text('Range that matchOperator compares with.', {
          format: 'cidr',
          maxLength: family === 4 ? 18 : 43,
          goName: 'CIDR',
        }),
        prefixLength: object(
          {
            min: integer('Least prefix length that matches, in bits.', length),
            max: integer('Greatest prefix length that matches, in bits.', length),
          },
          'Which prefix lengths match.',
          { presence: 'pointer', crd: ATOMIC_MAP },
        ),
        source: oneOf(['RemotePeers'], 'Where the route was learned.'),
        interface: text('Which interface the route leaves by; `*` stands for anything.', {
          maxLength: 15,
          format: 'bgpFilterInterface',
        }),
        matchOperator: oneOf(['Equal', 'NotEqual', 'In', 'NotIn'], 'How the route compares with cidr.'),
        peerType: oneOf(['eBGP', 'iBGP'], 'Which kind of session.'),
        communities: object(
          {
            values: list(
              text('A community.', { maxLength: 32, pattern: COMMUNITY }),
              'The community, as a list of one.',
              {
                ...written,
                minItems: 1,
                maxItems: 1,
                crd: ATOMIC_LIST,
              },
            ),
          },
          'Which communities the route carries.',
          { presence: 'pointer', crd: ATOMIC_MAP },
        ),
        asPathPrefix: list(asn('AS number.'), 'AS numbers that the path of the route begins with.', {
          crd: ATOMIC_LIST,
          goName: 'ASPathPrefix',
        }),
        priority: integer('Metric that the route has.', { presence: 'pointer', minimum: 1, maximum: MOST }),
        action: oneOf(['Accept', 'Reject'], 'What becomes of a route that matches.', written),
        operations: list(operation, 'Changes to an accepted route, in order.', {
          minItems: 1,
          maxItems: 10,
          crd: ATOMIC_LIST,
        }),
      },
      'A route that matches all of it meets the action; the first rule that matches counts.',
      { crd: ATOMIC_MAP, cel: validations },
    ),
    doc,
    { crd: ATOMIC_LIST },
  );
}

const spec = object({
  exportV4: filterRules(4, 'For IPv4 routes to the peer.'),
  importV4: filterRules(4, 'For IPv4 routes from the peer.'),
  exportV6: filterRules(6, 'For IPv6 routes to the peer.'),
  importV6: filterRules(6, 'For IPv6 routes from the peer.'),
});

type Spec = Value<typeof spec>;
const LISTS = ['exportV4', 'importV4', 'exportV6', 'importV6'] as const;

/** Every rule of a filter with its list and its path. */
function* everyRule({ spec }: Resource<Spec>) {
  for (const name of LISTS)
    for (const [index, rule] of (spec[name] ?? []).entries())
      yield { rule, family: name.endsWith('4') ? 4 : 6, path: ['spec', name, index] } as const;
}

const rules: readonly Rule<Spec>[] = [
  {
    id: 'CAL1480',
    doc: 'A range is of the family of its list and has no host bits.',
    *check(filter) {
      for (const { rule, family, path } of everyRule(filter))
        yield* networkFaults(rule.cidr, [...path, 'cidr'], family);
    },
  },
  {
    id: 'CAL1481',
    doc: 'cidr and matchOperator are given together or not at all.',
    *check(filter) {
      for (const { rule, path } of everyRule(filter)) {
        if (rule.cidr && !rule.matchOperator)
          yield {
            path: [...path, 'matchOperator'],
            message: 'is required with cidr: Equal, NotEqual, In or NotIn',
          };
        if (rule.matchOperator && !rule.cidr)
          yield {
            path: [...path, 'cidr'],
            message: 'is required with matchOperator: the range to compare with',
          };
      }
    },
  },
  {
    id: 'CAL1482',
    doc: 'prefixLength is given only together with cidr.',
    *check(filter) {
      for (const { rule, path } of everyRule(filter))
        if (rule.prefixLength !== undefined && !rule.cidr)
          yield {
            path: [...path, 'prefixLength'],
            message: 'is of no use without cidr: add the range or leave it out',
          };
    },
  },
  {
    id: 'CAL1483',
    doc: 'Operations are given only with the action Accept.',
    *check(filter) {
      for (const { rule, path } of everyRule(filter))
        if (rule.operations?.length && rule.action !== 'Accept')
          yield {
            path: [...path, 'operations'],
            message: 'can only be given with action Accept: a rejected route goes nowhere',
          };
    },
  },
];

export default defineKind({
  kind: 'BGPFilter',
  plural: 'bgpfilters',
  aliases: ['bgpf', 'bgpfs', 'bf', 'bfs'],
  scope: 'cluster',
  doc: 'Which routes BGP peers are told and which are taken from them.',
  definition: {},
  spec,
  rules,
  columns: {
    NAME: (filter) => filter.metadata.name,
    NUMEXPORTV4: (filter) => String(filter.spec.exportV4?.length ?? 0),
    NUMIMPORTV4: (filter) => String(filter.spec.importV4?.length ?? 0),
    NUMEXPORTV6: (filter) => String(filter.spec.exportV6?.length ?? 0),
    NUMIMPORTV6: (filter) => String(filter.spec.importV6?.length ?? 0),
  },
  narrow: ['NAME', 'NUMEXPORTV4', 'NUMIMPORTV4', 'NUMEXPORTV6', 'NUMIMPORTV6'],
});
