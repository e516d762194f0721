import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { pagesBelow } from '../../../src/datastore/etcdv3/pages.ts';
import type { EtcdClient, RangeOptions } from '../../../src/datastore/etcdv3/wire/client.ts';

/** An etcd of these keys, which notes what it is asked. */
function server(keys: readonly string[]) {
  const sorted = keys.map((key) => Buffer.from(key)).sort(Buffer.compare);
  const asked = { requests: 0, counted: 0, revisions: new Set<bigint>() };
  const page = async (options: RangeOptions) => {
    const { key, rangeEnd, limit = 0, revision = 0n } = options as Extract<RangeOptions, { key: unknown }>;
    const [from, to] = [Buffer.from(key as Uint8Array), Buffer.from(rangeEnd as Uint8Array)];
    if (Buffer.compare(from, to) >= 0) throw new Error(`an empty range: ${from} to ${to}`);
    const within = sorted.filter((one) => Buffer.compare(one, from) >= 0 && Buffer.compare(one, to) < 0);
    asked.requests++;
    asked.counted += within.length;
    asked.revisions.add(revision);
    const entries = within.slice(0, limit).map((one) => ({ key: String(one), text: '{}', modRevision: 1 }));
    const [more, size] = [within.length > limit, 100 * entries.length];
    return { revision: 7n, entries, more, count: within.length, size };
  };
  return { asked, client: { page } as unknown as EtcdClient };
}

async function walk(keys: readonly string[], prefix: string, limit: number) {
  const { asked, client } = server(keys);
  const found: string[] = [];
  const sizes: number[] = [];
  for await (const { entries } of pagesBelow(client, { prefix, limit, revision: 0n })) {
    found.push(...entries.map(({ key }) => key));
    sizes.push(entries.length);
  }
  return { asked, found, sizes };
}

const below = (keys: readonly string[], prefix: string) =>
  [...new Set(keys)]
    .filter((key) => key.startsWith(prefix))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

describe('pages of a list', () => {
  test('hold every key once and in order, whatever keys look like and however many a page takes', async () => {
    const part = fc.oneof(
      fc.constantFrom('', 'a', 'aa', '0', 'ff', 'team-1/', 'team-10/', 'k8s-pod-network.', 'z'.repeat(60)),
      fc.string({ unit: 'binary', maxLength: 6 }).map((text) => text.toWellFormed()),
    );
    const key = fc
      .tuple(fc.constantFrom('/a/', '/b/', '/b'), part, part, part)
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        async (keys, limit) => {
          const { found, sizes, asked } = await walk(keys, '/b/', limit);
          expect(found).toEqual(below(keys, '/b/'));
          expect(Math.max(...sizes)).toBeLessThanOrEqual(limit);
          expect(asked.revisions.isSubsetOf(new Set([0n, 7n]))).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('comes with one page where there is nothing, and with one request where one page will do', async () => {
    expect(await walk(['/a/x'], '/b/', 5)).toMatchObject({ found: [], sizes: [0], asked: { requests: 1 } });
    expect((await walk(['/b/x', '/b/y'], '/b/', 2)).asked.requests).toBe(1);
  });

  test('make etcd count handles hardly more than twice, not once for every page', async () => {
    const keys = Array.from(
      { length: 3000 },
      (_, index) => `/h/k8s-pod-network.${Bun.hash(String(index)).toString(16).padStart(16, '0')}`,
    );
    const { found, asked } = await walk(keys, '/h/', 50);
    expect(found).toEqual(below(keys, '/h/'));
    // Plain pages: 60 requests that count 91,500 keys.
    expect(asked.counted).toBeLessThan(9000);
    expect(asked.requests).toBeLessThan(120);
  });

  test('make etcd count endpoints of many namespaces a few times', async () => {
    const keys = Array.from({ length: 4000 }, (_, index) => {
      const node = String(Math.floor(index / 256)).padStart(5, '0');
      return `/e/team-${index % 20}/node--${node}-k8s-service--${index % 70}--${index}-eth0`;
    });
    const { found, asked } = await walk(keys, '/e/', 40);
    expect(found).toEqual(below(keys, '/e/'));
    // Plain pages: 100 requests that count 202,000 keys.
    expect(asked.counted).toBeLessThan(50_000);
    expect(asked.requests).toBeLessThan(1500);
  });

  test('do not get smaller where keys stand close together in many small groups', async () => {
    const keys = Array.from({ length: 4000 }, (_, index) => {
      const group = Bun.hash(String(index >> 1))
        .toString(36)
        .slice(0, 8);
      return `/e/${group}/node-k8s-pod-with-a-long-name-${index & 1}`;
    });
    const { found, asked } = await walk(keys, '/e/', 100);
    expect(found).toEqual(below(keys, '/e/'));
    expect(asked.requests).toBeLessThan(200);
    expect(asked.counted).toBeLessThan(40_000);
  });
});
