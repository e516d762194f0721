import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { openFileDatastore } from '../../src/datastore/file/open.ts';
import { type ImportRequest, importCluster } from '../../src/migration/import.ts';
import { type Claim, giveBack, take } from '../../src/migration/target/claim.ts';
import { lockState } from '../../src/operations/lock.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { namesOf } from '../operations/stores.ts';

let directory: string;
let store: Datastore;
let interrupt: AbortController;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'calicoctl-import-'));
  interrupt = new AbortController();
  store = await openFileDatastore({ directory: join(directory, 'data'), signal: interrupt.signal });
  writeFileSync(join(directory, 'x.export'), FILE);
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const sets = Array.from(
  { length: 40 },
  (_, i) => `{apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: s${i}}}\n---\n`,
);
const INFORMATION =
  '{"kind": "ClusterInformation", "spec": {"clusterGUID": "0123456789abcdef0123456789abcdef"}}';
const FILE = `${sets.join('')}===\n${INFORMATION}\n===\n{}\n`;

function request(more: Partial<ImportRequest> = {}): ImportRequest {
  return {
    ...{ file: 'x.export', store, group: undefined, tell: () => undefined },
    io: {
      ...{
        out: () => undefined,
        err: () => undefined,
        stdin: async function* () {},
        env: {},
        cwd: directory,
      },
      ...{ terminal: { out: false, err: false, in: false }, signal: interrupt.signal },
    },
    note: { holder: 'ada@laptop', purpose: 'import of x.export', since: '2026-01-02T03:04:05Z' },
    progress: () => ({ at: () => undefined, end: () => undefined }),
    uninterrupted: () => openFileDatastore({ directory: join(directory, 'data') }),
    ...more,
  };
}

/** What stands in the folder, seen by somebody who was not interrupted. */
async function seen<T>(look: (other: Datastore) => Promise<T>): Promise<T> {
  const other = await openFileDatastore({ directory: join(directory, 'data') });
  try {
    return await look(other);
  } finally {
    await other.close();
  }
}

describe('an import', () => {
  test('holds the lock with a note of who imports what, and takes the note along', async () => {
    const run = importCluster(request());
    expect((await run.next()).value).toBe('Datastore locked.\n');
    const { locked, note } = await lockState(store);
    expect({ locked, note }).toEqual({
      locked: true,
      note: { ...request().note, file: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const rest: string[] = [];
    for await (const text of run) rest.push(text);
    expect(rest[0]).toBe("Successfully applied 40 'GlobalNetworkSet' resource(s)\n");
    expect(await lockState(store)).toEqual({ locked: true });
  });

  test('that is interrupted before it writes anything gives the datastore back', async () => {
    const run = importCluster(request());
    await run.next();
    interrupt.abort();
    await expect(run.next()).rejects.toThrow('cancelled before anything was imported');
    expect(await seen((other) => namesOf(other, 'ClusterInformation', 'GlobalNetworkSet'))).toEqual([]);
    expect(await seen(lockState)).toEqual({ locked: false });
  });

  test('that is interrupted in the midst says how to go on, and goes on', async () => {
    const at = (done: number) => void (done === 5 && interrupt.abort());
    const run = importCluster(request({ progress: () => ({ at, end: () => undefined }) }));
    await run.next();
    const error = await run.next().then(
      () => undefined,
      (caught: { details: { hint: string } }) => caught,
    );
    expect(error?.details.hint).toContain('run the import again with the same file');
    const { locked, note } = await seen(lockState);
    expect({ locked, holder: note?.holder }).toEqual({ locked: true, holder: 'ada@laptop' });
    interrupt = new AbortController();
    await store.close();
    store = await openFileDatastore({ directory: join(directory, 'data') });
    const told: string[] = [];
    const again = await Array.fromAsync(importCluster(request({ tell: (text) => void told.push(text) })));
    expect(again[0]).toBe("Successfully applied 40 'GlobalNetworkSet' resource(s)\n");
    expect(told).toEqual([
      'Going on with an import of this file that has begun here before.',
      'Verified: 40 object(s) of 1 kind(s) are in the datastore as in the file (GlobalNetworkSet 40).',
    ]);
  });

  test('tells what somebody else wrote or took away meanwhile', async () => {
    const kind = await kindOf('GlobalNetworkSet');
    let ended = 0;
    const end = () => {
      ended++;
    };
    const disturbed: Datastore = {
      ...store,
      async *list(query) {
        if (ended > 0 && query.kind.kind === kind.kind && (await namesOf(store, kind.kind)).length === 40) {
          await store.delete({ kind, name: 's7' });
          const metadata = { name: 'other' };
          await store.create(
            { kind, name: 'other' },
            { apiVersion: 'projectcalico.org/v3', kind: kind.kind, metadata, spec: {} },
          );
        }
        yield* store.list(query);
      },
    };
    const run = Array.fromAsync(
      importCluster(request({ store: disturbed, progress: () => ({ at: () => undefined, end }) })),
    );
    await expect(run).rejects.toThrow(
      'GlobalNetworkSet(other) is not in the file; GlobalNetworkSet(s7) is missing',
    );
  });
});

test('what another run of the same import goes on with is not given back', async () => {
  const by = (holder: string): Claim => ({
    ...{ sha256: 'abc', guid: 'g' },
    note: { holder, purpose: 'import of x.export', since: '2026-01-02T03:04:05Z' },
  });
  expect(await take(store, by('ada@laptop'))).toBe('new');
  expect(await take(store, by('bob@desk'))).toBe('resumed');
  await giveBack(store, by('ada@laptop'));
  expect(await lockState(store)).toMatchObject({ locked: true, note: { holder: 'bob@desk' } });
  await giveBack(store, by('bob@desk'));
  expect(await lockState(store)).toEqual({ locked: false });
});
