import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import type { Fix } from '../../../src/ipam/finding.ts';
import { type Undone, undoWrites } from '../../../src/ipam/repair/undo.ts';
import { openLines, readUndoFile, undoLog, undoneLine } from '../../../src/ipam/repair/undo-file.ts';
import { type Folder, temporaryFolder } from '../../faults/program.ts';
import { fileStore, type OpenStore, put, ref, specOf } from '../../operations/stores.ts';
import { block, putAffinity, putHandle, releaseOf, run, SEQUENCE, versionOf } from './runs.ts';

const CIDR = '10.0.0.0/30';
let open: OpenStore;
let store: Datastore;
let folder: Folder;
let path: string;
beforeEach(async () => {
  open = await fileStore();
  store = open.store;
  folder = temporaryFolder();
  path = join(folder.path, 'undo.jsonl');
});
afterEach(async () => {
  await open.stop();
  folder.remove();
});

/** Repairs with an undo file. */
async function repaired(fixes: readonly Fix[]): Promise<void> {
  const log = undoLog(path, 'guid', new Date());
  const { writes } = await run(store, fixes);
  for (const { outcome, purpose, ...write } of writes) await (await log.note(write, purpose))(outcome!);
  await log.close();
}

async function undone(): Promise<readonly Undone[]> {
  const { writes } = await readUndoFile(path);
  const lines = await openLines(path, 'append');
  const results = await undoWrites(store, writes, {
    noteUndone: (number, version) => lines.append(undoneLine(number, version)),
    witness: async () => async () => {},
    signal: new AbortController().signal,
  });
  await lines.close();
  return results;
}

const twoLeaks = async () => {
  await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'a' }, 2: { handle: 'b' } }));
  for (const id of ['a', 'b']) await putHandle(store, id, { [CIDR]: 1 });
  await repaired([releaseOf('10.0.0.1', CIDR, 'a'), releaseOf('10.0.0.2', CIDR, 'b')]);
};

