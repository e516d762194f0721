import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { origins } from '../../src/config/origins.ts';
import type { Context } from '../../src/kit/command.ts';
import { remedies } from '../../src/kit/remedy.ts';

type Env = Readonly<Record<string, string>>;

async function meant(config: string | undefined, env: Env, kubeconfig?: string, current?: string) {
  const context = {
    globals: { context: current },
    configuration: (configFile: string | undefined) =>
      loadConfiguration({ configFile, context: current, env, cwd: '/' }),
    settingsOf: origins,
  } as unknown as Context;
  return ['calicoctl get nodes', 'kubectl get pods', 'timedatectl status'].map(
    await remedies(context, { config, kubeconfig }),
  );
}

test('command lines mean the cluster that was looked at', async () => {
  const env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: '/k' };
  const folder = mkdtempSync(join(tmpdir(), 'calicoctl-remedy-'));
  try {
    const config = join(folder, 'it is.cfg');
    const spec = { datastoreType: 'kubernetes', kubeconfig: '/its/own', k8sCurrentContext: 'prod' };
    writeFileSync(
      config,
      JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'CalicoAPIConfig', spec }),
    );
    expect(await meant(undefined, env)).toEqual([
      ...['calicoctl get nodes', 'kubectl get pods', 'timedatectl status'],
    ]);
    expect(await meant(undefined, env, undefined, 'prod')).toEqual([
      ...['calicoctl get nodes --context prod', 'kubectl --context prod get pods', 'timedatectl status'],
    ]);
    expect(await meant(undefined, { ETCD_ENDPOINTS: 'http://e' }, '/k')).toEqual([
      ...['calicoctl get nodes', 'kubectl --kubeconfig /k get pods', 'timedatectl status'],
    ]);
    expect(await meant(config, {})).toEqual([
      ...[`calicoctl get nodes -c '${config}'`, 'kubectl --kubeconfig /its/own --context prod get pods'],
      'timedatectl status',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
