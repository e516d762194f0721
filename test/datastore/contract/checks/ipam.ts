import { expect } from 'bun:test';
import type { Resource } from '../../../../src/resources/kind.ts';
import type { Check } from '../contract.ts';
import { create, IPAMBlock, IPAMHandle, keysOf, resource, withSpec } from '../objects.ts';

/** What the objects of IPAM ask for beyond others: exact numbers, names in which letter case counts. */
export const ipam: readonly Check[] = [
  {
    name: 'whole numbers beyond 2^53 are exact',
    needs: ['ipam'],
    async run({ store }) {
      const ref = { kind: IPAMBlock, name: '10.0.0.0/30' };
      const created = await create(store, block(1_800_000_000_000_000_001n, 1_800_000_000_000_000_000n));
      expect(created.spec['sequenceNumber']).toBe(1_800_000_000_000_000_001n);
      const read = await store.get(ref);
      expect(read.spec['sequenceNumber']).toBe(1_800_000_000_000_000_001n);
      expect(read.spec['sequenceNumberForAllocation']).toEqual({ '0': 1_800_000_000_000_000_000n });
      expect(read.spec['allocations']).toEqual([0, null, null, null]);
      await store.update(ref, withSpec(read, { sequenceNumber: 9_223_372_036_854_775_807n }));
      expect((await store.get(ref)).spec['sequenceNumber']).toBe(9_223_372_036_854_775_807n);
    },
  },
  {
    name: 'whole numbers are exact up to 2^64',
    needs: ['ipam', 'unsigned numbers'],
    async run({ store }) {
      await create(store, block(18_446_744_073_709_551_615n, 9_223_372_036_854_775_808n));
      const { spec } = await store.get({ kind: IPAMBlock, name: '10.0.0.0/30' });
      expect(spec['sequenceNumber']).toBe(18_446_744_073_709_551_615n);
      expect(spec['sequenceNumberForAllocation']).toEqual({ '0': 9_223_372_036_854_775_808n });
    },
  },
  {
    name: 'names that differ in letter case only are different names',
    needs: ['ipam', 'capitals'],
    async run({ store }) {
      const handle = (handleID: string) =>
        resource(IPAMHandle, { name: handleID }, { handleID, block: { '10.0.0.0/26': 1 }, deleted: false });
      const ids = ['k8s-pod-network.ABC', 'k8s-pod-network.Abc', 'k8s-pod-network.abc'];
      for (const id of ids) await create(store, handle(id));
      await store.delete({ kind: IPAMHandle, name: ids[1]! });
      expect(await keysOf(store, { kind: IPAMHandle })).toEqual([ids[0]!, ids[2]!]);
      expect((await store.get({ kind: IPAMHandle, name: ids[0]! })).spec['handleID']).toBe(ids[0]!);
    },
  },
];

function block(sequenceNumber: bigint, atAllocation: bigint): Resource {
  return resource(
    IPAMBlock,
    { name: '10.0.0.0/30' },
    {
      cidr: '10.0.0.0/30',
      affinity: 'host:n1',
      allocations: [0, null, null, null],
      unallocated: [1, 2, 3],
      attributes: [{ handle_id: 'h1', secondary: { node: 'n1' } }],
      sequenceNumber,
      sequenceNumberForAllocation: { '0': atAllocation },
      deleted: false,
      strictAffinity: false,
    },
  );
}
