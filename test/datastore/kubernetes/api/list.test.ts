import { expect, test } from 'bun:test';
import type { KubePage } from '../../../../src/datastore/kubernetes/api/api.ts';
import { json } from '../http/servers.ts';
import { CONFIG_MAPS, errorOf, type FakeApi, fakeApi, object } from './fixture.ts';

const NAMES = Array.from({ length: 25 }, (_, index) => `c${String(index).padStart(2, '0')}`);
const SIZE = 10;
const EXPIRED = {
  kind: 'Status',
  code: 410,
  reason: 'Expired',
  message: 'The provided continue parameter is too old',
};

interface Options {
  /** Continue tokens of the first version that the server does not know any more when it is asked. */
  readonly forgets?: readonly number[];
  /** It offers to go on at its current version. */
  readonly offers?: boolean;
}

/** A server of config maps in pages of ten, which may forget versions. Tokens are `<version>:<first item>`. */
function listing({ forgets = [], offers = false }: Options) {
  const asked: string[] = [];
  const forgotten = new Set(forgets);
  const open = () =>
    fakeApi((request, response) => {
      const token = new URL(request.url!, 'http://x').searchParams.get('continue');
      asked.push(token ?? 'start');
      const [version, from] =
        token === null ? [asked.includes('gone') ? 2 : 1, 0] : token.split(':').map(Number);
      if (version === 1 && forgotten.delete(from!)) {
        const metadata = offers ? { continue: `3:${from}` } : {};
        return json(response, 410, { ...EXPIRED, metadata });
      }
      const items = NAMES.slice(from, from! + SIZE).map((name) => object(name));
      const next = from! + SIZE < NAMES.length ? { continue: `${version}:${from! + SIZE}` } : {};
      json(response, 200, { metadata: { resourceVersion: String(version), ...next }, items });
      return undefined;
    });
  return { asked, open };
}

async function pages({ api }: FakeApi): Promise<KubePage[]> {
  const found: KubePage[] = [];
  for await (const page of api.list({ collection: CONFIG_MAPS })) found.push(page);
  return found;
}

const namesIn = (found: readonly KubePage[]) =>
  found.flatMap(({ items }) => items.map(({ metadata }) => metadata.name));

test('a list comes in pages, all of one version', async () => {
  const { asked, open } = listing({});
  await using fake = await open();
  const found = await pages(fake);
  expect(found.map(({ items, resourceVersion }) => [items.length, resourceVersion])).toEqual([
    [10, '1'],
    [10, '1'],
    [5, '1'],
  ]);
  expect(namesIn(found)).toEqual(NAMES);
  expect(asked).toEqual(['start', '1:10', '1:20']);
});

test('an empty list is one page', async () => {
  await using fake = await fakeApi((_request, response) =>
    json(response, 200, { metadata: { resourceVersion: '4' }, items: null }),
  );
  expect(await pages(fake)).toEqual([{ items: [], resourceVersion: '4' }]);
});

test('one page is fetched while another is used, and no more', async () => {
  const { asked, open } = listing({});
  await using fake = await open();
  const list = fake.api.list({ collection: CONFIG_MAPS })[Symbol.asyncIterator]();
  await list.next();
  await new Promise((done) => setTimeout(done, 50));
  expect(asked).toEqual(['start', '1:10']);
  await list.return?.();
  await new Promise((done) => setTimeout(done, 50));
  expect(asked).toEqual(['start', '1:10']);
});

test('a list whose version is forgotten goes on where the server offers it', async () => {
  const { asked, open } = listing({ forgets: [10], offers: true });
  await using fake = await open();
  const found = await pages(fake);
  expect(namesIn(found)).toEqual(NAMES);
  // The version to watch from is the oldest: later changes of the first page must not be missed.
  expect(new Set(found.map(({ resourceVersion }) => resourceVersion))).toEqual(new Set(['1']));
  expect(asked).toEqual(['start', '1:10', '3:10', '3:20']);
});

test('or begins anew behind what was shown', async () => {
  const { asked, open } = listing({ forgets: [10, 20] });
  await using fake = await open();
  expect(namesIn(await pages(fake))).toEqual(NAMES);
  expect(asked).toEqual(['start', '1:10', 'start', '1:10', '1:20', 'start', '1:10', '1:20']);
});

test('a list that has to begin anew before it is back where it was shows nothing twice', async () => {
  for (const offers of [false, true]) {
    // Pages of two of a to f; versions 1 and 2 are forgotten, one behind c and d, the other behind a and b.
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    let starts = 0;
    await using fake = await fakeApi((request, response) => {
      const token = new URL(request.url!, 'http://x').searchParams.get('continue');
      const [version, from] = token === null ? [++starts, 0] : token.split(':').map(Number);
      if ((version === 1 && from === 4) || (version === 2 && from === 2)) {
        const metadata = offers && version === 2 ? { continue: `3:${from}` } : {};
        return json(response, 410, { ...EXPIRED, metadata });
      }
      const next = from! + 2 < names.length ? { continue: `${version}:${from! + 2}` } : {};
      const items = names.slice(from, from! + 2).map((name) => object(name));
      json(response, 200, { metadata: { resourceVersion: String(version), ...next }, items });
      return undefined;
    });
    expect(namesIn(await pages(fake))).toEqual(names);
  }
});

test('a refusal in the middle ends the list', async () => {
  await using fake = await fakeApi((request, response) => {
    if (request.url!.includes('continue'))
      return json(response, 400, { kind: 'Status', message: 'bad token', code: 400 });
    json(response, 200, { metadata: { resourceVersion: '1', continue: 'x' }, items: [object('a')] });
    return undefined;
  });
  const seen: string[] = [];
  const read = async () => {
    for await (const { items } of fake.api.list({ collection: CONFIG_MAPS }))
      seen.push(...items.map(({ metadata }) => metadata.name));
  };
  expect((await errorOf(read())).message).toContain('bad token');
  expect(seen).toEqual(['a']);
});
