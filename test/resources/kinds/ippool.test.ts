import { describe, expect, test } from 'bun:test';
import { formatPath } from '../../../src/core/errors.ts';
import { checkUpdate } from '../../../src/resources/check.ts';
import { API_VERSION, type Resource } from '../../../src/resources/kind.ts';
import pool from '../../../src/resources/kinds/ippool.ts';
import { faultsOf } from './faults.ts';

type Spec = Readonly<Record<string, unknown>>;

const FAULTS: readonly [Spec, string, string][] = [
  [{}, 'spec.cidr', 'has to be given'],
  [{ cidr: '10.0.0.300/16' }, 'spec.cidr', 'is not a CIDR'],
  [{ cidr: '10.1.2.3' }, 'spec.cidr', 'is not a CIDR'],
  [{ cidr: '10.1.2.3/16' }, 'spec.cidr', 'the CIDR of the network is 10.1.0.0/16'],
  [{ cidr: '::ffff:10.0.0.0/104' }, 'spec.cidr', 'is IPv4 written as IPv6'],
  [{ cidr: '169.254.4.0/22' }, 'spec.cidr', 'link-local addresses 169.254.0.0/16'],
  [{ cidr: '169.0.0.0/8' }, 'spec.cidr', 'link-local'],
  [{ cidr: 'fe80:1::/64' }, 'spec.cidr', 'link-local addresses fe80::/10'],
  [
    { cidr: '10.0.0.0/16', ipipMode: 'Always', vxlanMode: 'Always' },
    'spec.vxlanMode',
    'while ipipMode is Always',
  ],
  [{ cidr: 'fd00::/64', ipipMode: 'CrossSubnet' }, 'spec.ipipMode', 'IP-in-IP carries IPv4 only'],
  [{ cidr: '10.0.0.0/16', ipipMode: 'Sometimes' }, 'spec.ipipMode', 'use one of "Never"'],
  [{ cidr: '10.0.0.0/16', blockSize: 19 }, 'spec.blockSize', 'range 20 to 32 for IPv4'],
  [{ cidr: '10.0.0.0/16', blockSize: 33 }, 'spec.blockSize', 'range 20 to 32'],
  [{ cidr: 'fd00::/64', blockSize: 115 }, 'spec.blockSize', 'range 116 to 128 for IPv6'],
  [{ cidr: '10.0.0.0/27' }, 'spec.cidr', 'too small for its block size, /26'],
  [{ cidr: 'fd00::/123' }, 'spec.cidr', 'too small for its block size, /122'],
  [{ cidr: '10.0.0.0/16', nodeSelector: 'rack == ' }, 'spec.nodeSelector', 'is not a selector'],
  [{ cidr: '10.0.0.0/16', nodeSelector: 'global()' }, 'spec.nodeSelector', 'cannot use global()'],
  [{ cidr: '10.0.0.0/16', allowedUses: ['Egress'] }, 'spec.allowedUses[0]', 'use one of "Workload"'],
  [
    { cidr: '10.0.0.0/16', allowedUses: ['LoadBalancer'], ipipMode: 'Always' },
    'spec.ipipMode',
    'LoadBalancer pool: IPIP',
  ],
  [
    { cidr: '10.0.0.0/16', allowedUses: ['LoadBalancer'], vxlanMode: 'Always' },
    'spec.vxlanMode',
    'LoadBalancer pool: VXLAN',
  ],
  [
    { cidr: '10.0.0.0/16', allowedUses: ['LoadBalancer', 'Tunnel'] },
    'spec.allowedUses',
    'together with Workload or Tunnel',
  ],
  [
    { cidr: '10.0.0.0/16', allowedUses: ['LoadBalancer'], disableBGPExport: true },
    'spec.disableBGPExport',
    'BGP export',
  ],
  [
    { cidr: '10.0.0.0/16', allowedUses: ['LoadBalancer'], nodeSelector: 'has(a)' },
    'spec.nodeSelector',
    'must be all()',
  ],
  [
    { cidr: '10.0.0.0/16', allowedUses: ['Tunnel'], namespaceSelector: 'has(a)' },
    'spec.namespaceSelector',
    'use Tunnel',
  ],
  [{ cidr: '10.0.0.0/16', assignmentMode: 'Automatc' }, 'spec.assignmentMode', 'did you mean "Automatic"'],
];

const VALID: readonly Spec[] = [
  { cidr: '10.0.0.0/16' },
  { cidr: '10.0.0.0/26' },
  { cidr: '10.0.0.0/30', disabled: true },
  { cidr: '10.1.2.3/32', blockSize: 32 },
  { cidr: 'FD00:AB::/64' },
  { cidr: 'fd00::5/128', blockSize: 128 },
  { cidr: '10.0.0.0/16', blockSize: 0 },
  { cidr: '10.0.0.0/16', ipipMode: 'Never', vxlanMode: 'Always' },
  { cidr: '10.0.0.0/16', allowedUses: ['LoadBalancer'], nodeSelector: 'all()' },
  { cidr: '10.0.0.0/16', allowedUses: ['Workload', 'Workload'], namespaceSelector: 'has(a)' },
  { cidr: '10.0.0.0/16', namespaceSelector: 'has(a)' },
];

