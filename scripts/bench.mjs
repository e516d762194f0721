/**
 * `npm run bench`: builds dist/calicoctl, measures whole processes against a fresh etcd, a folder and a Kubernetes API
 * server, and writes the table in docs/benchmarks.md. `-- --quick` measures less and writes no page; `--no-build` takes
 * dist/calicoctl as it is; `--only=etcd`, `--only=validate`, `--only=kubernetes`, `--only=cluster` or `--only=node` measures that
 * alone and writes no page either; `--only=outage` (node and cluster) and `--only=ipam` write their part of the page.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterRows } from './bench/cluster.mjs';
import { POOL, writeNetworkSets, writePolicies } from './bench/data.mjs';
import { ipamRows } from './bench/ipam.mjs';
import { kubernetesRows } from './bench/kubernetes.mjs';
import { memoryOf, paired, timeOf } from './bench/measure.mjs';
import { nodeRows } from './bench/node.mjs';
import { growthPlot } from './bench/plot.mjs';
import {
  evaluate,
  IPAM_RESULTS,
  machine,
  mebibytes,
  milliseconds,
  OUTAGE_RESULTS,
  tableOf,
  writePage,
} from './bench/report.mjs';
import { validateRows } from './bench/validate.mjs';
import { installPackages, root, run } from './install.mjs';
import { freePort, launchEtcd } from './testbed/etcd.mjs';

const quick = process.argv.includes('--quick');
const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length);
const SMALL = quick ? 9 : 31;
const MEDIUM = quick ? 3 : 15;
const BIG = quick ? 1 : 5;
const CALICOCTL = join(root, 'dist', 'calicoctl');

installPackages();
if (!process.argv.includes('--no-build') && run('node', ['scripts/build.mjs']) !== 0) process.exit(1);
const home = mkdtempSync(join(tmpdir(), 'calicoctl-bench-'));
const server = { folder: join(home, 'etcd'), port: await freePort(), peerPort: await freePort() };
const etcd = await launchEtcd(server);
process.on('exit', () => {
  etcd.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const onEtcd = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: `http://127.0.0.1:${server.port}` };
const onFolder = { DATASTORE_TYPE: 'file', CALICO_FILE_DIR: join(home, 'folder') };
const ours = (env, ...args) => ({ program: CALICOCTL, args, env });
const kubectl = findKubectl();
const rows = [];

function findKubectl() {
  const command = { program: 'kubectl', args: ['version', '--client'] };
  const { error } = spawnSync(command.program, command.args, { stdio: 'ignore' });
  if (error === undefined) return command;
  console.error('kubectl is not on the PATH: ratios to it are left out, and their targets not judged.');
  return undefined;
}

function add(row) {
  rows.push(row);
  const ratio = row.ratio === undefined ? '' : `, ${row.ratio.toFixed(2)} of kubectl`;
  const time =
    row.middle === undefined ? '' : `${milliseconds(row.middle)} (least ${milliseconds(row.least)})${ratio}`;
  console.error(`${row.name}: ${time}${row.memory === undefined ? '' : ` ${mebibytes(row.memory)}`}`);
}

/** A short command, in turn with kubectl. */
async function short(name, limit, command) {
  const times = paired(command, kubectl, SMALL);
  const target = `≤ ${limit} of kubectl`;
  add(evaluate({ name, ...times, paired: true, limit, target, memory: await memoryOf(command) }));
}

async function shortCommands() {
  const pool = join(home, 'pool.yaml');
  writeFileSync(pool, POOL);
  for (const env of [onEtcd, onFolder]) timeOf(ours(env, 'create', '-f', pool));
  await short('`version --client`', 0.4, ours({}, 'version', '--client'));
  await short('`get ippool`, folder', 0.5, ours(onFolder, 'get', 'ippool'));
  await short('`get ippool`, etcd', 0.65, ours(onEtcd, 'get', 'ippool'));
}

async function thousand() {
  const file = join(home, '1000.yaml');
  writePolicies(file, 1000);
  const times = [];
  // The first run meets an etcd that has done nothing yet; it is thrown away, as with the short commands.
  for (let i = -1; i < MEDIUM; i++) {
    const took = timeOf(ours(onEtcd, 'create', '-f', file));
    if (i >= 0) times.push(took);
    timeOf(ours(onEtcd, 'delete', '-f', file));
  }
  add(
    evaluate({
      name: 'create 1,000 policies, etcd',
      ours: times,
      limit: 500,
      target: '≤ 0.5 s (reference 1.8 s)',
    }),
  );
}

