import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type Run, type Workspace, workspace } from '../../commands/run.ts';
import { type ApiServer, startApiServer } from '../../testbed/api-server.ts';
import { openScene, type Scene } from '../../testbed/kube-scene.ts';
import { type Kubelet, startKubelet } from '../../testbed/kubelet.ts';
import { buildScene, calicoKubelet } from './scene.ts';
import { type Planted, planted } from './secrets.ts';
import { summaryOf, type Unpacked, unpacked } from './unpacked.ts';

let server: ApiServer;
let scene: Scene;
let kubelet: Kubelet;
let secrets: Planted;
let space: Workspace;
let env: Record<string, string>;

beforeAll(async () => {
  secrets = planted();
  server = await startApiServer();
  scene = await openScene(server.kubeconfig);
  kubelet = await calicoKubelet(secrets);
  await buildScene(scene, kubelet, secrets);
  space = await workspace();
  // No kubectl, nor anything else.
  env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: server.kubeconfig, PATH: '', TMPDIR: space.folder };
}, 60_000);

afterAll(async () => {
  scene.close();
  await kubelet.stop();
  await server.stop();
  await space.remove();
});

const unpack = (run: Run) => unpacked(space.folder, run);

describe('a bundle of a whole cluster, without kubectl', () => {
  let run: Run;
  let bundle: Unpacked;
  beforeAll(async () => {
    run = await space.calicoctl(['cluster', 'diags', '--since', '2h'], { env });
    bundle = unpack(run);
  }, 60_000);

  test('is made in the current folder, for its owner alone, and nothing else is left', () => {
    expect(run.status).toBe(0);
    expect(run.out).toStartWith('==== Begin collecting diagnostics. ====\nCreated temporary directory: ');
    expect(run.out).toMatch(
      /\n==== Producing a diagnostics bundle. ====\nDiagnostic bundle created at \.\/calico-diagnostics-\d{8}_\d{6}\.tar\.gz\n$/,
    );
    expect(statSync(bundle.archive).mode & 0o777).toBe(0o600);
    expect(readdirSync(space.folder).filter((name) => name.startsWith('calicoctl-diags-'))).toEqual([]);
  });

  test('tells what it does in the words of the reference', () => {
    const lines = run.out.split('\n');
    for (const line of [
      'Collecting (censored) TLS secrets',
      'Collecting secret calico-system/typha-certs (censoring sensitive data) ',
      'unable to get secret tigera-dex/tigera-dex-tls, skipping...',
      'Collecting detailed diags for namespace calico-system...',
      'Collecting detailed diags for pod calico-node-2abcd in namespace calico-system on node worker-2...',
      '==== WARNING: Unsupported annotation usage detected in the cluster ====',
    ])
      expect(lines).toContain(line);
    const numbers = lines
      .map((line) => /^\[(\d+)\] Collecting /.exec(line)?.[1])
      .filter((number) => number !== undefined);
    expect(numbers).toEqual(numbers.map((_, index) => String(index + 1)));
  });

  test('has the files of the reference, and more', () => {
    const node = 'nodes/worker-1/calico-system/calico-node-1abcd';
    for (const name of [
      'tls/calico-system_typha-certs.yaml',
      ...['.log', '.txt', '.calico-node.previous.log'].map((ending) => node + ending),
      'links/calico-system/calico-node-1abcd.log',
      'nodes/unscheduled/calico-system/calico-kube-controllers-xabcd.txt',
      ...['ip-addr.txt', 'iptables-nft-save.txt', 'conntrack-list.txt', 'cni.log.log'].map(
        (file) => `nodes/worker-3/${file}`,
      ),
      ...['bird.cfg', 'bird-protocols.txt'].map((file) => `nodes/worker-3/${file}`),
      'cluster/version.yaml',
      'cluster/crd/ippools.crd.projectcalico.org.yaml',
      'cluster/crd/installations.operator.tigera.io.txt',
      'cluster/calico-system/calico-system.yaml',
      ...['pods', 'sc', 'pv', 'networkpolicies.networking.k8s.io'].flatMap((word) =>
        ['yaml', 'txt'].map((ending) => `cluster/kubernetes/${word}.${ending}`),
      ),
      'cluster/ipam/check.txt',
      ...['summary.txt', 'summary.json', 'files_with_unsupported_annotation.txt'],
    ])
      expect(bundle.names).toContain(name);
    expect(bundle.text('links/calico-system/calico-node-1abcd.log')).toBe(bundle.text(`${node}.log`));
    expect(bundle.names.filter((name) => name.includes('coredns'))).toEqual([]);
    expect(bundle.text('files_with_unsupported_annotation.txt')).toBe(
      'cluster/crd/installations.operator.tigera.io.yaml\n',
    );
  });

  test('says what is to be known', () => {
    const log = bundle.text('nodes/worker-1/calico-system/calico-node-1abcd.log');
    expect(log).toContain('log of calico-node-1abcd calico-node\n');
    expect(log).toContain('the line behind is readable');
    expect(log).toContain('is waiting to start: ContainerCreating');
    expect(bundle.text('nodes/worker-1/calico-system/calico-node-1abcd.calico-node.previous.log')).toContain(
      ' before\n',
    );
    const described = bundle.text('nodes/worker-1/calico-system/calico-node-1abcd.txt');
    expect(described).toMatch(/Last State: +terminated \(OOMKilled, exit code 137\)/);
    expect(described).toMatch(/Warning +BackOff +3 +Back-off restarting/);
    expect(bundle.text('tls/calico-system_typha-certs.yaml')).toContain('subject CN=typha-server');
    expect(bundle.text('cluster/kubernetes/configmaps.yaml')).toContain('calico-typha-is-readable');
    expect(bundle.text('cluster/kubernetes/pods.yaml')).toContain('info-is-readable');
    expect(bundle.text('cluster/crd/ippools.crd.projectcalico.org.txt')).toContain('pool-is-readable');
    expect(bundle.text('cluster/kubernetes/nodes.txt')).toMatch(/^NAME +STATUS +ROLES/);
    expect(bundle.text('nodes/worker-2/bird.cfg')).toContain(
      'neighbor 10.0.0.2 as 64512; password "<redacted>"',
    );
    expect(bundle.text('nodes/worker-2/ipset-list.txt')).toContain('Operation not permitted');
    expect(bundle.text('cluster/ipam/check.txt')).toContain('Checking IPAM for inconsistencies');
  });

  test('names what failed, there and on the terminal, and goes on', () => {
    const ipset =
      'ipset list on node worker-1: it ended with status 1: ipset v7: Kernel error received: Operation not permitted';
    expect(run.err.split('\n')).toContain(`failed: ${ipset}`);
    const { steps } = JSON.parse(bundle.text('summary.json')) as {
      steps: { step: string; outcome: string; reason?: string }[];
    };
    const failed = steps.filter(({ outcome }) => outcome === 'failed').map(({ step }) => step);
    expect(failed).toEqual([1, 2, 3].map((node) => `ipset list on node worker-${node}`));
    const nft = steps.find(({ step }) => step === 'nft -n -a list ruleset on node worker-1')!;
    expect([nft.outcome, nft.reason]).toEqual(['skipped', 'exec: "nft": executable file not found in $PATH']);
    expect(bundle.text('summary.txt')).toContain(`${steps.length} steps: `);
  });

  test('shows none of the secrets that were planted, in any form, anywhere', () => {
    expect(secrets.all.length).toBeGreaterThan(800);
    const told = [run.out, run.err, ...bundle.names.map((name) => `${name}\n${bundle.text(name)}`)];
    const shown = told.flatMap((text) =>
      secrets.all
        .filter((secret) => text.includes(secret))
        .map(
          (secret) =>
            `${text.split('\n')[0]}: ${text.slice(Math.max(0, text.indexOf(secret) - 80), text.indexOf(secret) + 20)}`,
        ),
    );
    expect(shown).toEqual([]);
    // They were there to be found: what stands around them is.
    expect(told.filter((text) => text.includes('<redacted>')).length).toBeGreaterThan(30);
    expect(told.join('')).not.toContain('PRIVATE KEY-----\nM');
  });
});

describe('a cluster that does not help', () => {
  test('focus and limits choose pods', async () => {
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
