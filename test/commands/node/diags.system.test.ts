import { afterAll, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'calicoctl-diags-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('diags whose output nobody reads any more leave nothing behind', () => {
  const entry = join(import.meta.dirname, '../../../src/cli/entry.ts');
  // Without programs, lest Felix of this machine be signalled.
  const script = `'${process.execPath}' '${entry}' node diags --log-dir /nowhere | /usr/bin/head -n 1`;
  const env = { PATH: folder, TMPDIR: folder, HOME: folder };
  const { stdout } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8', env, timeout: 20_000 });
  expect(stdout).toBe('Collecting diagnostics\n');
  expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual([]);
});
