import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Workspace, workspace } from '../run.ts';

let space: Workspace;
beforeAll(async () => {
  space = await workspace();
});
afterAll(() => space.remove());

/** Port 9 takes nobody. */
const KUBECONFIG = JSON.stringify({
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:9' } }],
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  users: [{ name: 'u', user: { token: 'hidden-token' } }],
  'current-context': 'c',
});

function bundles(): string[] {
  return readdirSync(space.folder).filter((name) => name.endsWith('.tar.gz'));
}

describe('cluster diags', () => {
  test.each([
    [['--since', '5d'], 'invalid duration for since flag (try 10s, 5m, or 1h): 5d'],
    [['--max-logs', '-1'], 'negative value for max-logs flag'],
    [['--max-logs', 'many'], 'invalid argument "many" for --max-logs: not a whole number'],
    [['--max-parallelism', '0'], '--max-parallelism 0 would never begin: use 1 for one thing at a time'],
  ])('%j is refused before anything is begun', async (flags, why) => {
    const { status, out, err } = await space.calicoctl(['cluster', 'diags', ...flags]);
    expect([status, out]).toEqual([1, '']);
    expect(err).toContain(why);
    expect(bundles()).toEqual([]);
  });

  test('without a Kubernetes that can be reached, what the datastore holds is packed and the rest is told', async () => {
    await space.write('pool.yaml', POOL);
    await space.write('kubeconfig', KUBECONFIG);
    await space.write('calicoctl.cfg', CONFIG);
    expect((await space.calicoctl(['apply', '-f', 'pool.yaml'])).status).toBe(0);
    const argv = [
      'cluster',
      'diags',
      '-c',
      'calicoctl.cfg',
      '--kubeconfig',
      'kubeconfig',
      '--focus-nodes',
      'a',
    ];
    const { status, out, err } = await space.calicoctl([...argv, '--skip-temp-dir-cleanup'], {
      env: { TMPDIR: space.folder },
    });
    expect(status).toBe(1);
    expect(err).toContain(
      'failed: Kubernetes API server: Kubernetes API server at https://127.0.0.1:9: connection refused',
    );
    const [, folder] = /^Created temporary directory: (.*)$/m.exec(out)!;
    const [archive] = bundles();
    expect(out).toEndWith(`Diagnostic bundle created at ./${archive}\n`);
    const packed = gunzipSync(readFileSync(join(space.folder, archive!))).toString();
    expect(packed).toContain('pool-of-the-folder');
    const root = join(folder!, archive!.replace('.tar.gz', ''));
    expect(readFileSync(join(root, 'summary.txt'), 'utf8')).toMatch(/\d+ steps: \d+ done, 1 failed/);
    expect(`${packed}${out}${err}`).not.toContain('hidden-token');
  });

  test('a folder for temporary files that is none is told', async () => {
    const { status, err } = await space.calicoctl(['cluster', 'diags'], { env: { TMPDIR: '/nowhere' } });
    expect([status, err]).toEqual([1, expect.stringContaining('cannot make a temporary folder in /nowhere')]);
  });
});

const CONFIG = `apiVersion: projectcalico.org/v3
kind: CalicoAPIConfig
metadata:
spec:
  datastoreType: file
  fileDir: .datastore
`;

const POOL = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: pool-of-the-folder}
spec: {cidr: 10.9.0.0/16}
`;
