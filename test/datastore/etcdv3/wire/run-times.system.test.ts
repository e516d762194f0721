import { expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testbed } from '../../../testbed/testbed.ts';

test('the client does the same on Bun and on Node', async () => {
  const bed = await testbed();
  const folder = mkdtempSync(join(tmpdir(), 'calicoctl-smoke-'));
  const bundle = join(folder, 'smoke.mjs');
  const source = join(import.meta.dirname, 'smoke.ts');
  execFileSync(process.execPath, ['build', '--target=node', '--outfile', bundle, source], {
    stdio: 'ignore',
  });
  const run = (runTime: string) =>
    JSON.parse(execFileSync(runTime, [bundle, JSON.stringify(bed)], { encoding: 'utf8', timeout: 20_000 }));
  const at = `etcd at ${bed.etcdTls.url}: it`;
  const expected = {
    ...{ whole: true, deleted: 300, secure: 'secure' },
    withoutCertificate: `${at} requires a client certificate`,
    otherAuthority: `${at}s certificate is signed by an authority that is not trusted here`,
    refused: 'etcd at http://127.0.0.1:1: connection refused',
  };
  expect(run('node')).toEqual(expected);
  expect(run(process.execPath)).toEqual(expected);
  rmSync(folder, { recursive: true });
}, 60_000);
