/**
 * Holds the built executable against the recorded behaviour in ../shared/conformance: the areas that are listed in
 * areas.json for each datastore, on real servers. The list only grows; what is left out stands in except.json with why.
 * Arguments choose datastores (`kubernetes`) and areas (`crud`), the latter whether they are listed or not.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { binary } from '../../scripts/testbed/binaries.mjs';

const here = import.meta.dirname;
const root = resolve(here, '../..');
const conformance = resolve(root, '../shared/conformance');
const areas = JSON.parse(readFileSync(join(here, 'areas.json'), 'utf8'));
const except = JSON.parse(readFileSync(join(here, 'except.json'), 'utf8'));

function needPyYaml() {
  if (spawnSync('python3', ['-c', 'import yaml']).status === 0) return;
  spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 2, 2] });
  spawnSync('apt-get', ['install', '-y', '-qq', 'python3', 'python3-yaml'], { stdio: ['ignore', 2, 2] });
}

function scenarios(datastore, chosen) {
  const left = new Set([...(except['*'] ?? []), ...(except[datastore] ?? [])].map((entry) => entry.scenario));
  return chosen.flatMap((area) =>
    readdirSync(join(conformance, 'cases', area))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => `${area}/${name.slice(0, -'.yaml'.length)}`)
      .filter((name) => !left.has(name))
      .map((name) => join(conformance, 'cases', `${name}.yaml`)),
  );
}

const bin = join(root, 'dist/calicoctl');
if (
  !existsSync(bin) &&
  spawnSync('node', ['scripts/build.mjs'], { cwd: root, stdio: ['ignore', 2, 2] }).status !== 0
)
  process.exit(1);
needPyYaml();
// A testbed that was up before is somebody else's to stop.
const wasUp = existsSync(join(root, '.testbed/state.json'));
const up = spawnSync('node', ['scripts/testbed.mjs', 'up'], {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 2],
});
const servers = JSON.parse(up.stdout);
const flags = {
  etcd: ['--etcd', servers.etcd],
  file: ['--file'],
  kubernetes: ['--kube-etcd', servers.kubeEtcd, '--kubeconfig', servers.kubeconfig],
  'kubernetes-v3': ['--kube-v3-etcd', servers.kubeV3Etcd, '--kubeconfig-v3', servers.kubeconfigV3],
};
const wanted = process.argv.slice(2);
const wantedAreas = wanted.filter((word) => !(word in flags));
const datastores = wanted.filter((word) => word in flags);

/** The checker sets clusters up with kubectl. */
async function surroundings(datastore) {
  if (!datastore.startsWith('kubernetes')) return process.env;
  return { ...process.env, PATH: `${process.env.PATH}${delimiter}${dirname(await binary('kubectl'))}` };
}

let passed = 0;
let failed = 0;
for (const datastore of datastores.length > 0 ? datastores : Object.keys(areas)) {
  const files = scenarios(datastore, wantedAreas.length > 0 ? wantedAreas : (areas[datastore] ?? []));
  if (files.length === 0) continue;
  const done = spawnSync(
    'python3',
    [join(conformance, 'conformance'), 'check', '--bin', bin, ...flags[datastore], ...files],
    { encoding: 'utf8', maxBuffer: 1 << 28, env: await surroundings(datastore) },
  );
  process.stdout.write(`== ${datastore}\n${done.stdout}${done.stderr}`);
  const line = /^(\d+) passed, (\d+) failed$/m.exec(done.stdout);
  passed += Number(line?.[1] ?? 0);
  failed += line === null ? 1 : Number(line[2]);
}
if (!wasUp) spawnSync('node', ['scripts/testbed.mjs', 'down'], { cwd: root, stdio: 'ignore' });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
