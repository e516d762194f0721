import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { Run } from '../../commands/run.ts';
import { startKubelet } from '../../testbed/kubelet.ts';
import { openStage, type Stage } from './stage.ts';
import { summaryOf, unpacked } from './unpacked.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());

const unpack = (run: Run) => unpacked(stage.space.folder, run);

describe('a cluster that does not help', () => {
  test('focus and limits choose pods', async () => {
    const { space, env } = stage;
    const argv = [
      'cluster',
      'diags',
      '--focus-nodes',
      'worker-3, worker-2',
      '--max-logs',
      '1',
      '--max-parallelism=-1',
    ];
    const run = await space.calicoctl([...argv, '--skip-temp-dir-cleanup'], { env });
    const pods = [...run.out.matchAll(/^Collecting detailed diags for pod (\S+)/gm)].map(([, name]) => name);
    expect(pods.filter((name) => name!.startsWith('calico-node'))).toEqual(['calico-node-3abcd']);
    const [, folder] = /^Created temporary directory: (.*)$/m.exec(run.out)!;
    expect(statSync(folder!).mode & 0o777).toBe(0o700);
    expect(run.err).toContain(`the temporary folder ${folder} was kept`);
    rmSync(folder!, { recursive: true });
  });

  test('one who may do little gets what there is, and every refusal is told', async () => {
    const { server, space, env } = stage;
    const run = await space.calicoctl(['cluster', 'diags'], {
      env: { ...env, KUBECONFIG: server.limited.kubeconfig },
    });
    const bundle = unpack(run);
    expect(run.status).toBe(0);
    expect(bundle.text('cluster/crd/ippools.crd.projectcalico.org.yaml')).toContain('pool-is-readable');
    const { steps } = summaryOf(bundle);
    expect(steps.find(({ step }) => step === 'pods (yaml)')).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('user "limited" may not list pods in the whole cluster'),
    });
    expect(run.err).toContain(
      'failed: names of nodes: user "limited" may not list nodes in the whole cluster',
    );
  });

  test('an API server that is not there ends it, with a hint', async () => {
    const { server, space, env } = stage;
    const config = readFileSync(server.kubeconfig, 'utf8').replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');
    const path = await space.write('elsewhere.kubeconfig', config);
    const run = await space.calicoctl(['cluster', 'diags'], { env: { ...env, KUBECONFIG: path } });
    expect(run.status).toBe(1);
    expect(run.out).toContain(
      'ERROR creating clients: Kubernetes API server at https://127.0.0.1:1: connection refused',
    );
    expect(run.err).toContain('connection refused');
    expect(readdirSync(space.folder).filter((name) => name.startsWith('calicoctl-diags-'))).toEqual([]);
  });

  test('with another datastore, resources come from there and the rest from Kubernetes', async () => {
    const { space, env } = stage;
    await space.write('pool.yaml', POOL);
    const other = { ...env, DATASTORE_TYPE: 'file' };
    expect((await space.calicoctl(['apply', '-f', 'pool.yaml'], { env: other })).status).toBe(0);
    const bundle = unpack(await space.calicoctl(['cluster', 'diags'], { env: other }));
    expect(bundle.text('cluster/calico/ippools.yaml')).toContain('pool-of-the-folder');
    expect(bundle.text('cluster/kubernetes/nodes.yaml')).toContain('worker-1');
    const gone = await space.calicoctl(
      ['cluster', 'diags', '--kubeconfig', await space.write('none', 'x: [')],
      { env: other },
    );
    expect(gone.status).toBe(1);
  });

  test('a node whose kubelet is gone costs one try', async () => {
    const { scene, kubelet, space, env } = stage;
    const gone = await startKubelet();
    await scene.node('worker-3', gone);
    await gone.stop();
    const bundle = unpack(await space.calicoctl(['cluster', 'diags', '--max-parallelism', '1'], { env }));
    const about = summaryOf(bundle).steps.filter(({ step }) =>
      /on node worker-3|logs of .*-3abcd/.test(step),
    );
    expect(about[0]).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('does not reach the kubelet of its node'),
    });
    expect(new Set(about.slice(1).map(({ outcome }) => outcome))).toEqual(new Set(['skipped']));
    expect(bundle.names).toContain('nodes/worker-3/calico-system/calico-node-3abcd.txt');
    await scene.node('worker-3', kubelet);
  });

  test('Ctrl-C packs what there is by then and says so', async () => {
    const { scene, kubelet, space, env } = stage;
    let asked = () => {};
    const hanging = new Promise<void>((done) => {
      asked = done;
    });
    const silent = await startKubelet({
      logs: () => {
        asked();
        return new Promise<never>(() => {});
      },
      exec: () => new Promise<never>(() => {}),
    });
    await scene.node('worker-1', silent);
    const stop = new AbortController();
    const running = space.calicoctl(['cluster', 'diags', '--max-parallelism', '4'], {
      env,
      signal: stop.signal,
    });
    await Promise.race([hanging, new Promise((done) => setTimeout(done, 1500))]);
    stop.abort();
    const began = Date.now();
    const run = await running;
    expect(Date.now() - began).toBeLessThan(3000);
    expect(run.status).toBe(130);
    expect(run.err).toContain('interrupted: the bundle holds what had been collected until then');
    const bundle = unpack(run);
    expect(bundle.names).toContain('tls/calico-system_typha-certs.yaml');
    expect(bundle.text('summary.txt')).toContain('interrupted:');
    await scene.node('worker-1', kubelet);
    await silent.stop();
  });
});

const POOL = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: pool-of-the-folder}
spec: {cidr: 10.9.0.0/16}
`;
