import { afterAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBundle } from '../../src/bundle/bundle.ts';
import { runSteps, Skipped, type Step } from '../../src/bundle/recorder.ts';
import type { StepResult } from '../../src/bundle/step.ts';

const base = mkdtempSync(join(tmpdir(), 'calicoctl-recorder-'));
afterAll(() => rmSync(base, { recursive: true }));

const folder = () => mkdtempSync(join(base, 'x-'));
const plain = (results: readonly StepResult[]) => results.map(({ took: _, ...rest }) => rest);
const never = new Promise<never>(() => undefined);

describe('steps', () => {
  test('are all tried, whatever becomes of each, and told in their order', async () => {
    const place = folder();
    const ended: string[] = [];
    const steps: readonly Step[] = [
      {
        name: 'slow',
        work: (collect) => new Promise((done) => setTimeout(done, 30)).then(() => collect.text('a', 'x')),
      },
      { name: 'bad', work: () => Promise.reject(new Error('refused, token=abc')) },
      {
        name: 'thrown',
        work: () => {
          throw new TypeError('at once');
        },
      },
      { name: 'none', work: () => Promise.reject(new Skipped('nothing there')) },
      { name: 'object', work: (collect) => collect.value('d/b.json', { token: 'x', n: 1n }) },
    ];
    const results = await runSteps(steps, {
      folder: place,
      concurrency: 3,
      ended: ({ step }) => void ended.push(step),
    });
    expect(plain(results)).toEqual([
      { step: 'slow', outcome: 'done', files: ['a'] },
      { step: 'bad', outcome: 'failed', files: [], reason: 'refused, token=<redacted>' },
      { step: 'thrown', outcome: 'failed', files: [], reason: 'at once' },
      { step: 'none', outcome: 'skipped', files: [], reason: 'nothing there' },
      { step: 'object', outcome: 'done', files: ['d/b.json'] },
    ]);
    expect(ended.at(-1)).toBe('slow');
    expect(JSON.parse(readFileSync(join(place, 'd/b.json'), 'utf8'))).toEqual({
      token: '<redacted>',
      n: '1',
    });
    expect(statSync(join(place, 'a')).mode & 0o777).toBe(0o600);
  });

  test('that do not end are given up, with what they had, and write nothing more', async () => {
    const place = folder();
    let late: Promise<void> | undefined;
    const steps: readonly Step[] = [
      { name: 'deaf', timeoutMs: 30, work: () => never },
      {
        name: 'log',
        timeoutMs: 30,
        work: (collect) =>
          collect.stream(
            'log',
            (async function* () {
              yield 'first\n';
              await never;
            })(),
          ),
      },
      {
        name: 'late',
        timeoutMs: 30,
        work: async (collect) => {
          await new Promise((done) => setTimeout(done, 60));
          late = collect.text('late', 'x');
          await late;
        },
      },
    ];
    const results = await runSteps(steps, { folder: place, concurrency: 3 });
    expect(results.map(({ outcome, reason }) => [outcome, reason])).toEqual(
      Array.from({ length: 3 }, () => ['failed', 'no end within 0.03s']),
    );
    expect(readFileSync(join(place, 'log'), 'utf8')).toBe('first\n\n[broken off]\n');
    expect(readdirSync(place)).toEqual(['log']);
  });

  test('that flood are cut', async () => {
    const place = folder();
    const flood = async function* () {
      for (;;) yield `${'x'.repeat(99)}\n`;
    };
    const steps = [
      { name: 'flood', work: (collect: Parameters<Step['work']>[0]) => collect.stream('f', flood()) },
    ];
    const [result] = await runSteps(steps, { folder: place, limit: 1000 });
    expect(result!.outcome).toBe('done');
    expect(readFileSync(join(place, 'f'), 'utf8')).toBe(
      `${`${'x'.repeat(99)}\n`.repeat(10)}\n[cut off after 1000 characters]\n`,
    );
  });

  test('never write outside of their folder', async () => {
    const place = folder();
    await runSteps([{ name: 'x', work: (collect) => collect.text('../../up', 'x') }], { folder: place });
    expect(readdirSync(join(place, '__/__'))).toEqual(['up']);
  });
});

test('a bundle leaves nothing behind once it is removed', async () => {
  const parent = folder();
  const bundle = await openBundle({ parent, prefix: 'calico', root: 'diagnostics' });
  expect(statSync(bundle.folder).mode & 0o777).toBe(0o700);
  await bundle.run([{ name: 'x', work: (collect) => collect.text('x', 'y') }]);
  await bundle.save(join(parent, 'b.tar.gz'), { title: 'T', facts: { node: 'n1' } });
  expect(readFileSync(join(bundle.folder, 'diagnostics/summary.txt'), 'utf8')).toMatch(
    /^T\n\nnode: n1\n\ndone {4}x \(\d+ ms\) -> x\n\n1 step: 1 done, 0 failed, 0 skipped\n$/,
  );
  await bundle.remove();
  expect(readdirSync(parent)).toEqual(['b.tar.gz']);
  await expect(openBundle({ parent: join(parent, 'none'), prefix: 'x', root: 'y' })).rejects.toThrow(
    'cannot make a temporary folder',
  );
});
