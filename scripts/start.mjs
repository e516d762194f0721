/**
 * `npm start`: the main job on the embedded folder datastore, step by step. `npm start -- WORDS…` runs one command line
 * on the same folder.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { installPackages, root } from './install.mjs';

installPackages();
const directory = join(tmpdir(), `calicoctl-start-${userInfo().username}`);
const env = { ...process.env, DATASTORE_TYPE: 'file', CALICO_FILE_DIR: directory };
const words = process.argv.slice(2);

/** Runs a command line on the folder and returns its exit status. */
function calicoctl(args) {
  const { status, error } = spawnSync(join(root, 'bin/calicoctl'), args, {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  if (error) throw error;
  return status ?? 1;
}

function step(title, args, expected = 0) {
  const shown = args.map((word) => (/^[\w./=,-]+$/.test(word) ? word : `'${word}'`)).join(' ');
  console.log(`\n${title === '' ? '' : `# ${title}\n`}$ calicoctl ${shown}`);
  const status = calicoctl(args);
  if (status === expected) return;
  console.error(`That should have ended with status ${expected}, not ${status}.`);
  process.exit(1);
}

if (words.length > 0) {
  if (!existsSync(directory))
    console.error(`The folder ${directory} is empty: run \`npm start\` first to fill it.`);
  process.exit(calicoctl(words));
}

rmSync(directory, { recursive: true, force: true });
console.log(`The datastore is the folder ${directory}: one file a resource.`);
step('A small cluster: pools, nodes, BGP, Felix, tiers and policies.', [
  'create',
  '-f',
  'examples/cluster.yaml',
]);
step('The pools, and the nodes with the AS number they inherit.', ['get', 'ippool', '-o', 'wide']);
step('', ['get', 'nodes', '-o', 'wide']);
step('Applying the same file again changes nothing that matters.', ['apply', '-f', 'examples/cluster.yaml']);
step('One field of one resource.', [
  'patch',
  'felixconfiguration',
  'default',
  '-p',
  '{"spec":{"logSeverityScreen":"Debug"}}',
]);
step('', ['get', 'felixconfiguration', 'default', '-o', 'yaml']);
step('Labels decide which nodes peer with which.', ['label', 'node', 'worker-2', 'rack=a', '--overwrite']);
step('Policies of a namespace.', ['get', 'networkpolicy', '-n', 'shop', '-o', 'wide']);
step(
  'A mistake is refused, with its place and what to do.',
  ['patch', 'ippool', 'pods-v4', '-p', '{"spec":{"ipipMode":"Sometimes"}}'],
  1,
);
step('One resource goes.', ['delete', 'bgppeer', 'rack-a-switch']);
step('What is left of that kind.', ['get', 'bgppeers']);
console.log(`Done. Look at ${directory}, or run any command line on it: npm start -- get ippool -o wide`);
