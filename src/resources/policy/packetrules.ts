import { hasPorts } from '../endpointport.ts';
import type { Fault } from '../kind.ts';
import { annotationFaults } from '../names.ts';
import { addressBits, parseAddress } from '../net/address.ts';
import { type Cidr, formatCidr, isStrictlyMasked, networkOf, parseCidr } from '../net/cidr.ts';
import { parsePort } from '../net/port.ts';
import { forEachEnd, forEachRule, type RuleAt, repeated } from './visit.ts';

/** What holds for the rules of policies and of profiles alike. */

const portsNeedProtocol = forEachEnd(
  'CAL1110',
  'Ports are only given together with a protocol that has them; names of ports may stand alone.',
  function* ({ entity, path }, { rule: { protocol } }) {
    if (protocol !== undefined && hasPorts(protocol)) return;
    for (const field of ['ports', 'notPorts'] as const) {
      const ports = entity[field] ?? [];
      if (ports.length === 0) continue;
      const at = { path: [...path, field], value: ports };
      if (protocol !== undefined) {
        yield {
          ...at,
          message: `cannot be used with protocol ${protocol}: only TCP, UDP and SCTP have ports`,
        };
      } else if (ports.some(isNumeric)) {
        yield { ...at, message: "need a protocol: set the rule's protocol to TCP, UDP or SCTP" };
      }
    }
  },
);

function isNumeric(port: number | string): boolean {
  const parsed = parsePort(port);
  return parsed !== undefined && 'first' in parsed;
}

interface NetAt {
  readonly text: string;
  readonly field: 'nets' | 'notNets';
  readonly path: Fault['path'];
  /** Absent where the text is no CIDR. */
  readonly cidr?: Cidr;
}

/** The networks of both ends in the order in which the reference looks at them. */
function* netsOf({ rule, path }: RuleAt): Iterable<NetAt> {
  for (const side of ['source', 'destination'] as const)
    for (const field of ['nets', 'notNets'] as const)
      for (const [index, text] of (rule[side]?.[field] ?? []).entries()) {
        const cidr = parseCidr(text);
        yield { text, field, path: [...path, side, field, index], ...(cidr === undefined ? {} : { cidr }) };
      }
}

/** The format `net` takes single addresses too, but no rule may hold one; so the list has no format and this says it. */
const netsAreNetworks = forEachRule(
  'CAL1111',
  'Networks of rules are CIDRs without host bits, single addresses written with /32 or /128.',
  function* (at) {
    for (const { text, path, cidr } of netsOf(at)) {
      const message = netFault(text, cidr);
      if (message !== undefined) yield { path, value: text, message };
    }
  },
);

function netFault(text: string, cidr: Cidr | undefined): string | undefined {
  if (cidr !== undefined)
    return isStrictlyMasked(cidr)
      ? undefined
      : `has host bits: the network is ${formatCidr(networkOf(cidr))}`;
  const address = parseAddress(text);
  if (address === undefined) return 'is not a CIDR such as "10.0.0.0/16" or "fd00::/64"';
  return `is an address where a CIDR is needed: write ${formatCidr({ address, prefix: addressBits(address.family) })}`;
}

const oneFamily = forEachRule('CAL1112', 'All networks of a rule are of one IP version.', function* (at) {
  let first: NetAt | undefined;
  for (const net of netsOf(at)) {
    if (net.cidr === undefined) continue;
    first ??= net;
    if (net.cidr.address.family !== first.cidr!.address.family) {
      const message = `is ${named(net.cidr)}, but ${first.text} of the same rule is ${named(first.cidr!)}: split the rule into one for IPv4 and one for IPv6`;
      yield { path: net.path, value: net.text, message };
      return;
    }
  }
});

function named(cidr: Cidr): string {
  return `IPv${cidr.address.family}`;
}

const familyAsSaid = forEachRule(
  'CAL1113',
  'Networks of a rule are of the IP version that the rule names.',
  function* (at) {
    const { ipVersion } = at.rule;
    if (ipVersion === undefined) return;
    for (const { cidr, path, text } of netsOf(at))
      if (cidr !== undefined && cidr.address.family !== ipVersion) {
        const message = `is ${named(cidr)}, which does not match the IP version of the rule: ipVersion is ${ipVersion}`;
        yield { path, value: text, message };
      }
  },
);

const notEverything = forEachRule(
  'CAL1114',
  'A rule does not exclude every address there is.',
  function* (at) {
    for (const { cidr, field, path, text } of netsOf(at))
      if (field === 'notNets' && cidr?.prefix === 0)
        yield {
          path,
          value: text,
          message: 'cannot be excluded: it is every address, so the rule would match nothing',
        };
  },
);

const globalAlone = forEachEnd(
  'CAL1115',
  "In a rule's namespaceSelector, global() stands alone.",
  function* ({ entity: { namespaceSelector }, path }) {
    if (!namespaceSelector?.includes('global(') || /^\s*global\(\s*\)\s*$/.test(namespaceSelector)) return;
    yield {
      path: [...path, 'namespaceSelector'],
      value: namespaceSelector,
      message: 'combines global() with more: global() cannot be negated or combined, use a rule for each',
    };
  },
);

const methodsOnce = forEachRule(
  'CAL1116',
  'HTTP methods of a rule are named once.',
  function* ({ rule, path }) {
    for (const [index, method] of repeated(rule.http?.methods ?? []))
      yield { path: [...path, 'http', 'methods', index], value: method, message: 'is named twice' };
  },
);

const httpPaths = forEachRule(
  'CAL1117',
  'Each HTTP path of a rule is either exact or a prefix, begins with "/" and has no blank, "?" or "#".',
  function* ({ rule, path }) {
    for (const [index, match] of (rule.http?.paths ?? []).entries()) {
      const at = [...path, 'http', 'paths', index];
      if (match.exact && match.prefix)
        yield {
          path: at,
          value: match,
          message: 'has both "exact" and "prefix": only one of them can be set',
        };
      else if (!match.exact && !match.prefix)
        yield {
          path: at,
          value: match,
          message: 'has neither "exact" nor "prefix": one of them must be set',
        };
      for (const field of ['exact', 'prefix'] as const) {
        const value = match[field];
        if (value && !/^\/[^\s?#]*$/.test(value))
          yield {
            path: [...at, field],
            value,
            message: 'is not a path: it must begin with "/" and have no blank, "?" or "#"',
          };
      }
    }
  },
);

const annotationKeys = forEachRule(
  'CAL1118',
  'Annotations of a rule have qualified names and fit into 256 KiB.',
  function* ({ rule, path }) {
    yield* annotationFaults(rule.metadata?.annotations ?? {}, [...path, 'metadata', 'annotations']);
  },
);

/** Rules for every policy rule, wherever it stands. */
export const packetRules = [
  portsNeedProtocol,
  netsAreNetworks,
  oneFamily,
  familyAsSaid,
  notEverything,
  globalAlone,
  methodsOnce,
  httpPaths,
  annotationKeys,
];
