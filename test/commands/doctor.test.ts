import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Workspace, workspace } from './run.ts';

let folder: Workspace;
beforeAll(async () => {
  folder = await workspace();
  await folder.calicoctl(['datastore', 'init', '--yes']);
});
afterAll(() => folder.remove());

describe('doctor', () => {
  test('tells of each step, and that all is well', async () => {
    const { status, out } = await folder.calicoctl(['doctor']);
    expect(out).toStartWith('[ok]   Configuration: datastore file, settings from the environment\n');
    expect(out).toContain('[ok]   Datastore: initialised, and not locked\n');
    expect(out).toContain('[skip] Nodes and their names: no Kubernetes is configured');
    expect(out).toEndWith('\nAll is well.\n');
    expect(status).toBe(0);
  });

  test('says what to do, with a command', async () => {
    await folder.calicoctl(['datastore', 'migrate', 'lock', '--reason', 'a test']);
    const { status, out } = await folder.calicoctl(['doctor', '--timeout', '1m']);
    await folder.calicoctl(['datastore', 'migrate', 'unlock']);
    expect(out).toMatch(
      /\nWhat to do, the most urgent first:\n 1\. critical: the datastore is locked by .*\n {4}Unlock it .*\n {6}\$ calicoctl datastore migrate unlock\n/,
    );
    expect(status).toBe(1);
  });

  test('tells the same as a document', async () => {
    const { status, out } = await folder.calicoctl(['doctor', '-o', 'json']);
    const { well, steps, todo } = JSON.parse(out);
    expect({ well, todo, status }).toEqual({ well: true, todo: [], status: 0 });
    expect(steps[0]).toMatchObject({ id: 'configuration', title: 'Configuration', outcome: 'ok' });
    const yaml = await folder.calicoctl(['doctor', '-o', 'yaml']);
    expect(yaml.out).toContain('\ntodo: []\nwell: true\n');
  });

  test('tells of settings that have no effect', async () => {
    const config = await folder.write(
      'file.cfg',
      'apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\nmetadata: {}\nspec: {datastoreType: etcdv3, etcdEndpoints: "http://127.0.0.1:9"}\n',
    );
    const { status, out } = await folder.calicoctl(['doctor', '-c', config], {
      env: { KUBECONFIG: '/none' },
    });
    expect(out).toContain('KUBECONFIG is set and has no effect, for settings come from');
    expect(status).toBe(1);
  });

  test('takes a kubeconfig beside the datastore, and tells that it cannot be read', async () => {
    const { status, out } = await folder.calicoctl(['doctor', '--kubeconfig', 'missing']);
    expect(out).toMatch(/\[warn\] Nodes and their names: not known: .*missing/);
    expect(status).toBe(1);
  });

  test('refuses what it does not know', async () => {
    expect((await folder.calicoctl(['doctor', '-o', 'xml'])).err).toContain("output format 'xml'");
    expect((await folder.calicoctl(['doctor', '--timeout', 'soon'])).err).toContain("--timeout 'soon'");
  });
});
