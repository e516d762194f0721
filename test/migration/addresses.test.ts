import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import type { JsonObject } from '../../src/core/json.ts';
import { addressEntry, addressObject, type Section } from '../../src/migration/addresses.ts';
import { fingerprint } from '../../src/migration/fingerprint.ts';
import type { Resource } from '../../src/resources/kind.ts';
import { kindOf } from '../../src/resources/registry.ts';

function object(kind: string, name: string, spec: JsonObject): Resource {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec };
}

const nodes = new Map([['calico-a', 'worker1']]);
const none = new Map<string, string>();

describe('an entry of an export', () => {
  test('of an affinity has the key of its node', () => {
    const spec = { state: 'confirmed', node: 'calico-a', type: 'host', cidr: '10.0.0.0/29', deleted: false };
    expect(addressEntry(object('BlockAffinity', 'host/calico-a/10.0.0.0/29', spec), nodes)).toEqual({
      Key: '/calico/ipam/v2/host/worker1/ipv4/block/10.0.0.0-29',
      Value: { state: 'confirmed', deleted: false },
      TTL: 0,
    });
  });

  test('of an owner that is no node keeps its name', () => {
    const named = object('BlockAffinity', 'virtual/calico-a/fd00::/122', { state: 'confirmed' });
    expect(addressEntry(named, nodes).Key).toBe('/calico/ipam/v2/virtual/calico-a/ipv6/block/fd00::-122');
  });

  test('of a block names the node of Kubernetes wherever a node is named', () => {
    const attributes = ['ipip', 'vxlan', 'vxlan-v6', 'wireguard', 'wireguard-v6'].map((tunnel) => ({
      handle_id: `${tunnel}-tunnel-addr-calico-a`,
      secondary: { type: 't', node: 'calico-a' },
    }));
    const pod = {
      handle_id: 'k8s.calico-a',
      secondary: { node: 'other' },
      alternateOwnerAttrs: { node: 'calico-a' },
    };
    const block = object('IPAMBlock', '10.0.0.0/29', {
      ...{ cidr: '10.0.0.0/29', affinity: 'host:calico-a', strictAffinity: false, deleted: false },
      ...{ allocations: [0, null], unallocated: [1], attributes: [...attributes, pod] as never },
      ...{ sequenceNumber: 2n ** 60n + 1n, sequenceNumberForAllocation: { 0: 1 } },
    });
    const { Key, Value } = addressEntry(block, nodes);
    expect(Key).toBe('/calico/ipam/v2/assignment/ipv4/block/10.0.0.0-29');
    expect(Object.keys(Value)).toEqual([
      ...['cidr', 'affinity', 'allocations', 'unallocated', 'attributes', 'sequenceNumber'],
      ...['sequenceNumberForAllocation', 'deleted'],
    ]);
    expect(Value).toMatchObject({ affinity: 'host:worker1', sequenceNumber: 2n ** 60n + 1n });
    expect(Value['attributes']).toEqual([
      ...attributes.map(({ handle_id }) => ({
        handle_id: handle_id.replace('calico-a', 'worker1'),
        secondary: { node: 'worker1', type: 't' },
      })),
      { handle_id: 'k8s.calico-a', secondary: { node: 'other' }, alternateOwnerAttrs: { node: 'worker1' } },
    ] as never);
  });

  test('of a tunnel’s handle has the name of the node', () => {
    const spec = { handleID: 'ipip-tunnel-addr-calico-a', block: { '10.0.0.0/29': 1 }, deleted: false };
    expect(addressEntry(object('IPAMHandle', spec.handleID, spec), nodes)).toEqual({
      Key: '/calico/ipam/v2/handle/ipip-tunnel-addr-worker1',
      Value: { block: { '10.0.0.0/29': 1 }, deleted: false },
      TTL: 0,
    });
  });

  test('of the settings has the words of etcd', () => {
    const spec = { strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 5 };
    expect(addressEntry(object('IPAMConfig', 'default', spec), none)).toEqual({
      Key: '/calico/ipam/v2/config',
      Value: { strict_affinity: true, auto_allocate_blocks: true, maxBlocksPerHost: 5 },
      TTL: 0,
    });
  });
});

