import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Resource } from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import contradiction from '../../../src/validation/lint/rule-matches-nothing.ts';
import shadowed from '../../../src/validation/lint/rule-shadowed.ts';
import type { LintRule } from '../../../src/validation/rule.ts';
import { rulesOfPolicy } from '../found.ts';
import { matches, packet, rule, type SomeRule } from './packets.ts';

const kind = await kindOf('GlobalNetworkPolicy');

/** Sampled once: making packets takes longer than matching them. */
const packets = fc.sample(packet, 1500);

function faultsOf(lint: LintRule, ingress: readonly SomeRule[]) {
  const resource: Resource = {
    apiVersion: '',
    kind: kind.kind,
    metadata: { name: 'p' },
    spec: { ingress } as never,
  };
  return [...lint.check(resource, kind)];
}

/** A rule and one that asks for more, which is where mistakes would show. */
const pair = fc.tuple(rule, rule).map(([wide, more]) => {
  const end = (side: 'source' | 'destination') => ({ ...wide[side], ...more[side] });
  return [wide, { ...wide, ...more, source: end('source'), destination: end('destination') }];
});

const rules = fc.oneof(fc.array(rule, { minLength: 2, maxLength: 4 }), pair);

describe('CAL2002', () => {
  test('no packet reaches a rule that is called shadowed', () => {
    let found = 0;
    fc.assert(
      fc.property(rules, (ingress) => {
        for (const { path, message } of faultsOf(shadowed, ingress)) {
          found++;
          const narrow = ingress[path[2] as number]!;
          const wide = ingress[Number(/ingress\[(\d+)\]/.exec(message)![1])]!;
          expect(['Allow', 'Deny', 'Pass']).toContain(wide.action);
          const beside = packets.find((each) => matches(narrow, each) && !matches(wide, each));
          expect({ wide, narrow, beside }).toEqual({ wide, narrow, beside: undefined });
        }
      }),
      { numRuns: 800 },
    );
    expect(found).toBeGreaterThan(100);
  });

  const shadows = async (...ingress: object[]) => {
    const found = await rulesOfPolicy({ ingress });
    return found.filter((text) => text.startsWith('CAL2002')).map((text) => Number(text.split('.').at(-1)));
  };
  const tcp = { action: 'Allow', protocol: 'TCP' };
  const to = (...ports: (number | string)[]) => ({ ...tcp, destination: { ports } });
  const from = (...nets: string[]) => ({ action: 'Deny', source: { nets } });
  const of = (source: object) => ({ action: 'Allow', source });

  test.each([
    ['everything before all', [{ action: 'Deny' }, tcp, from('10.0.0.0/8')], [1, 2]],
    ['Log decides nothing', [{ action: 'Log' }, tcp], []],
    ['a Log that is not reached', [tcp, { action: 'Log', protocol: 6 }], [1]],
    ['the narrower first', [to(80), tcp], []],
    ['ports in a range', [to('1:1024'), to(80, 443)], [1]],
    ['ports in adjoining ranges', [to('1:100', '101:1024'), to('50:200')], [1]],
    ['ports beyond it', [to('1:1024'), to(80, 8080)], []],
    ['names of ports', [to('http', 80), to('http')], [1]],
    ['a number is not known to be a name', [to('http'), to(80)], []],
    ['networks within', [from('10.0.0.0/8'), from('10.1.0.0/16', '10.2.0.0/16')], [1]],
    ['networks beyond', [from('10.0.0.0/8'), from('10.1.0.0/16', '11.0.0.0/8')], []],
    ['selectors that imply', [of({ selector: 'has(app)' }), of({ selector: 'app == "web"' })], [1]],
    ['all() is not every address', [of({ selector: 'all()' }), of({ nets: ['10.0.0.0/8'] })], []],
    [
      'other namespaces',
      [
        of({ selector: 'has(app)', namespaceSelector: 'has(a)' }),
        of({ selector: 'has(app)', namespaceSelector: 'has(b)' }),
      ],
      [],
    ],
    ['another version of IP', [{ action: 'Allow', ipVersion: 4 }, from('fd00::/8')], []],
    ['networks tell the version of IP', [{ action: 'Allow', ipVersion: 4 }, from('10.0.0.0/8')], [1]],
    ['left out networks tell it too', [of({ notNets: ['10.0.0.0/8'] }), of({ nets: ['fd00::/8'] })], []],
    [
      'what the first leaves out',
      [of({ nets: ['10.0.0.0/8'], notNets: ['10.1.0.0/16'] }), of({ nets: ['10.1.2.0/24'] })],
      [],
    ],
    [
      'what both leave out',
      [of({ nets: ['10.0.0.0/8'], notNets: ['10.1.0.0/16'] }), of({ nets: ['10.2.0.0/16'] })],
      [1],
    ],
  ] as const)('%s', async (_what, ingress, expected) => {
    expect(await shadows(...ingress)).toEqual([...expected]);
  });

  test('the directions do not concern each other, and both are looked at', async () => {
    const spec = {
      types: ['Ingress', 'Egress'],
      ingress: [{ action: 'Deny' }],
      egress: [{ action: 'Deny' }, tcp],
    };
    expect(await rulesOfPolicy(spec)).toEqual(['CAL2002 spec.egress.1']);
  });

  test('hundreds of rules take no longer than a moment', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({
      ...tcp,
      source: { nets: [`10.${index >> 8}.${index & 255}.0/24`] },
      destination: { ports: [index + 1] },
    }));
    const started = performance.now();
    expect(faultsOf(shadowed, many)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1500);
  });
});

