/** Builds dist/calicoctl, a single executable; `--target=bun-linux-arm64` and its kin cross-compile. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, root, run, tool } from './install.mjs';

installPackages();
if (run(tool('bun'), ['scripts/generate.ts']) !== 0) process.exit(1);
mkdirSync(join(root, 'dist'), { recursive: true });
const commit =
  spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
const extra = process.argv.slice(2);
const status = run(
  tool('bun'),
  [
    'build',
    '--compile',
    '--minify',
    '--bytecode',
    // Modules that a command does not load are not even read.
    '--splitting',
    '--format=esm',
    // A stranger's folder must not steer the tool.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    `--define=process.env.CALICOCTL_GIT_COMMIT="${commit}"`,
    'src/cli/entry.ts',
    ...(extra.some((word) => word.startsWith('--outfile')) ? [] : ['--outfile=dist/calicoctl']),
    ...extra,
  ],
  { stdio: ['ignore', 2, 2] },
);
process.exit(status);