describe('undo', () => {
  test('gives addresses back to who had them, under sequence numbers that were never given', async () => {
    await twoLeaks();
    expect(await specOf(store, 'IPAMHandle', 'a')).toBeUndefined();
    expect(await undone()).toEqual([
      { subject: '10.0.0.1', verdict: 'put back' },
      { subject: '10.0.0.2', verdict: 'put back' },
    ]);
    const { attributes, allocations, ...spec } = (await specOf(store, 'IPAMBlock', CIDR))! as never as {
      attributes: { handle_id: string }[];
      allocations: (number | null)[];
    };
    expect(allocations.map((index) => index !== null && attributes[index]!.handle_id)).toEqual([
      false,
      'a',
      'b',
      false,
    ]);
    expect(spec).toMatchObject({
      unallocated: [0, 3],
      sequenceNumberForAllocation: { 1: SEQUENCE + 1n, 2: SEQUENCE + 1n },
    });
    expect((await specOf(store, 'IPAMHandle', 'a'))!['block']).toEqual({ [CIDR]: 1 });
  });

  test('leaves what somebody else has by now, and does nothing twice', async () => {
    await twoLeaks();
    const stored = await store.get(await ref('IPAMBlock', CIDR));
    await store.update(await ref('IPAMBlock', CIDR), {
      ...stored,
      spec: block(CIDR, { 1: { handle: 'new' } }) as never,
    });
    const left = { subject: '10.0.0.1', verdict: 'left', why: '"new" has it by now' } as const;
    expect(await undone()).toEqual([left, { subject: '10.0.0.2', verdict: 'put back' }]);
    expect(await specOf(store, 'IPAMHandle', 'a')).toBeUndefined();
    expect(await undone()).toEqual([]);
  });

  test('brings back handles, blocks and affinities as they were', async () => {
    await put(store, 'IPAMBlock', CIDR, block(CIDR, {}, { affinity: 'host:gone' }));
    await putAffinity(store, 'gone', CIDR);
    await put(
      store,
      'IPAMBlock',
      '10.0.0.4/30',
      block('10.0.0.4/30', { 1: { handle: 'a' } }, { affinity: 'host:gone' }),
    );
    await putAffinity(store, 'gone', '10.0.0.4/30');
    await putHandle(store, 'none', { '10.0.0.4/30': 1 });
    await putHandle(store, 'a', { '10.0.0.4/30': 3 });
    await repaired([
      { write: 'release-affinity', owner: 'host:gone', block: CIDR },
      { write: 'release-affinity', owner: 'host:gone', block: '10.0.0.4/30' },
      { write: 'delete-handle', handle: 'none', version: await versionOf(store, 'IPAMHandle', 'none') },
      {
        write: 'set-handle',
        handle: 'a',
        version: await versionOf(store, 'IPAMHandle', 'a'),
        blocks: { '10.0.0.4/30': 1 },
      },
    ]);
    expect((await specOf(store, 'IPAMBlock', '10.0.0.4/30'))!['affinity'] ?? null).toBeNull();
    const results = await undone();
    expect(results.filter(({ verdict }) => verdict !== 'put back')).toEqual([]);
    for (const cidr of [CIDR, '10.0.0.4/30']) {
      expect((await specOf(store, 'IPAMBlock', cidr))!['affinity']).toBe('host:gone');
      expect((await specOf(store, 'BlockAffinity', `host/gone/${cidr}`))!['state']).toBe('confirmed');
    }
    expect((await specOf(store, 'IPAMHandle', 'none'))!['block']).toEqual({ '10.0.0.4/30': 1 });
    expect((await specOf(store, 'IPAMHandle', 'a'))!['block']).toEqual({ '10.0.0.4/30': 3 });
  });

  test('leaves what changed since', async () => {
    await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'a' } }));
    await putHandle(store, 'a', { [CIDR]: 3 });
    const version = await versionOf(store, 'IPAMHandle', 'a');
    await repaired([{ write: 'set-handle', handle: 'a', version, blocks: { [CIDR]: 1 } }]);
    const stored = await store.get(await ref('IPAMHandle', 'a'));
    const spec = { ...stored.spec, block: { [CIDR]: 2 } };
    await store.update(await ref('IPAMHandle', 'a'), { ...stored, spec });
    expect(await undone()).toEqual([
      { subject: 'IPAMHandle(a)', verdict: 'left', why: 'somebody has changed it since' },
    ]);
  });

  test('goes by what is there for writes of which the end is not known', async () => {
    await twoLeaks();
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.filter((line) => !line.includes('"outcome"')).join('\n'));
    appendFileSync(path, '{"number":9,"purp');
    const results = await undone();
    expect(results.map(({ verdict }) => verdict)).toEqual(['put back', 'put back']);
  });
});

describe('an undo file', () => {
  test('that is none, or is spoilt, is refused with the line', async () => {
    writeFileSync(path, '{"format":"else"}\n');
    expect(readUndoFile(path)).rejects.toThrow(`${path} is no undo file of calicoctl: line 1 cannot be read`);
    await twoLeaks().catch(() => {});
    writeFileSync(path, '{"format":"calicoctl ipam undo","version":1,"cluster":"x"}\n{"number"\n');
    expect(readUndoFile(path)).rejects.toThrow('line 2 cannot be read');
  });

  test.each(['', '{"for', '{"format":"calicoctl ipam undo","version":1,"clus'])(
    'of a run that was killed in its first line says that nothing was written: %j',
    async (text) => {
      writeFileSync(path, text);
      expect(await readUndoFile(path)).toEqual({ writes: [] });
    },
  );

  test('is never written over, and is not made where nothing is written', async () => {
    const log = undoLog(path, 'guid', new Date());
    await log.close();
    expect(log.begun).toBe(false);
    writeFileSync(path, 'mine');
    expect(
      undoLog(path, 'guid', new Date()).note({ ref: await ref('IPAMHandle', 'a') }, { write: 'fence' }),
    ).rejects.toThrow('it exists already');
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  test('has every line in its order when many are written at once', async () => {
    const file = await openLines(path, 'new');
    await Promise.all(Array.from({ length: 200 }, (_, number) => file.append({ number })));
    await file.close();
    const numbers = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).number);
    expect(numbers).toEqual(Array.from({ length: 200 }, (_, number) => number));
  });
});
