/** `npm test`: installs what is missing (packages, etcd), builds the executable, starts real servers and runs every test. */
import { spawnSync } from 'node:child_process';
import { installPackages, root, run, tool } from './install.mjs';
import { systemTests, unitTests } from './test-files.mjs';

installPackages();
const wanted = process.argv.slice(2);
if (run(tool('tsc'), ['-p', '.']) !== 0) process.exit(1);
if (run(tool('biome'), ['check', '--error-on-warnings', '.']) !== 0) process.exit(1);
if (run(tool('bun'), ['scripts/generate.ts', '--check']) !== 0) process.exit(1);
if (run('node', ['scripts/build.mjs']) !== 0) process.exit(1);
if (run('node', ['scripts/testbed.mjs', 'up'], { stdio: ['ignore', 'ignore', 2] }) !== 0) process.exit(1);

let passed = 0;
let failed = 0;
let status = 0;
for (const files of [unitTests, systemTests]) {
  const chosen =
    wanted.length === 0 ? files : files.filter((file) => wanted.some((word) => file.includes(word)));
  if (chosen.length === 0) continue;
  const done = spawnSync(tool('bun'), ['test', '--timeout', '120000', ...chosen], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  // What passed is counted; what did not is shown, whole.
  console.log(done.stderr.replace(/^\(pass\) .*\n/gm, ''));
  passed += Number(/^\s*(\d+) pass$/m.exec(done.stderr)?.[1] ?? 0);
  failed += Number(/^\s*(\d+) fail$/m.exec(done.stderr)?.[1] ?? (done.status === 0 ? 0 : 1));
  status ||= done.status ?? 1;
}
if (wanted.length === 0) run('node', ['scripts/testbed.mjs', 'down'], { stdio: ['ignore', 'ignore', 2] });
if (passed === 0) status ||= 1;
console.log(`${passed} passed, ${failed} failed`);
// Not process.exit: what is printed into a pipe would be cut off.
process.exitCode = status;
