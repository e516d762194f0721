import { expect } from 'bun:test';
import { calicoctl, documents, type Env, type Folder, nameOf } from './program.ts';

const NAME = nameOf(0);

/** Runs command lines one after the other, each again until it meets no conflict; counts the conflicts. */
async function drive(lines: readonly (readonly string[])[], env: Env): Promise<number> {
  let conflicts = 0;
  for (const line of lines) {
    for (;;) {
      const { status, err } = await calicoctl(line, env);
      if (status === 0) break;
      if (!err.startsWith(`update conflict: GlobalNetworkSet(${NAME})`)) throw new Error(`${line}: ${err}`);
      conflicts++;
    }
  }
  return conflicts;
}

/** The labels of the one object, without the mark. */
async function labelsStored(env: Env): Promise<string[]> {
  const { out } = await calicoctl(['get', 'globalnetworkset', NAME, '-o', 'json'], env);
  return Object.keys(JSON.parse(out).metadata.labels)
    .filter((key) => key !== 'mark')
    .sort();
}

function keysOf(writer: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${writer}-${i}`);
}

/** Two processes change one object `count` times each, every change a label of its own; all have to be there then. */
export async function race(
  env: Env,
  folder: Folder,
  lineOf: (key: string) => string[],
  count: number,
): Promise<void> {
  await calicoctl(['apply', '-f', folder.write('one.yaml', documents(1, 'one'))], env);
  const writers = ['p1', 'p2'].map((writer) => keysOf(writer, count));
  await Promise.all(writers.map((keys) => drive(keys.map(lineOf), env)));
  expect(await labelsStored(env)).toEqual(writers.flat().sort());
}

/** A patch that sets the label; one writer merges, the other goes by JSON patches. */
export function patchLine(key: string): string[] {
  const merge = ['-p', JSON.stringify({ metadata: { labels: { [key]: 'set' } } })];
  const add = JSON.stringify([{ op: 'add', path: `/metadata/labels/${key}`, value: 'set' }]);
  return ['patch', 'globalnetworkset', NAME, ...(key.startsWith('p1') ? merge : ['-t', 'json', '-p', add])];
}

export function labelLine(key: string): string[] {
  return ['label', 'globalnetworkset', NAME, `${key}=set`];
}
