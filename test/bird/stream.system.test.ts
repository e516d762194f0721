import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { birdLines } from '../../src/bird/stream.ts';
import { type BirdServer, birdServer, GREETING } from './server.ts';

/** Long answers over a real socket. */

let folder: string;
let server: BirdServer;
const QUESTION = 'show route all';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cbird-'));
  server = await birdServer(join(folder, 'bird.ctl'), {});
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function textsIn(lines: ReturnType<typeof birdLines>): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const portion of lines) texts.push(...portion.map(({ text }) => text));
  return texts;
}

test('lines come in order, whatever the pieces, without greeting', async () => {
  for (const piece of [1, 7, 4096]) {
    server.behave({ answers: { [QUESTION]: '1007-one\n two\n1008-three\n0000 \n' }, piece });
    expect(await textsIn(birdLines(server.path, QUESTION))).toEqual(['one', 'two', 'three', '']);
  }
});

test('a BIRD that stops talking is waited for as long as was said', async () => {
  server.behave({ answers: { [QUESTION]: '1007-one\n' } });
  const seen: string[] = [];
  const begin = performance.now();
  const listen = async () => {
    for await (const portion of birdLines(server.path, QUESTION, { silenceMs: 200 }))
      seen.push(...portion.map(({ text }) => text));
  };
  expect(listen()).rejects.toThrow(`BIRD at ${server.path} said nothing for 0.2s`);
  await listen().catch(() => {});
  expect(performance.now() - begin).toBeWithin(190, 3000);
  expect(seen).toContain('one');
});

test('a slow reader is not a silent BIRD', async () => {
  server.behave({ answers: { [QUESTION]: `1007-one\n${' more of it\n'.repeat(100_000)}0000 \n` } });
  let count = 0;
  for await (const portion of birdLines(server.path, QUESTION, { silenceMs: 100 })) {
    if (count === 0) await Bun.sleep(300);
    count += portion.length;
  }
  expect(count).toBe(100_002);
});

test('without an end, no more is taken in than is asked for', async () => {
  server.behave({ greeting: `${GREETING}1007-begin\n`, flood: ' 10.0.0.0/8 again and again\n' });
  const before = process.memoryUsage.rss();
  let count = 0;
  for await (const portion of birdLines(server.path, QUESTION)) {
    count += portion.length;
    if (count > 1_000_000) break;
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 2 ** 20);
});

test('an interruption ends it at once', async () => {
  const stop = new AbortController();
  server.behave({ silent: true });
  const begin = performance.now();
  setTimeout(() => stop.abort(), 100);
  const listening = textsIn(birdLines(server.path, QUESTION, { signal: stop.signal }));
  await expect(listening).rejects.toMatchObject({ errorClass: 'cancelled' });
  expect(performance.now() - begin).toBeLessThan(2000);
  const late = textsIn(birdLines(server.path, QUESTION, { signal: stop.signal }));
  await expect(late).rejects.toMatchObject({ errorClass: 'cancelled' });
});
