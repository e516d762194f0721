/**
 * Builds dist/calicoctl, a single executable (`--target=bun-linux-arm64` and its kin cross-compile), and dist/node/, the same
 * program for Node.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, root, run, tool } from './install.mjs';

installPackages();
if (run(tool('bun'), ['scripts/generate.ts']) !== 0) process.exit(1);
mkdirSync(join(root, 'dist'), { recursive: true });
const commit =
  spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
const extra = process.argv.slice(2);
/** One run of the bundler; what it prints matters only when it fails. */
function build(...args) {
  const words = ['build', 'src/cli/entry.ts', '--minify', '--format=esm'];
  // Modules that a command does not load are not even read.
  words.push('--splitting', `--define=process.env.CALICOCTL_GIT_COMMIT="${commit}"`);
  const done = spawnSync(tool('bun'), [...words, ...args], { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) process.stderr.write(`${done.stdout}${done.stderr}`);
  return done.status ?? 1;
}

const executable = build(
  ...['--compile', '--bytecode'],
  // For lists of very many objects: src/datastore/garbage.ts.
  '--compile-exec-argv=--expose-gc',
  // A stranger's folder must not steer the tool.
  ...['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
  ...(extra.some((word) => word.startsWith('--outfile')) ? [] : ['--outfile=dist/calicoctl']),
  ...extra,
);
if (executable !== 0) process.exit(executable);
if (extra.length > 0) process.exit(0);
rmSync(join(root, 'dist/node'), { recursive: true, force: true });
process.exit(build('--target=node', '--outdir=dist/node', '--entry-naming=calicoctl.mjs'));
