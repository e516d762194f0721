/** The row of `node status`: a real BIRD with ten sessions, in a namespace of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../install.mjs';
import { memoryOf, paired } from './measure.mjs';
import { evaluate } from './report.mjs';

const LIMIT = 0.45;

/** Measures and hands the row to `add`; both programs run on the node, so entering it costs both the same. */
export async function nodeRows({ calicoctl, kubectl, runs, add }) {
  const lab = await startNode();
  try {
    const onNode = ({ program, args, env }) => {
      const [first, ...rest] = [...lab.enter, program, ...args];
      return { program: first, args: rest, env };
    };
    const times = paired(
      onNode(calicoctl({}, 'node', 'status')),
      kubectl && onNode({ ...kubectl, env: {} }),
      runs.small,
    );
    // Out here, for what enters the node is another process than what runs there.
    const memory = await memoryOf(calicoctl({}, 'node', 'status', '--bird-socket', lab.socket));
    const name = '`node status`, BIRD 2 with ten peers';
    add(evaluate({ name, ...times, paired: true, limit: LIMIT, target: `≤ ${LIMIT} of kubectl`, memory }));
  } finally {
    await lab.stop();
  }
}

async function startNode() {
  const bun = join(root, 'node_modules/.bin/bun');
  const child = spawn(bun, [join(root, 'scripts/bench/node-lab.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const ended = exit.then(([status]) => {
    throw new Error(`the node with BIRD ended with ${status}`);
  });
  ended.catch(() => {});
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
  const stop = () => {
    child.stdin.end();
    return exit;
  };
  return { ...JSON.parse(line), stop };
}
