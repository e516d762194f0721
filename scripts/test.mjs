/** `npm test`: installs what is missing (packages, etcd, Chromium, BIRD), builds the executable, starts real servers and runs every test. */
import { spawnSync } from 'node:child_process';
import { installPackages, root, run, tool } from './install.mjs';
import { systemTests, unitTests } from './test-files.mjs';
import { birdBinaries } from './testbed/bird-binary.mjs';
import { chromiumBinary } from './testbed/chromium-binary.mjs';

installPackages();
const wanted = process.argv.slice(2);
if (run(tool('tsc'), ['-p', '.']) !== 0) process.exit(1);
for (const page of ['src/ipam/map/page', 'src/node/topology/page'])
  if (run(tool('tsc'), ['-p', page]) !== 0) process.exit(1);
if (run(tool('biome'), ['check', '--error-on-warnings', '.']) !== 0) process.exit(1);
if (run(tool('bun'), ['scripts/generate.ts', '--check']) !== 0) process.exit(1);
if (run('node', ['scripts/build.mjs']) !== 0) process.exit(1);
if (run('node', ['scripts/testbed.mjs', 'up'], { stdio: ['ignore', 'ignore', 2] }) !== 0) process.exit(1);

// Found now, so that no test waits for a package to be installed.
if (wanted.length === 0 || wanted.some((word) => /bird|node|routes|testbed/.test(word))) lookForBird();
if (wanted.length === 0 || wanted.some((word) => 'ipam/map'.includes(word) || word.includes('map')))
  process.stderr.write(`Pages are looked at with ${chromiumBinary()}.\n`);

/** Without BIRD, tests of BGP sessions fail, each with the reason; all others are run. */
function lookForBird() {
  try {
    process.stderr.write(`BGP sessions are between BIRDs in ${birdBinaries()[2].folder} and beside it.\n`);
  } catch (error) {
    process.stderr.write(`There will be no BGP sessions: ${error.message}\n`);
  }
}

/** Most of them wait for servers and for time to pass, so two files run at a time. */
const TWO_AT_A_TIME = ['--parallel=2', '--no-isolate'];

/** Runs test files and says how it went; what passed is counted, what did not is shown whole. */
function runTests(files, ...how) {
  const done = spawnSync(tool('bun'), ['test', '--timeout', '120000', ...how, ...files], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  console.log(done.stderr.replace(/^\(pass\) .*\n/gm, '').replace(/^\S+\.test\.ts:\n\n/gm, ''));
  const count = (word, otherwise) =>
    Number(new RegExp(`^\\s*(\\d+) ${word}$`, 'm').exec(done.stderr)?.[1] ?? otherwise);
  return {
    status: done.status ?? 1,
    passed: count('pass', 0),
    failed: count('fail', done.status === 0 ? 0 : 1),
    failedFiles: failedFilesIn(done.stderr, files),
  };
}

function failedFilesIn(output, files) {
  const failed = new Set();
  let current;
  for (const line of output.split('\n')) {
    // The runner closes with the failures once more, which belong to no file there.
    if (/^\d+ tests? failed:$/.test(line)) break;
    current = files.find((file) => line === `${file.replace(/^\.\//, '')}:`) ?? current;
    if (line.startsWith('(fail)') && current !== undefined) failed.add(current);
  }
  return [...failed];
}

let passed = 0;
let failed = 0;
let status = 0;
for (const files of [unitTests, systemTests]) {
  const chosen =
    wanted.length === 0 ? files : files.filter((file) => wanted.some((word) => file.includes(word)));
  if (chosen.length === 0) continue;
  let result = runTests(chosen, ...TWO_AT_A_TIME);
  passed += result.passed;
  if (result.failed > 0 && files === systemTests && result.failedFiles.length > 0) {
    // Tests that kill servers at a moment depend on the machine's load: they get a second chance, alone, and it is said.
    console.log(`Failed once, run again: ${result.failedFiles.join(', ')}`);
    const before = result.failed;
    result = runTests(result.failedFiles);
    if (result.failed === 0) passed += before;
  }
  failed += result.failed;
  status ||= result.status;
}
if (wanted.length === 0) run('node', ['scripts/testbed.mjs', 'down'], { stdio: ['ignore', 'ignore', 2] });
if (passed === 0) status ||= 1;
console.log(`${passed} passed, ${failed} failed`);
// Not process.exit: what is printed into a pipe would be cut off.
process.exitCode = status;