const BULK = [
  ['create 10,000 policies, etcd', ['create', '-f'], 5000, '≤ 5 s (reference 19.2 s)'],
  ['`get gnp -o yaml` of 10,000, etcd', ['get', 'gnp', '-o', 'yaml'], undefined, 'reference 2.6 s'],
  ['apply the 10,000 again, etcd', ['apply', '-f']],
  ['delete 10,000 policies, etcd', ['delete', '-f']],
];

async function tenThousand(file) {
  const times = BULK.map(() => []);
  const memory = [];
  for (let round = 0; round < BIG; round++) {
    for (const [i, [, words]] of BULK.entries()) {
      const command = ours(onEtcd, ...words, ...(words.at(-1) === '-f' ? [file] : []));
      times[i].push(timeOf(command));
      // The memory of a run is taken from one of its own, where it can be repeated.
      if (round === 0 && i === 1) memory[i] = await memoryOf(command);
    }
  }
  for (const [i, [name, , limit, target]] of BULK.entries())
    add(evaluate({ name, ours: times[i], limit, target, memory: memory[i] }));
}

async function folder(file) {
  const times = [];
  for (let i = 0; i < Math.min(BIG, 3); i++) {
    const directory = join(home, `folder-${i}`);
    times.push(timeOf(ours({ ...onFolder, CALICO_FILE_DIR: directory }, 'create', '-f', file)));
    rmSync(directory, { recursive: true });
  }
  add(evaluate({ name: 'create 10,000 policies, folder', ours: times }));
}

/** Memory must not follow the size of lists and files. */
async function memory() {
  const policies = join(home, '100000.yaml');
  const size = writePolicies(policies, 100_000);
  const command = ours(onEtcd, 'create', '-f', policies);
  add({
    name: `create 100,000 policies from a file of ${mebibytes(size)}, etcd`,
    memory: await memoryOf(command),
  });
  const get = ours(onEtcd, 'get', 'gnp', '-o', 'yaml');
  add(
    evaluate({
      name: '`get gnp -o yaml` of 100,000, etcd',
      ours: [timeOf(get)],
      memory: await memoryOf(get),
    }),
  );
  const sets = join(home, 'sets.yaml');
  const bytes = writeNetworkSets(sets, 10_000);
  const apply = ours(onEtcd, 'apply', '-f', sets);
  const name = `apply a file of ${mebibytes(bytes)} (10,000 network sets of 700 nets), etcd`;
  add(evaluate({ name, ours: [timeOf(apply)], memory: await memoryOf(apply) }));
}

async function etcdAndFolder() {
  mkdirSync(join(home, 'folder'));
  const file = join(home, '10000.yaml');
  writePolicies(file, 10_000);
  await shortCommands();
  await thousand();
  await tenThousand(file);
  await folder(file);
  if (!quick) await memory();
}

if (!only || only === 'etcd') await etcdAndFolder();
etcd.kill('SIGKILL');
const runs = { small: SMALL, medium: Math.min(MEDIUM, 5), big: BIG };
if (!only || only === 'validate') await validateRows({ home, calicoctl: ours, runs, short, add });
if (!only || only === 'kubernetes') {
  await kubernetesRows({ home, calicoctl: ours, hasKubectl: kubectl !== undefined, runs, add });
}
const yardstick = kubectl
  ? ''
  : '\n\nkubectl was not on the PATH: there are no ratios, and targets that need one were not judged.';
const page = join(root, 'docs', 'benchmarks.md');
const textOf = (measuredRows) => `Measured on ${machine()}.${yardstick}\n\n${tableOf(measuredRows)}`;
const plain = rows.length;
const isOutage = !only || only === 'outage';
if (isOutage || only === 'cluster') {
  await clusterRows({ home, calicoctl: ours, hasKubectl: kubectl !== undefined, runs, add });
}
if (isOutage || only === 'node') await nodeRows({ calicoctl: ours, kubectl, runs, add });
const others = rows.length;
if (isOutage && !quick) writePage(page, textOf(rows.slice(plain)), OUTAGE_RESULTS);
if (!only || only === 'ipam') {
  const points = await ipamRows({
    home,
    calicoctl: ours,
    hasKubectl: kubectl !== undefined,
    quick,
    runs,
    add,
  });
  if (!quick) {
    writePage(page, textOf(rows.slice(others)), IPAM_RESULTS);
    writeFileSync(join(root, 'docs', 'ipam-growth.svg'), growthPlot(points));
  }
}
if (!quick && !only) writePage(page, textOf(rows.slice(0, plain)));
else console.log(tableOf(rows));
process.exit(rows.some(({ met }) => met === false) ? 1 : 0);