describe('rules', () => {
  test.each(FAULTS)('%j: %s', async (spec, path, said) => {
    const found = await faultsOf('IPPool', { spec });
    expect(found).toHaveLength(1);
    expect(found[0]).toStartWith(`${path}: `);
    expect(found[0]).toContain(said);
  });

  test.each(VALID.map((spec) => [spec]))('%j is valid', async (spec) => {
    expect(await faultsOf('IPPool', { spec })).toEqual([]);
  });
});

function poolWith(spec: Spec): Resource {
  return {
    apiVersion: API_VERSION,
    kind: 'IPPool',
    metadata: { name: 'x' },
    spec: { ...spec } as Resource['spec'],
  };
}

const FILLED = {
  vxlanMode: 'Never',
  ipipMode: 'Never',
  nodeSelector: 'all()',
  allowedUses: ['Workload', 'Tunnel'],
  assignmentMode: 'Automatic',
};

describe('defaults', () => {
  test('what is absent is filled in by family', () => {
    expect(pool.defaults!(poolWith({ cidr: '10.0.0.0/16' })).spec).toEqual({
      ...FILLED,
      cidr: '10.0.0.0/16',
      blockSize: 26,
    });
    expect(pool.defaults!(poolWith({ cidr: 'fd00::/64' })).spec).toEqual({
      ...FILLED,
      cidr: 'fd00::/64',
      blockSize: 122,
    });
  });

  test('what is given stays', () => {
    const given = {
      cidr: '10.0.0.0/16',
      blockSize: 28,
      vxlanMode: 'Always',
      allowedUses: ['LoadBalancer'],
      assignmentMode: 'Manual',
    };
    expect(pool.defaults!(poolWith(given)).spec).toEqual({ ...FILLED, ...given });
  });

  test('a CIDR is written in normal form, but host bits are not hidden', () => {
    expect(pool.defaults!(poolWith({ cidr: 'FD00:0AB:0::/64' })).spec['cidr']).toBe('fd00:ab::/64');
    expect(pool.defaults!(poolWith({ cidr: '10.0.0.5/16' })).spec['cidr']).toBe('10.0.0.5/16');
    expect(pool.defaults!(poolWith({ cidr: 'ten' })).spec).toEqual({ ...FILLED, cidr: 'ten' });
  });

  test('twice is once', () => {
    const once = pool.defaults!(poolWith({ cidr: 'FD00::/64' }));
    expect(pool.defaults!(once)).toEqual(once);
    expect(pool.readDefaults!(once)).toEqual(once);
  });
});

test('columns show modes that are absent as Never', () => {
  const cells = pool.wide.map((heading) =>
    pool.columns[heading]!(poolWith({ cidr: '10.0.0.0/16', natOutgoing: true }), { defaultAsNumber: '' }),
  );
  expect(cells).toEqual(['x', '10.0.0.0/16', 'true', 'Never', 'Never', 'false', 'false', '', '<nil>']);
});

describe('what may not change', () => {
  const changes = (spec: Spec, stored: Spec) =>
    checkUpdate(pool, poolWith(spec), poolWith(stored)).map(
      ({ rule, path }) => `${rule} ${formatPath(path)}`,
    );
  const stored = { cidr: 'fd00::/64', blockSize: 122 };

  test('another spelling of the range and a size that is the usual one are no changes', () => {
    expect(changes(stored, stored)).toEqual([]);
    expect(changes({ cidr: 'FD00:0::/64' }, stored)).toEqual([]);
    expect(changes({ ...stored, blockSize: 0 }, { cidr: 'fd00::/64' })).toEqual([]);
  });

  test('range', () => {
    expect(changes({ cidr: 'fd00::/65' }, stored)).toEqual(['CAL1020 spec.cidr']);
    expect(changes({ cidr: '10.0.0.0/16' }, stored)).toEqual(['CAL1020 spec.cidr']);
    expect(changes(stored, { cidr: 'spoilt' })).toEqual(['CAL1020 spec.cidr']);
  });

  test('block size', () => {
    expect(changes({ ...stored, blockSize: 120 }, stored)).toEqual(['CAL1021 spec.blockSize']);
    expect(changes(stored, { cidr: 'fd00::/64', blockSize: 120 })).toEqual(['CAL1021 spec.blockSize']);
  });

  test('uses of a pool for load balancers', () => {
    const balancing = { ...stored, allowedUses: ['LoadBalancer'] };
    expect(changes(balancing, balancing)).toEqual([]);
    expect(changes({ ...stored, allowedUses: ['Workload'] }, balancing)).toEqual([
      'CAL1022 spec.allowedUses',
    ]);
    expect(changes(stored, balancing)).toEqual(['CAL1022 spec.allowedUses']);
    expect(changes(balancing, { ...stored, allowedUses: ['Workload'] })).toEqual([]);
  });
});
