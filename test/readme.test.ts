import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { workspace } from './commands/run.ts';

/** The sessions that the README shows, run: what it prints is what the program prints. */

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const POOL = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pods
spec:
  cidr: 10.0.0.1/16
  ipipMode: Sometimes
`;

interface Step {
  readonly command: readonly string[];
  readonly output: string;
}

/** Words of a command line; quotes are the only syntax that the README uses. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]!);
}

function stepsOf(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [line = '', ...output] = part.split('\n');
      return { command: wordsOf(line), output: trimmed(output.join('\n')) };
    });
}

function trimmed(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

const section = readme.slice(readme.indexOf('## Everyday tasks'), readme.indexOf('## Configuration'));
const steps = [...section.matchAll(/```console\n([\s\S]*?)```/g)].flatMap((match) => stepsOf(match[1]!));

test('every session of the README is as it says', async () => {
  const space = await workspace();
  try {
    await space.write('pool.yaml', POOL);
    await space.write('examples/cluster.yaml', readFileSync(join(root, 'examples/cluster.yaml'), 'utf8'));
    expect((await space.calicoctl(['create', '-f', 'examples/cluster.yaml'])).status).toBe(0);
    expect(steps.length).toBeGreaterThan(10);
    for (const { command, output } of steps) {
      if (command[0] !== 'calicoctl' || output.includes('…')) continue;
      const down = output.includes('connection refused');
      const env = down
        ? { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: 'http://127.0.0.1:1,http://127.0.0.1:2' }
        : {};
      const { out, err } = await space.calicoctl(command.slice(1), { env });
      expect({ command, output: trimmed(out + err) }).toEqual({ command, output });
    }
  } finally {
    await space.remove();
  }
});
