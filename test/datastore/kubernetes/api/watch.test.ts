import { describe, expect, test } from 'bun:test';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import type { KubeEvent } from '../../../../src/datastore/kubernetes/api/api.ts';
import { linesOf } from '../../../../src/datastore/kubernetes/api/lines.ts';
import { json } from '../http/servers.ts';
import { CONFIG_MAPS, errorOf, type FakeApi, fakeApi, object } from './fixture.ts';

const line = (type: string, name: string, version: string) =>
  `${JSON.stringify({ type, object: object(name, version) })}\n`;

/** A server whose n-th watch is the n-th of `watches`; it tells from which versions it was asked. */
function watching(...watches: readonly ((response: ServerResponse) => void)[]) {
  const from: (string | null)[] = [];
  const open = (requestTimeoutMs = 2000) =>
    fakeApi(
      (request, response) => {
        const { searchParams } = new URL(request.url!, 'http://x');
        expect(searchParams.get('allowWatchBookmarks')).toBe('true');
        from.push(searchParams.get('resourceVersion'));
        const watch = watches[from.length - 1];
        if (watch !== undefined) watch(response);
      },
      { requestTimeoutMs },
    );
  return { from, open };
}

/** So many events from version 5. */
async function take({ api }: FakeApi, count: number): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of api.watch({ collection: CONFIG_MAPS }, '5')) {
    seen.push(tell(event));
    if (seen.length === count) break;
  }
  return seen;
}

const tell = ({ type, object: { metadata } }: KubeEvent) =>
  `${type} ${metadata.name} ${metadata.resourceVersion}`;
const start = (response: ServerResponse) => response.writeHead(200, { 'Content-Type': 'application/json' });

test('events come as they happen, whatever the chunks', async () => {
  const text =
    line('ADDED', 'zürich-😀', '6') + line('MODIFIED', 'zürich-😀', '7') + line('DELETED', 'b', '8');
  const { open } = watching(async (response) => {
    start(response);
    for (const byte of Buffer.from(text)) {
      response.write(Buffer.from([byte]));
      if (byte === 0xc3 || byte === 0x9f) await new Promise((done) => setTimeout(done, 2));
    }
  });
  await using fake = await open();
  expect(await take(fake, 3)).toEqual(['ADDED zürich-😀 6', 'MODIFIED zürich-😀 7', 'DELETED b 8']);
});

describe('a watch goes on behind the last it saw', () => {
  test('after the server ended it, bookmarks included, and after it was cut in the middle of a line', async () => {
    const { from, open } = watching(
      (response) => void start(response).end(line('ADDED', 'a', '6') + line('BOOKMARK', '', '20')),
      (response) => {
        start(response).write(`${line('ADDED', 'b', '21')}{"type":"ADDED","obj`);
        setTimeout(() => response.destroy(), 20);
      },
      (response) => void start(response).write(line('ADDED', 'c', '22')),
    );
    await using fake = await open();
    expect(await take(fake, 4)).toEqual(['ADDED a 6', 'BOOKMARK  20', 'ADDED b 21', 'ADDED c 22']);
    expect(from).toEqual(['5', '20', '21']);
  });

  test('after the server was away for a while', async () => {
    const { from, open } = watching(
      (response) => void start(response).end(line('ADDED', 'a', '6')),
      (response) => json(response, 503, {}),
      (response) => response.destroy(),
      (response) => void start(response).write(line('ADDED', 'b', '7')),
    );
    await using fake = await open();
    expect(await take(fake, 2)).toEqual(['ADDED a 6', 'ADDED b 7']);
    expect(from).toEqual(['5', '6', '6', '6']);
  });

  test('but not where it is too old, said at once or later', async () => {
    const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 5 (9)' };
    const { open } = watching(
      (response) => json(response, 410, gone),
      (response) => void start(response).end(`${JSON.stringify({ type: 'ERROR', object: gone })}\n`),
    );
    await using fake = await open();
    for (const _ of [1, 2]) {
      const error = await errorOf(take(fake, 1));
      expect([error.errorClass, error.message]).toEqual([
        'conflict',
        'configmaps: that version is too old: the API server has forgotten what changed since',
      ]);
    }
  });
});

test('a watch that another service answers is given up', async () => {
  for (const text of ['<p>Log in</p>', '{"status":"ok"}\n', '{"type":"ADDED","object":{}}\n', 'null\n']) {
    const { from, open } = watching((response) => void start(response).end(text));
    await using fake = await open();
    const error = await errorOf(take(fake, 1));
    expect(error.message).toStartWith(
      `Kubernetes API server at ${fake.server.url}: it answers a watch not as an API server does: `,
    );
    expect([error.errorClass, from]).toEqual(['datastore', ['5']]);
  }
});

test('a watch lives on in silence, however short the request timeout', async () => {
  const { from, open } = watching((response) => {
    start(response).write(line('ADDED', 'a', '6'));
    setTimeout(() => response.write(line('ADDED', 'b', '7')), 400);
  });
  await using fake = await open(100);
  expect(await take(fake, 2)).toEqual(['ADDED a 6', 'ADDED b 7']);
  expect(from).toEqual(['5']);
});

test('a watch ends when its consumer stops, is interrupted, or everything ends', async () => {
  const { open } = watching(...Array(3).fill((response: ServerResponse) => void start(response).write('\n')));
  await using fake = await open();
  const watch = () => fake.api.watch({ collection: CONFIG_MAPS }, '5')[Symbol.asyncIterator]();
  const stopped = watch();
  const waiting = stopped.next();
  await new Promise((done) => setTimeout(done, 30));
  await stopped.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  const closed = watch().next();
  await new Promise((done) => setTimeout(done, 30));
  fake.api.close();
  expect(await closed).toEqual({ done: true, value: undefined });
});

test('lines are whole whatever the chunks they come in', async () => {
  const chunked = fc
    .tuple(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat({ max: 9 })))
    .map(([lines, cuts]) => ({ lines: lines.map((text) => JSON.stringify(text)), cuts }));
  await fc.assert(
    fc.asyncProperty(chunked, async ({ lines, cuts }) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      async function* chunks() {
        let at = 0;
        for (const cut of cuts) {
          yield bytes.subarray(at, at + cut);
          at += cut;
        }
        yield bytes.subarray(at);
      }
      const found: string[] = [];
      for await (const one of linesOf(chunks())) found.push(one);
      expect(found).toEqual(lines);
    }),
  );
});
