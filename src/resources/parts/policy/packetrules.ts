import { annotationFaults } from '../../names.ts';
import { parsePort } from '../../net/port.ts';
import { hasPorts } from '../endpointport.ts';
import { netRules } from './netrules.ts';
import { forEachEnd, forEachRule, repeated } from './visit.ts';

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
  ...netRules,
  globalAlone,
  methodsOnce,
  httpPaths,
  annotationKeys,
];
