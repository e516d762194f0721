import { afterAll, describe, expect, test } from 'bun:test';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EXTREMES } from './corpus.ts';
import { manifestOf } from './mutate.ts';

/**
 * Whatever a manifest holds, the tool says what is wrong with it or takes it: no hang, no stack trace, no exit 70.
 * A failure names its seed; `bun test/fuzz/batch.ts SEED 1 SEED+1` runs that case alone.
 */

const CASES = 10_000;
const PROCESSES = 2;
const EXECUTED = 200;
/** Of one case, in milliseconds. */
const LIMIT = 5_000;
const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'calicoctl-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Batch {
  readonly cases: number;
  readonly faults: readonly string[];
}

/** Runs every PROCESSES-th seed in a process of its own, which is killed where a case takes too long. */
function runBatch(first: number): Promise<Batch> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'batch.ts'), first, PROCESSES, CASES].map(String),
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let rest = '';
  let last = '';
  let cases = 0;
  const faults: string[] = [];
  const hung = () => {
    faults.push(`${last} takes longer than ${LIMIT} ms`);
    child.kill('SIGKILL');
  };
  // The first case comes after the program has been loaded.
  let watchdog = setTimeout(hung, 4 * LIMIT);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    clearTimeout(watchdog);
    watchdog = setTimeout(hung, LIMIT);
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith('!')) faults.push(line.slice(2));
      else {
        last = line;
        cases++;
      }
    }
  });
  return new Promise((done) =>
    child.on('close', (status) => {
      clearTimeout(watchdog);
      if (status !== 0) faults.push(`${last} ended the process with ${status}`);
      done({ cases, faults });
    }),
  );
}

/** Runs the executable as a user would; the fault, if there is one. */
function execute(seed: number): Promise<string | undefined> {
  return new Promise((done) => {
    const env = {
      ...process.env,
      DATASTORE_TYPE: 'file',
      CALICO_FILE_DIR: join(folder, String(seed)),
      HOME: folder,
    };
    const argv = [seed % 2 === 0 ? 'validate' : 'create', '-f', '-'];
    const child = execFile(
      join(ROOT, 'bin/calicoctl'),
      argv,
      { env, cwd: folder, timeout: LIMIT },
      (error, out, err) => {
        const clean =
          error === null ? out !== '' : error.code === 1 && err.trim() !== '' && !/^ +at /m.test(err);
        done(clean ? undefined : `${seed}: exit ${error?.code ?? error?.signal ?? 0}: ${err.slice(0, 600)}`);
      },
    );
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(manifestOf(seed));
  });
}

describe('mutated manifests', () => {
  test('the same seed makes the same manifest, and others make others', () => {
    const seeds = Array.from({ length: 300 }, (_, i) => EXTREMES.length + i);
    const texts = seeds.map((seed) => Buffer.from(manifestOf(seed)).toString('hex'));
    expect(seeds.map((seed) => Buffer.from(manifestOf(seed)).toString('hex'))).toEqual(texts);
    expect(new Set(texts).size).toBeGreaterThan(250);
  });

  test(`${CASES} of them end in a clear error or in success`, async () => {
    const batches = await Promise.all(Array.from({ length: PROCESSES }, (_, first) => runBatch(first)));
    expect(batches.flatMap(({ faults }) => faults)).toEqual([]);
    expect(batches.reduce((sum, { cases }) => sum + cases, 0)).toBe(CASES);
  }, 110_000);

  test(`${EXECUTED} of them do so in the executable`, async () => {
    const faults: (string | undefined)[] = [];
    const seeds = Array.from({ length: EXECUTED }, (_, i) => i);
    const worker = async () => {
      for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) faults.push(await execute(seed));
    };
    await Promise.all(Array.from({ length: PROCESSES }, worker));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
    expect(faults).toHaveLength(EXECUTED);
  }, 60_000);
});