test('thousands of rules with selectors and thousands of networks take no longer than a moment', () => {
  const others = Array.from({ length: 5000 }, (_, index) => ({
    action: 'Allow',
    source: { selector: `a == "${index}" && (b in {"1","2"} || c == "${index}") && (d == "1" || e == "2")` },
  }));
  const nets = Array.from({ length: 20_000 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
  const started = performance.now();
  const all = { action: 'Deny' };
  expect(faultsOf(shadowed, [...others, all, all]).map(({ path }) => path)).toEqual([
    ['spec', 'ingress', 5001],
  ]);
  const wide = { action: 'Allow', source: { nets } };
  expect(faultsOf(shadowed, [wide, wide]).map(({ path }) => path)).toEqual([['spec', 'ingress', 1]]);
  expect(faultsOf(contradiction, [{ action: 'Allow', source: { nets, notNets: nets } }])).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(4000);
});

describe('CAL2007', () => {
  test('no packet matches a rule that is said to match nothing', () => {
    let found = 0;
    fc.assert(
      fc.property(rule, (candidate) => {
        if (faultsOf(contradiction, [candidate]).length === 0) return;
        found++;
        const one = packets.find((each) => matches(candidate, each));
        expect({ candidate, one }).toEqual({ candidate, one: undefined });
      }),
      { numRuns: 1500 },
    );
    expect(found).toBeGreaterThan(5);
  });

  test.each([
    ['source.notNets', { source: { nets: ['10.1.0.0/16'], notNets: ['10.0.0.0/8'] } }],
    ['destination.notPorts', { protocol: 'TCP', destination: { ports: [80], notPorts: ['1:1024'] } }],
    ['notProtocol', { protocol: 'TCP', notProtocol: 6 }],
    ['notICMP', { protocol: 'ICMP', icmp: { type: 8, code: 0 }, notICMP: { type: 8 } }],
    ['source.notSelector', { source: { selector: 'app == "web"', notSelector: 'has(app)' } }],
    ['protocol', { protocol: 'ICMPv6', source: { nets: ['10.0.0.0/8'] } }],
  ])('%s', async (field, rest) => {
    expect(await rulesOfPolicy({ ingress: [{ action: 'Allow', ...rest }] })).toEqual([
      `CAL2007 spec.ingress.0.${field}`,
    ]);
  });
});
