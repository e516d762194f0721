import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, IPPool, outcome, pagesOf, pool, poolRef, withSpec } from '../contract/objects.ts';
import { type FileEnvironment, openFileEnvironment } from './environment.ts';

let environment: FileEnvironment;
let bundle: string;
let writer: string;
// A hundred processes are started: one small file each is read four times as fast as the sources.
beforeAll(async () => {
  bundle = mkdtempSync(join(tmpdir(), 'calicoctl-writer-'));
  const entrypoints = [join(import.meta.dirname, 'writer.ts')];
  const { outputs } = await Bun.build({ entrypoints, outdir: bundle, target: 'bun', minify: true });
  writer = outputs[0]!.path;
});
afterAll(() => rmSync(bundle, { recursive: true }));
beforeEach(async () => {
  environment = await openFileEnvironment();
});
afterEach(() => environment.cleanup());

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [writer, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Ends a writer as a power cut would, a moment after its first write. */
async function killSoon(child: ChildProcess): Promise<void> {
  await once(child.stdout!, 'data');
  await Bun.sleep(Math.random() * 25);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('a file datastore whose writers are killed', () => {
  test('has every resource whole, and takes the next write at once', async () => {
    const { directory, store } = environment;
    for (let round = 0; round < 25; round++) {
      await Promise.all(Array.from({ length: 4 }, () => killSoon(start('churn', directory))));
      const pages = await pagesOf(store, { kind: IPPool });
      expect(pages.flatMap(({ corrupt }) => corrupt)).toEqual([]);
      for (const { metadata, spec } of pages.flatMap(({ items }) => items)) {
        const mark = metadata.labels!['mark']!;
        expect(metadata.annotations).toEqual({ filler: `${mark} `.repeat(200), mark });
        expect(spec['nodeSelector']).toBe(`mark == "${mark}"`);
      }
    }
    const started = performance.now();
    const created = await create(store, pool('after'));
    await store.update(poolRef('after'), withSpec(created, { disabled: true }));
    expect(performance.now() - started).toBeLessThan(2000);
    await store.close();
    // A card that was being written is nobody's only after a minute.
    const left = readdirSync(join(directory, '.calicoctl')).filter((name) => !name.startsWith('new-'));
    expect(left).toEqual(['.gitignore']);
  }, 60_000);
});

describe('two processes that count', () => {
  test('lose no increment', async () => {
    const { directory, store } = environment;
    await create(store, pool('counter'));
    const writers = [start('count', directory, '200'), start('count', directory, '200')];
    const ends = await Promise.all(writers.map((child) => once(child, 'exit')));
    expect(ends.map(([status]) => status)).toEqual([0, 0]);
    expect((await store.get(poolRef('counter'))).metadata.labels).toEqual({ count: '400' });
    expect(await outcome(store.delete(poolRef('counter')))).toBe('done');
  }, 60_000);
});
