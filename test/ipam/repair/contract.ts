import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { usesIn } from '../../../src/ipam/repair/uses.ts';
import { clear, interrupted, namesOf, type OpenStore, put, ref, specOf } from '../../operations/stores.ts';
import {
  block,
  putAffinity,
  putHandle,
  releaseOf,
  run,
  SEQUENCE,
  TEN_MINUTES,
  told,
  versionOf,
} from './runs.ts';

const CIDR = '10.0.0.0/30';
const DONE = { is: 'done' } as const;
const everything = (store: Datastore) => namesOf(store, 'IPAMBlock', 'IPAMHandle', 'BlockAffinity');

/** What holds of repairs on every datastore. */
export function repairContract(name: string, openStore: () => Promise<OpenStore>): void {
  describe(`repair in ${name}`, () => {
    let open: OpenStore;
    let store: Datastore;
    beforeAll(async () => {
      open = await openStore();
      store = open.store;
    }, 60_000);
    afterEach(() => clear(store));
    afterAll(() => open.stop());

    const spec = async (cidr = CIDR) => (await specOf(store, 'IPAMBlock', cidr))!;

    test('releases a leaked address and its handle, and nothing else', async () => {
      await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'leak' }, 2: { handle: 'live' } }));
      await putHandle(store, 'leak', { [CIDR]: 1 });
      await putHandle(store, 'live', { [CIDR]: 1 });
      const done = await run(store, [releaseOf('10.0.0.1', CIDR, 'leak')]);
      expect(done.verdicts).toEqual([DONE]);
      expect(told(done)).toEqual([`update IPAMBlock(${CIDR})`, 'delete IPAMHandle(leak)']);
      expect(await spec()).toMatchObject({
        allocations: [null, null, 0, null],
        unallocated: [0, 3, 1],
        sequenceNumber: SEQUENCE + 1n,
      });
      expect(await everything(store)).toEqual([`IPAMBlock/${CIDR}`, 'IPAMHandle/live']);
    });

    test('only shows what it would write', async () => {
      await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'leak' }, 2: { handle: 'leak' } }));
      await putHandle(store, 'leak', { [CIDR]: 2 });
      const before = await spec();
      const fixes = [releaseOf('10.0.0.1', CIDR, 'leak'), releaseOf('10.0.0.2', CIDR, 'leak')];
      const dry = await run(store, fixes, { dryRun: true });
      expect(told(dry)).toEqual([`update IPAMBlock(${CIDR})`, 'delete IPAMHandle(leak)']);
      expect(await spec()).toEqual(before);
      const done = await run(store, fixes);
      const shape = ({ writes }: typeof done) =>
        writes.map(({ after, before }) => ({ after: after?.spec, before: before?.spec }));
      expect(shape(done)).toEqual(shape(dry));
    });

    test('leaves an address that somebody has by now', async () => {
      await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'new' } }));
      const { verdicts, writes } = await run(store, [
        releaseOf('10.0.0.1', CIDR, 'old'),
        { ...releaseOf('10.0.0.1', CIDR, 'new'), sequenceNumber: 5 } as never,
        releaseOf('10.0.0.2', CIDR, 'old'),
        releaseOf('10.9.0.1', '10.9.0.0/30', 'old'),
      ]);
      expect(verdicts.map(({ is }) => is)).toEqual(['passed', 'passed', 'done', 'done']);
      expect(writes).toEqual([]);
    });

    test('leaves an address whose user comes while it looks', async () => {
      await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'a' }, 2: { handle: 'b' } }));
      const uses = usesIn(store, undefined);
      const { verdicts } = await run(
        store,
        [releaseOf('10.0.0.1', CIDR, 'a'), releaseOf('10.0.0.2', CIDR, 'b')],
        {
          uses: async (addresses) => {
            const now = await uses(addresses);
            return { ...now, owners: new Map([['10.0.0.1', 'Workload(default/x)']]) };
          },
        },
      );
      expect(verdicts).toEqual([{ is: 'passed', why: 'Workload(default/x) uses it now' }, DONE]);
      expect((await spec())['allocations']).toEqual([null, 0, null, null]);
    });

    test('leaves an address that is taken anew between the look and the write', async () => {
      await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'a' }, 2: { handle: 'b' } }));
      // Freed and taken again by its handle: only the sequence number tells.
      const disturbed = interrupted(store, 'update', async (call, { name }) => {
        if (call > 1 || name !== CIDR) return;
        const stored = await store.get(await ref('IPAMBlock', CIDR));
        const numbers = { ...(stored.spec['sequenceNumberForAllocation'] as object), 1: SEQUENCE + 3n };
        const next = { ...stored.spec, sequenceNumber: SEQUENCE + 4n, sequenceNumberForAllocation: numbers };
        await store.update(await ref('IPAMBlock', CIDR), { ...stored, spec: next });
      });
      const { verdicts } = await run(disturbed, [
        releaseOf('10.0.0.1', CIDR, 'a'),
        releaseOf('10.0.0.2', CIDR, 'b'),
      ]);
      expect(verdicts).toEqual([{ is: 'passed', why: 'it changed meanwhile' }, DONE]);
      expect((await spec())['allocations']).toEqual([null, 0, null, null]);
    });

    test('leaves young addresses, and those of unknown age unless the datastore is locked', async () => {
      const young = new Date(Date.now() - TEN_MINUTES / 2).toISOString();
      const taken = { 1: { handle: 'young', at: young }, 2: { handle: 'unknown', at: '' } };
      await put(store, 'IPAMBlock', CIDR, block(CIDR, taken));
      const fixes = [releaseOf('10.0.0.1', CIDR, 'young'), releaseOf('10.0.0.2', CIDR, 'unknown')];
      expect((await run(store, fixes)).verdicts.map(({ is }) => is)).toEqual(['passed', 'left']);
      const locked = await run(store, fixes, { locked: async () => true });
      expect(locked.verdicts.map(({ is }) => is)).toEqual(['passed', 'done']);
      expect((await run(store, fixes, { minAge: 0 })).verdicts.map(({ is }) => is)).toEqual(['done', 'done']);
    });

    test('releases the tunnel address of a node that is not there, of unknown age', async () => {
      await open.node('worker-1');
      const of = (node: string) => ({ handle: node, at: '', more: { node, type: 'vxlanTunnelAddress' } });
      await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: of('worker-1'), 2: of('gone') }));
      const fixes = [releaseOf('10.0.0.1', CIDR, 'worker-1'), releaseOf('10.0.0.2', CIDR, 'gone')];
      expect((await run(store, fixes)).verdicts.map(({ is }) => is)).toEqual(['left', 'done']);
    });

    test('keeps addresses of stopped machines, of services and for Windows', async () => {
      const windows = { handle: 'windows-reserved-ipam-handle', at: '' };
      const machine = { handle: 'net.vmi.default.box', more: { 'vmi-name': 'box' } };
      const service = { handle: 'lb-1', more: { type: 'LoadBalancer', service: 's' } };
      await put(store, 'IPAMBlock', CIDR, block(CIDR, { 0: windows, 1: machine, 2: service }));
      const fixes = [
        releaseOf('10.0.0.0', CIDR, windows.handle),
        releaseOf('10.0.0.1', CIDR, machine.handle),
        releaseOf('10.0.0.2', CIDR, 'lb-1'),
      ];
      const { verdicts, writes } = await run(store, fixes, { locked: async () => true });
      expect(verdicts.map(({ is }) => is)).toEqual(['left', 'left', 'left']);
      expect(writes).toEqual([]);
      const seen = { unseen: { services: false, machines: false } };
      expect((await run(store, fixes, seen)).verdicts.map(({ is }) => is)).toEqual(['left', 'done', 'done']);
    });

    test('deletes a handle of nobody, after it has made sure that nobody is about to take it', async () => {
      await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'live' } }));
      for (const id of ['leak', 'live', 'stray']) await putHandle(store, id, { [CIDR]: 1 });
      const version = await versionOf(store, 'IPAMHandle', 'leak');
      const fixes = [
        { write: 'delete-handle', handle: 'leak', version },
        { write: 'delete-handle', handle: 'live', version: await versionOf(store, 'IPAMHandle', 'live') },
        { write: 'delete-handle', handle: 'stray', version },
        { write: 'delete-handle', handle: 'gone', version },
      ] as const;
      const done = await run(store, fixes.slice(0, 2).concat(fixes[3]));
      expect(done.verdicts).toEqual([
        DONE,
        { is: 'passed', why: 'an address has it now' },
        { is: 'done', note: 'it is gone already' },
      ]);
      expect(told(done)).toEqual([`update IPAMBlock(${CIDR})`, 'delete IPAMHandle(leak)']);
      expect(await spec()).toMatchObject({
        allocations: [null, 0, null, null],
        sequenceNumber: SEQUENCE + 1n,
      });
    });

    test('leaves a handle that changed', async () => {
      const { metadata } = await putHandle(store, 'leak', { [CIDR]: 1 });
      const stored = await store.get(await ref('IPAMHandle', 'leak'));
      await store.update(await ref('IPAMHandle', 'leak'), {
        ...stored,
        spec: { ...stored.spec, block: { [CIDR]: 2 } },
      });
      const fix = { write: 'delete-handle', handle: 'leak', version: metadata.resourceVersion! } as const;
      expect((await run(store, [fix])).verdicts).toEqual([{ is: 'passed', why: 'it changed meanwhile' }]);
    });

    test('makes a missing handle and sets wrong counts as blocks have it', async () => {
      await put(
        store,
        'IPAMBlock',
        CIDR,
        block(CIDR, { 0: { handle: 'a' }, 1: { handle: 'a' }, 2: { handle: 'b' } }),
      );
      const { metadata } = await putHandle(store, 'b', { [CIDR]: 3, '10.0.9.0/30': 1 });
      const fixes = [
        { write: 'set-handle', handle: 'a', blocks: { [CIDR]: 2 } },
        { write: 'set-handle', handle: 'b', version: metadata.resourceVersion!, blocks: { [CIDR]: 1 } },
      ] as const;
      expect((await run(store, fixes)).verdicts).toEqual([DONE, DONE]);
      expect((await specOf(store, 'IPAMHandle', 'a'))!['block']).toEqual({ [CIDR]: 2 });
      expect((await specOf(store, 'IPAMHandle', 'b'))!['block']).toEqual({ [CIDR]: 1 });
    });

    test('goes on where its own releases changed what a finding saw', async () => {
      await put(store, 'IPAMBlock', CIDR, block(CIDR, { 0: { handle: 'a' }, 1: { handle: 'a' } }));
      const { metadata } = await putHandle(store, 'a', { [CIDR]: 2, '10.0.9.0/30': 1 });
      const fixes = [
        releaseOf('10.0.0.0', CIDR, 'a'),
        { write: 'set-handle', handle: 'a', version: metadata.resourceVersion!, blocks: { [CIDR]: 2 } },
      ] as const;
      expect((await run(store, fixes)).verdicts).toEqual([DONE, DONE]);
      expect((await specOf(store, 'IPAMHandle', 'a'))!['block']).toEqual({ [CIDR]: 1 });
    });

    test('takes blocks from nodes that are gone and empty ones of no pool, removes affinities to nothing and empty blocks of nobody', async () => {
      await open.node('worker-1');
      for (const [cidr, node] of [
        [CIDR, 'gone'],
        ['10.0.0.4/30', 'gone'],
        ['10.0.0.8/30', 'worker-1'],
        ['10.0.0.20/30', 'worker-1'],
      ] as const) {
        const taken = cidr === CIDR || cidr === '10.0.0.20/30' ? { 1: { handle: 'a' } } : {};
        await put(store, 'IPAMBlock', cidr, block(cidr, taken, { affinity: `host:${node}` }));
        await putAffinity(store, node, cidr);
      }
      await put(store, 'IPAMBlock', '10.0.0.12/30', block('10.0.0.12/30', {}, { affinity: null }));
      const affinity = await putAffinity(store, 'worker-1', '10.0.0.16/30');
      const { verdicts } = await run(store, [
        { write: 'release-affinity', owner: 'host:gone', block: CIDR },
        { write: 'release-affinity', owner: 'gone', block: '10.0.0.4/30' },
        { write: 'release-affinity', owner: 'host:worker-1', block: '10.0.0.8/30' },
        { write: 'release-affinity', owner: 'host:worker-1', block: '10.0.0.20/30' },
        {
          write: 'delete-block',
          block: '10.0.0.12/30',
          version: await versionOf(store, 'IPAMBlock', '10.0.0.12/30'),
        },
        {
          write: 'delete-affinity',
          affinity: affinity.metadata.name,
          version: affinity.metadata.resourceVersion!,
        },
      ]);
      expect(verdicts.map(({ is }) => is)).toEqual(['done', 'done', 'done', 'passed', 'done', 'done']);
      expect([...(await everything(store))].sort()).toEqual([
        'BlockAffinity/host/worker-1/10.0.0.20/30',
        `IPAMBlock/${CIDR}`,
        'IPAMBlock/10.0.0.20/30',
      ]);
      expect((await spec())['affinity'] ?? null).toBeNull();
    });

    test('tries nothing once it is interrupted', async () => {
      await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'a' } }));
      const stop = new AbortController();
      stop.abort();
      const { verdicts, writes } = await run(store, [releaseOf('10.0.0.1', CIDR, 'a')], {
        signal: stop.signal,
      });
      expect({ verdicts, writes }).toEqual({ verdicts: [{ is: 'untried' }], writes: [] });
    });
  });
}
