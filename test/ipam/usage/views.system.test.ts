import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { stringifyJson } from '../../../src/core/json.ts';
import type { GridResult, Result } from '../../../src/core/result.ts';
import type { UsageData } from '../../../src/ipam/usage/data.ts';
import { addressView, borrowedView, settingsView, usageView } from '../../../src/ipam/usage/views.ts';
import { parseAddress } from '../../../src/resources/net/address.ts';
import { etcdStore, fileStore, kubernetesStore, type OpenStore, put } from '../../operations/stores.ts';
import { populate } from '../cluster.ts';

const UNLIMITED = { warn: undefined, crit: undefined };
const POOLS = [
  ['IP Pool', '10.0.0.16/28', '16', '1 (6%)', '0 (0%)', '15 (94%)'],
  ['IP Pool', '10.0.0.0/26', '64', '5 (8%)', '10 (16%)', '50 (78%)'],
  [
    ...['IP Pool', 'fd00::/64', '18446744073709551616', '1 (0%)'],
    ...['281474976710656 (0%)', '18446462598732840960 (100%)'],
  ],
];

const text = (result: Result) => (result.type === 'text' ? result.text : '');
const address = (word: string) => parseAddress(word)!;

describe.each([
  ['etcd', etcdStore],
  ['a folder', fileStore],
  ['Kubernetes, crd.projectcalico.org', () => kubernetesStore('v1')],
  ['Kubernetes, projectcalico.org', () => kubernetesStore('v3')],
] as const)('use of addresses in %s', (_name, openStore) => {
  let open: OpenStore;
  let warnings: string[] = [];
  const warn = (line: string) => {
    warnings.push(line);
  };
  const usage = (options: Partial<Parameters<typeof usageView>[1]>) => {
    warnings = [];
    const asked = { withBlocks: false, format: undefined, thresholds: UNLIMITED, ...options };
    return usageView(open.store, asked, warn);
  };

  beforeAll(async () => {
    open = await openStore();
    await populate(open);
  }, 60_000);
  afterAll(() => open.stop());

  test('of pools is a table, and blocks of no pool are told', async () => {
    expect(((await usage({})) as GridResult).rows).toEqual(POOLS);
    expect(warnings).toEqual([
      'not in the table: 2 blocks of no pool with 2 addresses in use: 10.9.0.0/30, fd09::/126',
    ]);
  });

  test('of blocks stands below their pools, in the order of keys', async () => {
    const rows = ((await usage({ withBlocks: true })) as GridResult).rows.map(([kind, cidr, , ...counts]) => [
      ...[kind === 'Block' ? cidr : kind, ...counts],
    ]);
    const six = [
      ['fd00::10:0/125', '0 (0%)', '8 (100%)', '0 (0%)'],
      ['fd00::1:0/125', '1 (12%)', '8 (100%)', '0 (0%)'],
    ];
    const isKubernetes = open.store.capabilities.name === 'kubernetes';
    expect(rows.filter(([cidr]) => cidr !== 'IP Pool')).toEqual([
      ['10.0.0.16/29', '1 (12%)', '0 (0%)', '7 (88%)'],
      ['10.0.0.0/29', '4 (50%)', '2 (25%)', '3 (38%)'],
      ['10.0.0.8/29', '1 (12%)', '0 (0%)', '7 (88%)'],
      ...(isKubernetes ? six.toReversed() : six),
      ['10.9.0.0/30', '1 (25%)', '0 (0%)', '3 (75%)'],
    ]);
    expect(warnings).toEqual(['not in the table: 1 block of no pool with 1 address in use: fd09::/126']);
  });

  test('of one address has three outcomes', async () => {
    const shown = async (word: string) => text(await addressView(open.store, address(word), undefined, warn));
    expect(await shown('10.0.0.0')).toBe(
      'IP 10.0.0.0 is in use\nHandle ID: k8s-pod-network.web-0\nActive Owner Attributes:\n' +
        '  namespace: shop\n  node: worker-1\n  pod: web-0\n  timestamp: 2026-05-04 10:00:00 +0000 UTC\n',
    );
    expect(await shown('fd00:0:0:0::1:1')).toBe(
      'IP fd00::1:1 is in use\nHandle ID: vm\nActive Owner Attributes:\n' +
        '  namespace: lab\n  node: worker-2\n  pod: virt-launcher-db\n  vmi-name: db\n' +
        'Alternate Owner Attributes:\n  node: worker-3\n',
    );
    expect(await shown('10.0.0.1')).toBe('10.0.0.1 is not assigned\n');
    expect(await shown('10.0.0.5')).toBe('10.0.0.5 is not assigned\n');
    expect(await shown('fd00::2:0')).toBe('fd00::2:0 is not assigned\n');
    // No pool: the reference does not look into the block.
    expect(await shown('10.9.0.1')).toBe('10.9.0.1 is not assigned\n');
    expect(warnings.at(-1)).toContain('ipam whois 10.9.0.1');
  });

  test('that is borrowed has its borrowers, and a count of those without node', async () => {
    const result = await borrowedView(open.store, undefined, warn);
    const parts = result.type === 'sequence' ? result.results : [];
    expect((parts[0] as GridResult).rows).toEqual([
      ['10.0.0.3', 'worker-2', '10.0.0.0/29', 'worker-1', 'pod', 'shop/web-1'],
      ['fd00::1:1', 'worker-2', 'fd00::1:0/125', 'worker-1', 'vmi', 'lab/db'],
    ]);
    expect(text(parts[1]!)).toBe(
      '\nNote: found 3 IP allocations without an explicit node association. Unable to determine if they are borrowed.\n',
    );
  });

  test('is one value with everything in exact numbers', async () => {
    const result = await usage({ format: 'json' });
    const data = (result.type === 'data' ? result.value : {}) as UsageData;
    expect(warnings).toEqual([]);
    expect(data.pools.map(({ name, disabled, blocks }) => [name, disabled, blocks.length])).toEqual([
      ['a-off', true, 1],
      ['pods', false, 2],
      ['six', false, 2],
    ]);
    expect(data.pools[1]).toMatchObject({
      ...{ total: 64n, inUse: 5n, reserved: 10n, free: 50n, resting: 1, withoutNode: 0 },
      nodes: [
        { node: 'worker-1', blocks: 1, inUse: 2, free: 3, borrowed: 0 },
        { node: 'worker-2', blocks: 1, inUse: 2, free: 7, borrowed: 1 },
      ],
    });
    expect(data.pools[0]).toMatchObject({ withoutNode: 1, nodes: [] });
    expect(data.orphans.blocks.map(({ cidr, affinity }) => [cidr, affinity])).toEqual([
      ['10.9.0.0/30', null],
      ['fd09::/126', 'host:worker-1'],
    ]);
    expect(data.borrowed.map((loan) => loan.address)).toEqual(['10.0.0.3', 'fd00::1:1']);
    expect(stringifyJson(data)).toContain('"total":18446744073709551616,');
  });

  test('is metrics', async () => {
    const metrics = text(await usage({ format: 'prometheus' }));
    for (const line of [
      'calico_ipam_pool_size{pool="six",cidr="fd00::/64"} 18446744073709551616',
      'calico_ipam_pool_in_use{pool="pods",cidr="10.0.0.0/26"} 5',
      'calico_ipam_pool_resting{pool="pods",cidr="10.0.0.0/26"} 1',
      'calico_ipam_pool_disabled{pool="a-off",cidr="10.0.0.16/28"} 1',
      'calico_ipam_node_borrowed{node="worker-2",pool="pods"} 1',
      'calico_ipam_node_in_use{node="worker-1",pool=""} 1',
      'calico_ipam_orphan_blocks{family="ipv6"} 1',
      'calico_ipam_orphan_in_use{family="ipv4"} 1',
    ])
      expect(metrics).toContain(`\n${line}\n`);
  });

  test('reaches thresholds with a status, in every format', async () => {
    const thresholds = async (warn: bigint, crit: bigint, format?: 'json') => {
      const limit = (units: bigint) => ({ text: String(units), units, scale: 1n });
      const result = await usage({ format, thresholds: { warn: limit(warn), crit: limit(crit) } });
      return result.type === 'sequence' ? result.status : undefined;
    };
    expect(await thresholds(50n, 60n)).toBe(0);
    expect(await thresholds(7n, 60n)).toBe(1);
    expect(await thresholds(1n, 7n, 'json')).toBe(2);
    expect(warnings).toEqual([
      'critical: pool pods (10.0.0.0/26) has 5 of 55 usable addresses in use, 9.0% (threshold 7%); 50 free',
    ]);
  });

  test('is governed by settings', async () => {
    const rows = async () =>
      ((await settingsView(open.store, undefined)) as GridResult).rows.map(([, value]) => value);
    expect(await rows()).toEqual(['false', 'true', '0', 'Enabled', '0']);
    const kind = open.store.capabilities.name === 'kubernetes' ? 'IPAMConfiguration' : 'IPAMConfig';
    await put(open.store, kind, 'default', {
      ...{ strictAffinity: true, autoAllocateBlocks: false, maxBlocksPerHost: 3 },
      ...{ kubeVirtVMAddressPersistence: 'Disabled', ipCooldownSeconds: 1200 },
    });
    expect(await rows()).toEqual(['true', 'false', '3', 'Disabled', '1200']);
    await put(open.store, 'IPAMBlock', '10.0.0.32/29', {
      ...{
        cidr: '10.0.0.32/29',
        allocations: [0, ...Array(7).fill(null)],
        unallocated: [1, 2, 3, 4, 5, 6, 7],
      },
      attributes: [{ releasedAt: new Date().toISOString().replace(/\.\d+/, '') }],
      ...{ sequenceNumber: 1, sequenceNumberForAllocation: {}, deleted: false },
    });
    const refused = await addressView(open.store, address('10.0.0.32'), undefined, warn).catch(
      (error: Error) => error.message,
    );
    expect(refused).toBe('address 10.0.0.32 is in cooldown');
  });
});
