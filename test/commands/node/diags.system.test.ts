import { afterAll, expect, test } from 'bun:test';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'calicoctl-diags-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ENTRY = join(import.meta.dirname, '../../../src/cli/entry.ts');

test('diags whose output nobody reads any more leave nothing behind', () => {
  // Without programs, lest Felix of this machine be signalled.
  const script = `'${process.execPath}' '${ENTRY}' node diags --log-dir /nowhere | /usr/bin/head -n 1`;
  const env = { PATH: folder, TMPDIR: folder, HOME: folder };
  const { stdout } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8', env, timeout: 20_000 });
  expect(stdout).toBe('Collecting diagnostics\n');
  expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual([]);
});

test('diags whose connection is lost end as after Ctrl-C, with what they started', async () => {
  const mark = join(folder, 'pid');
  const program = join(folder, 'date');
  writeFileSync(
    program,
    `#!/bin/sh\necho $$ > '${mark}.part'; /bin/mv '${mark}.part' '${mark}'; exec /bin/sleep 600\n`,
  );
  chmodSync(program, 0o755);
  const output = join(folder, 'd.tar.gz');
  const env = { PATH: folder, TMPDIR: folder, HOME: folder };
  const child = spawn(process.execPath, [ENTRY, 'node', 'diags', '--output', output], {
    env,
    stdio: 'ignore',
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  while (!existsSync(mark)) await new Promise((done) => setTimeout(done, 10));
  child.kill('SIGHUP');
  expect(await ended).toBe(130);
  expect(existsSync(output)).toBe(true);
  expect(existsSync(`/proc/${readFileSync(mark, 'utf8').trim()}/exe`)).toBe(false);
}, 20_000);
