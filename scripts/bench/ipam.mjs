/** The rows of address management: generated clusters of 10,000, 100,000 and 1,000,000 addresses, and their plot. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../install.mjs';
import { launchEtcd } from '../testbed/etcd.mjs';
import { freePort } from '../testbed/processes.mjs';
import { startCluster } from './kubernetes.mjs';
import { measured } from './measure.mjs';
import { evaluate } from './report.mjs';

const MB = 1_000_000;

/** The targets of `ipam check`; the reference's figures are those of the issue. */
const SIZES = [
  { allocations: 10_000 },
  {
    ...{ allocations: 100_000, limit: 2200, memoryLimit: 150 * MB },
    target: '≤ 2.2 s, ≤ 150 MB (reference 5.6 s, 0.94 GB)',
  },
  {
    ...{ allocations: 1_000_000, limit: 32_000, memoryLimit: 1200 * MB, once: true },
    target: '≤ 32 s, ≤ 1.2 GB (reference 80 s, 10.5 GB)',
  },
];
const ON_KUBERNETES = 100_000;

/** Of so many addresses nobody knows whose they are. */
const leaksOf = (allocations) => allocations / 1000;

const named = (allocations) => allocations.toLocaleString('en');

function generate(etcd, allocations, ...form) {
  const words = [
    'scripts/bench/ipam-cluster.ts',
    etcd,
    String(allocations),
    String(leaksOf(allocations)),
    ...form,
  ];
  const bun = join(root, 'node_modules/.bin/bun');
  const { status, stderr } = spawnSync(bun, words, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`generating ${allocations} addresses ended with ${status}: ${stderr}`);
}

/** Times and the highest memory of several runs. */
async function repeated(command, times) {
  const runs = [];
  for (let i = 0; i < times; i++) runs.push(await measured(command));
  return { ours: runs.map(({ took }) => took), memory: Math.max(...runs.map(({ memory }) => memory)) };
}

/** Measures and hands each row to `add`; returns the points of the plot, `{ allocations, milliseconds, bytes }`. */
export async function ipamRows({ home, calicoctl, hasKubectl, quick, runs, add }) {
  const points = [];
  for (const size of SIZES.filter(({ once }) => !once || !quick)) {
    const check = await onEtcd({ home, calicoctl, runs: size.once ? 1 : runs.big, add, size });
    points.push({ allocations: size.allocations, milliseconds: check.middle, bytes: check.memory });
  }
  await onKubernetes({ home, calicoctl, hasKubectl, runs, add });
  return points;
}

async function onEtcd({ home, calicoctl, runs, add, size }) {
  const { allocations, limit, memoryLimit, target } = size;
  const folder = join(home, `ipam-${allocations}`);
  const [port, peerPort] = [await freePort(), await freePort()];
  // A busy machine must not make the only member look for another leader.
  const patience = ['--heartbeat-interval', '200', '--election-timeout', '2000'];
  const args = ['--quota-backend-bytes', '8000000000', ...patience];
  const etcd = await launchEtcd({ folder, port, peerPort, args });
  const stop = () => {
    etcd.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.on('exit', stop);
  const endpoint = `http://127.0.0.1:${port}`;
  generate(endpoint, allocations);
  const env = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: endpoint };
  const of = `of ${named(allocations)} addresses, etcd`;
  const row = async (name, words, more = {}) => {
    const evaluated = evaluate({ name, ...(await repeated(calicoctl(env, ...words), runs)), ...more });
    add(evaluated);
    return evaluated;
  };
  const check = await row(`\`ipam check\` ${of}`, ['ipam', 'check'], { limit, memoryLimit, target });
  await row(`\`ipam check -o FILE\` ${of}`, ['ipam', 'check', '-o', join(home, 'ipam-report.json')]);
  await row(`\`ipam show\` ${of}`, ['ipam', 'show']);
  process.off('exit', stop);
  stop();
  return check;
}

/** What `ipam check` reads there. */
const READ = [
  'ipamblocks.crd.projectcalico.org',
  'blockaffinities.crd.projectcalico.org',
  'ipamhandles.crd.projectcalico.org',
  'nodes',
  'pods',
];

/** There is no figure of the reference on Kubernetes: kubectl reads the same objects for comparison. */
async function onKubernetes({ home, calicoctl, hasKubectl, runs, add }) {
  const cluster = await startCluster(home, 'ipam-kubernetes');
  process.on('exit', cluster.stop);
  generate(cluster.etcd, ON_KUBERNETES, 'kubernetes');
  const env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: cluster.kubeconfig, HOME: home };
  const times = Math.min(runs.big, 3);
  // The first run meets a server whose cache is not full yet.
  await measured(calicoctl(env, 'ipam', 'check'));
  const check = await repeated(calicoctl(env, 'ipam', 'check'), times);
  const theirs = [];
  for (let i = 0; hasKubectl && i < times; i++) {
    let took = 0;
    for (const kind of READ) {
      const args = ['get', kind, '--all-namespaces', '-o', 'json'];
      took += (await measured({ program: 'kubectl', args, env })).took;
    }
    theirs.push(took);
  }
  const name = `\`ipam check\` of ${named(ON_KUBERNETES)} addresses, Kubernetes`;
  const target = '≤ 150 MB; time to `kubectl get` of the same (reference on etcd 5.6 s, 0.94 GB)';
  add(evaluate({ name, ...check, theirs, memoryLimit: 150 * MB, target }));
  const show = await repeated(calicoctl(env, 'ipam', 'show'), times);
  add(evaluate({ name: `\`ipam show\` of ${named(ON_KUBERNETES)} addresses, Kubernetes`, ...show }));
  process.off('exit', cluster.stop);
  cluster.stop();
}
