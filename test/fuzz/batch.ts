import { rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Run, workspace } from '../commands/run.ts';
import { manifestOf } from './mutate.ts';

/**
 * `bun test/fuzz/batch.ts FROM STEP TO`: runs every STEP-th seed. Writes the seed before each case, so that the
 * parent knows which one hangs, and a line `! SEED WHAT` for each case that ends badly.
 */
const [from, step, to] = process.argv.slice(2).map(Number) as [number, number, number];
const say = (line: string) => writeSync(1, `${line}\n`);
const place = await workspace();

/** What is wrong with how a command ended; undefined where it ended well. */
function badEnd({ status, out, err }: Run): string | undefined {
  if (status === 0) return out === '' && err === '' ? 'silent success' : undefined;
  if (status !== 1) return `exit ${status}: ${err.slice(0, 600)}`;
  if (err.trim() === '') return 'failure without a message';
  if (/^ +at /m.test(err)) return `stack trace: ${err.slice(0, 600)}`;
  return undefined;
}

const withoutVersion = (text: string) => text.replace(/"resourceVersion": "[^"]*"/g, '');

/** What was created can be read, checked and applied again, and stays as it is. */
async function settles(stdin: Uint8Array): Promise<string | undefined> {
  const stored = await place.calicoctl(['get', '-f', '-', '-o', 'json'], { stdin });
  if (stored.status !== 0) return `created but not readable: ${stored.err.slice(0, 300)}`;
  const again = await place.calicoctl(['apply', '-f', '-'], { stdin: stored.out });
  if (again.status !== 0) return `stored but not applicable: ${again.err.slice(0, 300)}`;
  const after = await place.calicoctl(['get', '-f', '-', '-o', 'json'], { stdin });
  return withoutVersion(after.out) === withoutVersion(stored.out)
    ? undefined
    : `not stable: ${stored.out} becomes ${after.out}`;
}

async function tryCase(seed: number): Promise<string | undefined> {
  const stdin = manifestOf(seed);
  const checked = await place.calicoctl(['validate', '-f', '-'], { stdin });
  const created = await place.calicoctl(['create', '-f', '-'], { stdin });
  const fault = badEnd(checked) ?? badEnd(created);
  if (fault !== undefined || created.status !== 0) return fault;
  const unsettled = await settles(stdin);
  rmSync(join(place.folder, '.datastore'), { recursive: true, force: true });
  return unsettled;
}

for (let seed = from; seed < to; seed += step) {
  say(String(seed));
  const started = performance.now();
  const fault = await tryCase(seed);
  const took = performance.now() - started;
  if (fault !== undefined) say(`! ${seed} ${JSON.stringify(fault)}`);
  if (took > 5_000) say(`! ${seed} took ${Math.round(took)} ms`);
}
await place.remove();
