/** The edit loop: types, lint and format, generated files, unit tests (architecture among them), all at the same time. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { installPackages, root, tool } from './install.mjs';
import { unitTests } from './test-files.mjs';

installPackages();

const steps = [
  // What was found last time is kept: only what changed since is looked at.
  [
    'types',
    tool('tsc'),
    ['-p', '.', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/check.tsbuildinfo'],
  ],
  ['types of the map', tool('tsc'), ['-p', 'src/ipam/map/page']],
  ['types of the topology', tool('tsc'), ['-p', 'src/node/topology/page']],
  ['lint and format', tool('biome'), ['check', '--error-on-warnings', '.']],
  ['generated files', tool('bun'), ['scripts/generate.ts', '--check']],
  // Several of them wait for time to pass; files of one process see each other's modules, as ever.
  ['unit tests', tool('bun'), ['test', '--parallel=3', '--no-isolate', ...unitTests]],
];

// Thousands of small files: in memory that takes a fifth less time.
const MEMORY = '/dev/shm';
const env = existsSync(MEMORY) ? { TMPDIR: MEMORY, ...process.env } : process.env;

function runStep([name, program, args]) {
  const started = Date.now();
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (status) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
      if (status !== 0) console.log(output);
      resolve(status ?? 1);
    });
  });
}

const statuses = await Promise.all(steps.map(runStep));
process.exit(statuses.some((status) => status !== 0) ? 1 : 0);
