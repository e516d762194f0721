import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Workspace, workspace } from '../run.ts';

let folder: Workspace;
beforeAll(async () => {
  folder = await workspace();
  await folder.calicoctl(['datastore', 'init', '--yes']);
});
afterAll(() => folder.remove());

/** Port 9 takes nobody. */
const KUBECONFIG = JSON.stringify({
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:9' } }],
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  users: [{ name: 'u', user: { token: 'hidden-token' } }],
  'current-context': 'c',
});

describe('cluster status', () => {
  test('says what it could not look at where no Kubernetes is configured', async () => {
    const { status, out, err } = await folder.calicoctl(['cluster', 'status']);
    expect(out).toBe(
      'Healthy as far as could be seen\n' +
        "UNKNOWN   version of Kubernetes, nodes of Kubernetes, Calico's pods, DaemonSets and Deployments, operator: " +
        'no Kubernetes is configured, and this command needs one\n' +
        '          -> The datastore is file: name a kubeconfig with --kubeconfig FILE or KUBECONFIG.\n',
    );
    expect(err).toBe('');
    expect(status).toBe(0);
  });

  test('fails where the Kubernetes that is named cannot be reached', async () => {
    const path = await folder.write('kubeconfig', KUBECONFIG);
    const argv = ['cluster', 'status', '--kubeconfig', path, '-o', 'json'];
    const { status, out } = await folder.calicoctl(argv);
    const document = JSON.parse(out);
    expect(document).toMatchObject({ healthy: false, critical: 0, errors: 0, warnings: 0, causes: [] });
    expect(document.unknown).toHaveLength(1);
    expect(document.unknown[0]).toMatchObject({ reason: 'unreachable' });
    expect(out).not.toContain('hidden-token');
    expect(status).toBe(1);
  });

  test('fails where the kubeconfig that is named is not there', async () => {
    const { status, out } = await folder.calicoctl(['cluster', 'status', '--kubeconfig', 'missing']);
    expect(out).toMatch(/^Not known to be healthy: .*\nUNKNOWN {3}.*missing/);
    expect(status).toBe(1);
  });

  test('tells of a lock, in YAML too', async () => {
    await folder.calicoctl(['datastore', 'migrate', 'lock', '--reason', 'a test']);
    try {
      const { status, out } = await folder.calicoctl(['cluster', 'status']);
      expect(out).toMatch(/^Not healthy: 1 critical\nCRITICAL {2}the datastore is locked by .* for a test: /);
      expect(status).toBe(1);
      const yaml = await folder.calicoctl(['cluster', 'status', '-o', 'yaml']);
      expect(yaml.out).toMatch(/\ncritical: 1\nerrors: 0\nhealthy: false\n/);
      expect(yaml.status).toBe(1);
      const settings = `kind: CalicoAPIConfig\napiVersion: projectcalico.org/v3\nspec: {datastoreType: file, fileDir: .datastore}\n`;
      const config = await folder.write('other.cfg', settings);
      const { out: named } = await folder.calicoctl(['cluster', 'status', '-c', config]);
      expect(named).toContain(` Try: calicoctl datastore migrate unlock -c ${config}\n`);
    } finally {
      await folder.calicoctl(['datastore', 'migrate', 'unlock']);
    }
  });

  test('counts warnings with --fail-on warning', async () => {
    const file = '.datastore/clusterinformations/default.yaml';
    await folder.write(file, (await folder.read(file)).replace('spec:', 'spec:\n  calicoVersion: v3.31.0'));
    const { status } = await folder.calicoctl(['cluster', 'status']);
    const strict = await folder.calicoctl(['cluster', 'status', '--fail-on', 'warning']);
    expect([status, strict.status]).toEqual([0, 1]);
    expect(strict.out).toContain(
      'WARNING   this calicoctl is for Calico v3.32.0, the cluster runs v3.31.0\n',
    );
  });

  test('refuses what it does not know', async () => {
    expect((await folder.calicoctl(['cluster', 'status', '--fail-on', 'info'])).err).toContain(
      "severity 'info'",
    );
    expect((await folder.calicoctl(['cluster', 'status', '-o', 'xml'])).err).toContain("output format 'xml'");
    expect((await folder.calicoctl(['cluster', 'status', '-c', 'missing.cfg'])).status).toBe(1);
  });
});
