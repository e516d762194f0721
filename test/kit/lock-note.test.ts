import { expect, test } from 'bun:test';
import { hostname } from 'node:os';

/** In a process of its own: who somebody is is decided when it starts. */
async function holder(env: Record<string, string>): Promise<string> {
  const script = `console.log((await import('./src/kit/lock-note.ts')).lockNote('x').holder)`;
  const child = Bun.spawn([process.execPath, '-e', script], { env, stdout: 'pipe' });
  return (await child.stdout.text()).trim();
}

test('the holder of a lock is the user, or the number of one without a name', async () => {
  expect(await holder({ USER: 'ada' })).toBe(`ada@${hostname()}`);
  expect(await holder({})).toBe(`uid ${process.getuid?.()}@${hostname()}`);
});
