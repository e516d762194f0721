/** The rows of the Kubernetes datastore: a real API server of its own, and kubectl asking it for the same. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchEtcd } from '../testbed/etcd.mjs';
import { describeCluster, launchCluster, prepareCluster, publishCluster } from '../testbed/kubernetes.mjs';
import { freePort } from '../testbed/processes.mjs';
import { POOL, writePolicies } from './data.mjs';
import { memoryOf, paired, timeOf } from './measure.mjs';
import { evaluate } from './report.mjs';

/** Starts an API server with Calico's kinds in `<home>/<name>`; returns its kubeconfig, its etcd and how to stop it. */
export async function startCluster(home, name) {
  const folder = join(home, name);
  const store = {
    folder: join(folder, 'etcd'),
    port: await freePort(),
    peerPort: await freePort(),
    recent: true,
    args: ['--quota-backend-bytes', '8000000000'],
  };
  const etcd = await launchEtcd(store);
  const server = await describeCluster({
    folder: join(folder, 'server'),
    etcd: `http://127.0.0.1:${store.port}`,
    mode: 'v1',
    // As clusters have it.
    watchCache: true,
  });
  const api = await launchCluster(server);
  await prepareCluster(server);
  const stop = () => {
    api.kill('SIGKILL');
    etcd.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  return { kubeconfig: publishCluster(server).adminKubeconfig, etcd: server.etcd, stop };
}

const KIND = 'globalnetworkpolicies.crd.projectcalico.org';

/** What is done with a thousand policies, in this order; the targets are the issue's. */
const THOUSAND = [
  ['create 1,000 policies, Kubernetes', 'create', 5000, '≤ 5 s (reference 383 s)'],
  ['apply the 1,000 again, Kubernetes', 'apply', 5000, '≤ 5 s (reference 781 s)'],
  ['delete 1,000 policies, Kubernetes', 'delete', 5000, '≤ 5 s'],
];

/**
 * Measures and hands each row to `add`. `runs` is `{ small, medium, big }`, how often short commands, thousands and ten
 * thousands are run; `calicoctl` makes a command of an environment and words; without kubectl there are no ratios.
 */
export async function kubernetesRows({ home, calicoctl, hasKubectl, runs, add }) {
  const { kubeconfig, stop } = await startCluster(home, 'kubernetes');
  process.on('exit', stop);
  const onKubernetes = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: kubeconfig, HOME: home };
  const ours = (...args) => calicoctl(onKubernetes, ...args);
  const kubectl = (...args) => ({ program: 'kubectl', args, env: onKubernetes });
  const file = (count) => {
    const path = join(home, `policies-${count}.yaml`);
    writePolicies(path, count);
    return path;
  };
  await getPool({ home, ours, kubectl: hasKubectl ? kubectl : undefined, runs, add });
  await thousand({ file: file(1000), ours, runs, add });
  await tenThousand({ file: file(10_000), ours, kubectl: hasKubectl ? kubectl : undefined, runs, add });
  process.off('exit', stop);
  stop();
}

async function getPool({ home, ours, kubectl, runs, add }) {
  const pool = join(home, 'pool.yaml');
  writeFileSync(pool, POOL);
  timeOf(ours('create', '-f', pool));
  const command = ours('get', 'ippool');
  const times = paired(command, kubectl?.('get', 'ippools.crd.projectcalico.org'), runs.small);
  const [limit, target] = [0.5, '≤ 0.5 of `kubectl get` of the same'];
  const name = '`get ippool`, Kubernetes';
  add(evaluate({ name, ...times, paired: true, limit, target, memory: await memoryOf(command) }));
}

async function thousand({ file, ours, runs, add }) {
  const times = THOUSAND.map(() => []);
  // The first round meets a server that has done nothing yet; it is thrown away.
  for (let round = -1; round < runs.medium; round++) {
    for (const [i, [, verb]] of THOUSAND.entries()) {
      const took = timeOf(ours(verb, '-f', file));
      if (round >= 0) times[i].push(took);
    }
  }
  for (const [i, [name, , limit, target]] of THOUSAND.entries())
    add(evaluate({ name, ours: times[i], limit, target }));
}

async function tenThousand({ file, ours, kubectl, runs, add }) {
  const create = timeOf(ours('create', '-f', file));
  add(evaluate({ name: 'create 10,000 policies, Kubernetes', ours: [create] }));
  const get = ours('get', 'gnp', '-o', 'yaml');
  const times = paired(get, kubectl?.('get', KIND, '-o', 'yaml'), runs.big);
  const name = '`get gnp -o yaml` of 10,000, Kubernetes';
  add(evaluate({ name, ...times, limit: 3000, target: '≤ 3 s', memory: await memoryOf(get) }));
  const remove = timeOf(ours('delete', '-f', file));
  add(evaluate({ name: 'delete 10,000 policies, Kubernetes', ours: [remove] }));
}
