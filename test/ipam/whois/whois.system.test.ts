import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { AddressReport } from '../../../src/ipam/whois/report.ts';
import { whoisText } from '../../../src/ipam/whois/text.ts';
import { questionOf, whois } from '../../../src/ipam/whois/whois.ts';
import { etcdStore, fileStore, kubernetesStore, type OpenStore, put } from '../../operations/stores.ts';
import { populate, SEQUENCE } from '../cluster.ts';

describe.each([
  ['etcd', etcdStore],
  ['a folder', fileStore],
  ['Kubernetes, crd.projectcalico.org', () => kubernetesStore('v1')],
  ['Kubernetes, projectcalico.org', () => kubernetesStore('v3')],
] as const)('who has an address in %s', (_name, openStore) => {
  let open: OpenStore;
  beforeAll(async () => {
    open = await openStore();
    await populate(open);
    // Overlaps 10.0.0.8/29, whose address 12 nobody has; it was made when blocks were smaller.
    await put(open.store, 'IPAMBlock', '10.0.0.12/30', {
      ...{ cidr: '10.0.0.12/30', affinity: 'host:worker-3', allocations: [null, 0, null, null] },
      ...{ unallocated: [0, 2, 3], attributes: [{ handle_id: 'bare' }], sequenceNumber: SEQUENCE + 9n },
      ...{ sequenceNumberForAllocation: { 1: SEQUENCE }, deleted: false, strictAffinity: false },
    });
  }, 60_000);
  afterAll(() => open.stop());

  const ask = (word: string, namespace?: string) => whois(open.store, word, questionOf(word, namespace));
  const one = async (word: string, namespace?: string) =>
    (await ask(word, namespace)).addresses[0] as AddressReport;
  const refusal = (word: string, namespace?: string) =>
    ask(word, namespace).then(
      () => 'found',
      (error: Error) => error.message,
    );

  test('a pod that uses it', async () => {
    const report = await one('10.0.0.0');
    expect(report).toMatchObject({
      ...{ address: '10.0.0.0', state: 'in use', handleExists: true },
      pools: [{ name: 'pods', cidr: '10.0.0.0/26', blockSize: 29, disabled: false }],
      reservations: [{ name: 'kept', cidr: '10.0.0.0/31' }],
      users: [{ kind: 'WorkloadEndpoint', pod: 'web-0', node: 'worker-1', field: 'spec.ipNetworks[0]' }],
    });
    expect(report.blocks).toEqual([
      {
        ...{ block: '10.0.0.0/29', affinity: 'host:worker-1', claimedAt: '2026-05-04T10:00:00Z' },
        ...{ state: 'allocated', handle: 'k8s-pod-network.web-0', sequenceNumber: SEQUENCE },
        ...{ node: 'worker-1', borrowed: false, since: '2026-05-04 10:00:00 +0000 UTC' },
        attributes: {
          ...{ namespace: 'shop', pod: 'web-0', node: 'worker-1' },
          timestamp: '2026-05-04 10:00:00 +0000 UTC',
        },
      },
    ]);
    expect(report.why).toEqual([
      'The CNI plug-in took it for pod shop/web-0 on node worker-1.',
      'It is reserved by kept (10.0.0.0/31), which takes it from nobody who has it already, or who asks for it by name.',
    ]);
  });

  test.each([
    ['10.0.0.3', 'in use', 'Node worker-2 borrowed it from block 10.0.0.0/29 of host:worker-1'],
    ['10.0.0.4', 'allocated, but nothing uses it', 'for the device of its VXLAN tunnel'],
    ['10.0.0.5', 'resting', 'the next change of block 10.0.0.0/29 makes it free'],
    ['10.0.0.9', 'allocated, but nothing uses it', 'may have leaked'],
    ['10.0.0.12', 'in use, but not allocated', '2 blocks have it (10.0.0.8/29, 10.0.0.12/30)'],
    ['10.0.0.13', 'allocated, but nothing uses it', 'Block 10.0.0.12/30 is not of the size'],
    ['10.0.0.40', 'free', 'No block has it yet'],
    ['10.0.0.57', 'reserved', 'only given to who asks for it by name'],
    ['192.0.2.7', 'reserved', 'kept (192.0.2.0/24)'],
    ['10.9.0.1', 'allocated, but nothing uses it', 'No pool has it any more'],
    ['fd00::1:1', 'allocated, but nothing uses it', 'the virtual machine lab/db on node worker-2'],
    ['fd00::1:1', 'allocated, but nothing uses it', 'the machine is stopped, or'],
    ['fd09:0:0::0', 'allocated, but nothing uses it', 'Its handle k8s-pod-network.old does not exist'],
  ])('%s is %s', async (word, state, why) => {
    const report = await one(word);
    expect([report.state, report.why.join('\n')]).toEqual([
      state as AddressReport['state'],
      expect.stringContaining(why),
    ]);
  });

  test('when it was taken is known no better than its block is old, where nobody wrote it down', async () => {
    expect((await one('10.0.0.13')).blocks[1]).toMatchObject({
      ...{ handle: 'bare', notBefore: '2026-05-04T10:00:00Z', node: 'worker-3' },
    });
  });

  test.each([
    ['web-0', undefined, 'pod shop/web-0', ['10.0.0.0']],
    ['web-0', 'shop', 'pod shop/web-0', ['10.0.0.0']],
    ['shop/gone', undefined, 'pod shop/gone', ['10.0.0.9']],
    ['stranger', 'shop', 'pod shop/stranger', ['10.0.0.12']],
    ['db', undefined, 'machine lab/db', ['fd00::1:1']],
    ['shop/web', undefined, 'service shop/web', ['10.0.0.18']],
    ['vm', undefined, 'handle vm', ['fd00::1:1']],
    ['k8s-pod-network.old', undefined, 'handle k8s-pod-network.old', ['fd09::']],
    ['worker-1', undefined, 'node worker-1', ['10.0.0.0', '10.0.0.4', 'fd09::']],
  ] as const)('%s in namespace %s is %s', async (word, namespace, match, addresses) => {
    const report = await ask(word, namespace);
    expect(report.matches.map(({ kind, name }) => `${kind} ${name}`)).toEqual([match]);
    expect(report.addresses.map(({ address }) => address)).toEqual([...addresses]);
  });

  test('a service, which only Kubernetes knows', async () => {
    const report = await one('10.0.0.18');
    expect(report.why[0]).toBe("Calico's load balancer took it for service shop/web.");
    const isSeen = open.store.capabilities.name === 'kubernetes';
    expect(report.state).toBe(isSeen ? 'allocated, but nothing uses it' : 'allocated');
  });

  test('an interface is that of a pod', async () => {
    const { users } = await one('10.0.0.0');
    const name = users[0]!.interface!;
    expect(await ask(name)).toMatchObject({
      matches: [{ kind: 'interface', name }],
      addresses: [{ address: '10.0.0.0' }],
    });
  });

  test('a node owns blocks, and its addresses stand in a table', async () => {
    const report = await ask('worker-1');
    expect(report.ownedBlocks).toEqual(['10.0.0.0/29', 'fd00::1:0/125', 'fd00::10:0/125', 'fd09::/126']);
    expect(whoisText(report)).toMatchObject({
      results: [
        {
          text: 'Node worker-1\nBlocks: 10.0.0.0/29, fd00::1:0/125, fd00::10:0/125, fd09::/126\n',
        },
        {
          rows: [
            expect.arrayContaining(['10.0.0.0', 'shop/web-0']),
            expect.arrayContaining(['10.0.0.4', 'vxlanTunnelAddress']),
            expect.arrayContaining(['fd09::', 'shop/old']),
          ],
        },
      ],
    });
  });

  test('nobody knows anything of it', async () => {
    expect(await refusal('198.51.100.1')).toContain('nothing is known of 198.51.100.1');
    expect(await refusal('nobody')).toContain("nothing is known of 'nobody'");
    expect(await refusal('web-0', 'elsewhere')).toContain('in namespace elsewhere');
  });
});
