/** The row of the health of a cluster: 500 nodes in a real API server. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../install.mjs';
import { startCluster } from './kubernetes.mjs';
import { measured } from './measure.mjs';
import { evaluate } from './report.mjs';

const SIZE = { nodes: 500, calicoPods: 1500, otherPods: 5000 };
const named = (count) => count.toLocaleString('en');

/** What it reads there; kubectl reads the same for comparison. */
const READ = [
  ['nodes'],
  ['pods', '-l', 'k8s-app in (calico-node,calico-typha,calico-kube-controllers,csi-node-driver)'],
  ['ipamblocks.crd.projectcalico.org'],
];

/** Measures and hands the row to `add`. */
export async function clusterRows({ home, calicoctl, hasKubectl, runs, add }) {
  const cluster = await startCluster(home, 'cluster-status');
  process.on('exit', cluster.stop);
  const words = ['scripts/bench/cluster-generate.ts', cluster.etcd, ...Object.values(SIZE).map(String)];
  const bun = join(root, 'node_modules/.bin/bun');
  const { status, stderr } = spawnSync(bun, words, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`generating a cluster ended with ${status}: ${stderr}`);
  const env = { DATASTORE_TYPE: 'kubernetes', KUBECONFIG: cluster.kubeconfig, HOME: home };
  const health = calicoctl(env, 'cluster', 'status');
  // The first run meets a server whose cache is not full yet.
  await measured(health);
  const looks = [];
  const theirs = [];
  for (let i = 0; i < runs.medium; i++) {
    looks.push(await measured(health));
    if (hasKubectl) theirs.push(await kubectlTime(env));
  }
  const name = `\`cluster status\` of ${named(SIZE.nodes)} nodes, ${named(SIZE.calicoPods)} pods of Calico and ${named(SIZE.otherPods)} others`;
  const memory = Math.max(...looks.map((look) => look.memory));
  const ours = looks.map(({ took }) => took);
  add(evaluate({ name, ours, theirs, memory, limit: 3000, target: '≤ 3 s' }));
  process.off('exit', cluster.stop);
  cluster.stop();
}

async function kubectlTime(env) {
  let took = 0;
  for (const words of READ) {
    const args = ['get', ...words, '--all-namespaces', '-o', 'json'];
    took += (await measured({ program: 'kubectl', args, env })).took;
  }
  return took;
}
