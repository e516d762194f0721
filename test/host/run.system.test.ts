import { afterAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/host/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'calicoctl-run-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shell = (script: string, options: Parameters<typeof run>[1] = {}) =>
  run({ program: 'sh', args: ['-c', script], env: process.env }, options);

describe('a program', () => {
  test('that leaves others behind that hold its output is not waited for, and they are killed too', async () => {
    const mark = join(folder, 'mark');
    const began = performance.now();
    const ran = await shell(`(sleep 2; touch '${mark}') & sleep 600`, { timeoutMs: 200 });
    expect(ran).toEqual({ stdout: '', stderr: '', status: undefined, failure: 'no end within 0.2s' });
    expect(performance.now() - began).toBeLessThan(1_900);
    await new Promise((done) => setTimeout(done, 2_200));
    expect(existsSync(mark)).toBe(false);
  });

  test('that floods a sink which takes its time waits for it', async () => {
    let size = 0;
    let under = 0;
    let most = 0;
    const ran = await shell('head -c 3000000 /dev/zero; echo end >&2', {
      async sink(bytes) {
        most = Math.max(most, ++under);
        await new Promise((done) => setTimeout(done, 1));
        size += bytes.length;
        under--;
      },
    });
    expect(ran.status).toBe(0);
    expect(size).toBe(3_000_004);
    // What was read already still comes.
    expect(most).toBeLessThan(10);
  });

  test('that cannot be started is told of', async () => {
    expect((await run({ program: 'no-such-program', args: [], env: process.env })).failure).toBe(
      'not found on the PATH',
    );
    expect((await run({ program: 'sh', args: ['a\0b'], env: process.env })).failure).toContain('null bytes');
  });
});
