/** The rows of `validate`: nothing but files, and the engine that evaluates selectors. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../install.mjs';
import { ONE_POLICY, writeJsonPolicies, writePolicies } from './data.mjs';
import { memoryOf, paired, timeOf } from './measure.mjs';
import { evaluate, mebibytes } from './report.mjs';

const EVALUATIONS = 1_000_000;

/** Measures and hands each row to `add`; `short` measures a command in turn with kubectl. */
export async function validateRows({ home, calicoctl, runs, short, add }) {
  const one = join(home, 'one-policy.yaml');
  writeFileSync(one, ONE_POLICY);
  await short('validate one manifest', 0.5, calicoctl({}, 'validate', '-f', one));
  await tenThousand({ home, calicoctl, runs, add });
  await hundredThousand({ home, calicoctl, add });
  selectors(runs, add);
}

async function tenThousand({ home, calicoctl, runs, add }) {
  const files = {
    YAML: join(home, '10000-validate.yaml'),
    'JSON in YAML': join(home, '10000-validate.json'),
  };
  const sizes = {
    YAML: writePolicies(files.YAML, 10_000),
    'JSON in YAML': writeJsonPolicies(files['JSON in YAML'], 10_000),
  };
  for (const [form, file] of Object.entries(files)) {
    const command = calicoctl({}, 'validate', '-f', file);
    const { ours } = paired(command, undefined, runs.big);
    const name = `validate 10,000 policies, ${mebibytes(sizes[form])} of ${form}`;
    const target = '≤ 1.5 s (reference 7.2 s)';
    add(evaluate({ name, ours, limit: 1500, target, memory: await memoryOf(command) }));
  }
}

/** Ten times the documents may take ten times the time, and hardly more memory. */
async function hundredThousand({ home, calicoctl, add }) {
  const file = join(home, '100000-validate.yaml');
  const size = writePolicies(file, 100_000);
  const command = calicoctl({}, 'validate', '-f', file);
  const name = `validate 100,000 policies, ${mebibytes(size)} of YAML`;
  const target = '≤ 15 s: linear';
  add(evaluate({ name, ours: [timeOf(command)], limit: 15_000, target, memory: await memoryOf(command) }));
}

/** Measured within one process, on the toolchain's run-time, which is the executable's. */
function selectors(runs, add) {
  const times = [];
  for (let i = 0; i < runs.big; i++) {
    const { stdout, status, stderr } = spawnSync(
      join(root, 'node_modules/.bin/bun'),
      [join(root, 'scripts/bench/selectors.ts'), String(EVALUATIONS)],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`evaluating selectors ended with ${status}: ${stderr}`);
    times.push(Number(stdout));
  }
  add(evaluate({ name: 'evaluate 1,000,000 selectors', ours: times, limit: 1000, target: '≤ 1 s' }));
}