const word = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
const range = fc.constantFrom('10.0.0.0/29', '10.20.30.64/26', 'fd00:1::40/122');
const texts = fc.dictionary(word, word, { maxKeys: 3 });
const block = range.chain((cidr) =>
  fc.record({
    cidr: fc.constant(cidr),
    affinity: fc.oneof(
      fc.constant(null),
      word.map((name) => `host:${name}`),
    ),
    allocations: fc.array(fc.oneof(fc.constant(null), fc.nat(3)), { maxLength: 8 }),
    unallocated: fc.array(fc.nat(7), { maxLength: 8 }),
    attributes: fc.array(fc.record({ handle_id: word, secondary: texts }), { maxLength: 3 }),
    sequenceNumber: fc.oneof(fc.nat(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n })),
    sequenceNumberForAllocation: fc.dictionary(fc.constantFrom('0', '1'), fc.nat(9)),
    deleted: fc.constant(false),
  }),
);

const written = fc.oneof(
  block.map((spec) => ['blocks', object('IPAMBlock', spec.cidr, spec as never)] as const),
  fc
    .tuple(fc.constantFrom('host', 'virtual'), word, range, fc.constantFrom('confirmed', 'pending'))
    .map(([type, node, cidr, state]) => {
      const spec = { state, node, type, cidr, deleted: false };
      return ['block_affinities', object('BlockAffinity', `${type}/${node}/${cidr}`, spec)] as const;
    }),
  fc
    .tuple(word, fc.dictionary(range, fc.nat(9)))
    .map(
      ([id, counts]) =>
        ['handles', object('IPAMHandle', id, { handleID: id, block: counts, deleted: false })] as const,
    ),
  fc
    .record({ strictAffinity: fc.boolean(), autoAllocateBlocks: fc.boolean(), maxBlocksPerHost: fc.nat(9) })
    .map((spec) => ['config', object('IPAMConfig', 'default', spec)] as const),
);

describe('an object of address management', () => {
  test('is read from its entry as it was', async () => {
    await fc.assert(
      fc.asyncProperty(written, async ([section, given]) => {
        const read = addressObject(section as Section, addressEntry(given, none));
        const kind = await kindOf(given.kind);
        expect(read.metadata).toEqual(given.metadata);
        expect(fingerprint(kind, read, 'etcdv3')).toBe(fingerprint(kind, given, 'etcdv3'));
      }),
    );
  });

  const value = { block: {}, deleted: false };
  test.each([
    ['handles', { Key: '/calico/ipam/v2/handle/../config', Value: value }, 'is no key of IPAMHandle'],
    ['handles', { Key: '/calico/ipam/v2/handle/..', Value: value }, 'is no key of IPAMHandle'],
    ['handles', { Key: '/calico/ipam/v2/handle/a/b', Value: value }, 'is no key of IPAMHandle'],
    ['handles', { Key: '/calico/ipam/v2/handle/a\u0000b', Value: value }, 'is no key of IPAMHandle'],
    ['handles', { Key: '/etc/passwd', Value: value }, 'is no key of IPAMHandle'],
    ['handles', { Key: '/calico/resources/v3/projectcalico.org/tiers/default', Value: value }, 'is no key'],
    ['handles', { Key: 7, Value: value }, 'has to be a text'],
    ['handles', { Key: '/calico/ipam/v2/handle/a', Value: null }, 'has a Value that is no object'],
    ['handles', [], 'is no object with Key and Value'],
    ['handles', null, 'is no object with Key and Value'],
    ['blocks', { Key: '/calico/ipam/v2/assignment/ipv4/block/10.0.0.1-29', Value: {} }, 'names no range'],
    ['blocks', { Key: '/calico/ipam/v2/assignment/ipv6/block/10.0.0.0-29', Value: {} }, 'names no range'],
    [
      'blocks',
      { Key: '/calico/ipam/v2/assignment/ipv4/block/10.0.0.0-29', Value: { cidr: '10.0.0.8/29' } },
      'is not the key of the block',
    ],
    ['block_affinities', { Key: '/calico/ipam/v2/host/../ipv4/block/10.0.0.0-29', Value: {} }, 'is no key'],
    ['config', { Key: '/calico/ipam/v2/config/x', Value: {} }, 'is no key of IPAMConfig'],
  ])('%s %j is refused', (section, entry, why) => {
    expect(() => addressObject(section as Section, entry)).toThrow(why);
  });
});
