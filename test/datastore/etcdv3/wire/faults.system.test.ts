import { afterAll, describe, expect, test } from 'bun:test';
import { createServer, type Server, type Socket } from 'node:net';
import { Etcd3 } from 'etcd3';
import { CalicoctlError } from '../../../../src/core/errors.ts';
import { type EtcdClient, openEtcd } from '../../../../src/datastore/etcdv3/wire/client.ts';
import { discoverEndpoints } from '../../../../src/datastore/etcdv3/wire/endpoints.ts';
import { isUnknownOutcome } from '../../../../src/datastore/etcdv3/wire/errors.ts';
import { text } from '../../../../src/datastore/etcdv3/wire/protobuf.ts';
import { startEtcd, testbed } from '../../../testbed/testbed.ts';

const cleanUps: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

function open(endpoints: readonly string[], requestTimeoutMs = 10_000): EtcdClient {
  const client = openEtcd({ endpoints, requestTimeoutMs });
  cleanUps.push(() => client.close());
  return client;
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T | CalicoctlError; seconds: number }> {
  const start = performance.now();
  const result = await work().catch((error) => {
    if (error instanceof CalicoctlError) return error;
    throw error;
  });
  return { result, seconds: (performance.now() - start) / 1000 };
}

/** A TCP server for one kind of misbehaviour; resolves to its URL. */
function listener(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () =>
      done(`http://127.0.0.1:${(server.address() as { port: number }).port}`),
    );
  });
}
const silent = () => listener((socket) => socket.resume());

describe('no server', () => {
  test('behind any endpoint: told at once, each by name', async () => {
    const { result, seconds } = await timed(() =>
      open(['http://127.0.0.1:1', 'http://127.0.0.1:2']).get('a'),
    );
    expect(result).toMatchObject({ errorClass: 'unavailable' });
    expect((result as Error).message).toMatch(
      /127\.0\.0\.1:1: connection refused.*127\.0\.0\.1:2: connection refused/,
    );
    expect(isUnknownOutcome(result)).toBe(false);
    expect(seconds).toBeLessThan(1);
  });

  test('of that name', async () => {
    const { result } = await timed(() => open(['http://no.such.invalid:2379'], 5000).get('a'));
    expect(result).toMatchObject({ message: expect.stringContaining('no.such.invalid cannot be resolved') });
  });

  test('that speaks etcd, only something that hangs up or talks otherwise', async () => {
    const web = await listener((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await timed(() => open([web], 5000).get('a'))).result).toMatchObject({
      errorClass: 'unavailable',
    });
    const rude = await listener((socket) => socket.destroy());
    const { result } = await timed(() => open([rude], 5000).put('a', 'b'));
    expect(result).toMatchObject({ errorClass: 'unavailable', message: expect.stringContaining(rude) });
    expect(isUnknownOutcome(result)).toBe(false);
  });

  test('that answers: told when the time is up, with the time', async () => {
    const { result, seconds } = await timed(async () => open([await silent()], 700).get('a'));
    expect(result).toMatchObject({ errorClass: 'timeout', message: expect.stringContaining('0.7 s') });
    expect(seconds).toBeWithin(0.6, 1.5);
  });
});

describe('several members', () => {
  test('a refused first one costs next to nothing', async () => {
    const { etcd } = await testbed();
    const { result, seconds } = await timed(() => open(['http://127.0.0.1:1', etcd]).put('faults/a', 'x'));
    expect(result).toMatchObject({ revision: expect.any(BigInt) });
    expect(seconds).toBeLessThan(0.5);
  });

  test('a silent first one costs a moment, and that once', async () => {
    const client = open([await silent(), (await testbed()).etcd]);
    expect((await timed(() => client.put('faults/a', 'x'))).seconds).toBeLessThan(1);
    expect((await timed(() => client.get('faults/a'))).seconds).toBeLessThan(0.2);
  });

  test('the next one takes over when one dies', async () => {
    const [first, second] = [await startEtcd(), await startEtcd()];
    cleanUps.push(first.stop, second.stop);
    const client = open([first.url, second.url]);
    await client.put('a', 'on the first');
    await first.kill();
    const { result, seconds } = await timed(() => client.get('a'));
    expect((result as { kv?: unknown }).kv).toBeUndefined();
    expect(seconds).toBeLessThan(1);
  }, 20_000);

  test('the next one takes over when one stops answering in the midst', async () => {
    const { etcd } = await testbed();
    let deaf = false;
    const relay = await relayTo(Number(new URL(etcd).port), () => deaf);
    const client = open([relay, etcd]);
    await client.put('faults/deaf', 'x');
    deaf = true;
    const { result, seconds } = await timed(() => client.get('faults/deaf'));
    expect(result).toMatchObject({ kv: { key: 'faults/deaf' } });
    expect(seconds).toBeLessThan(7);
  }, 20_000);
});

/** Passes bytes on to a port here, unless it is deaf. */
async function relayTo(port: number, isDeaf: () => boolean): Promise<string> {
  const { connect } = await import('node:net');
  return listener((socket) => {
    const target = connect(port, '127.0.0.1');
    target.on('error', () => socket.destroy());
    socket.on('data', (chunk) => isDeaf() || target.write(chunk));
    target.on('data', (chunk) => isDeaf() || socket.write(chunk));
    socket.on('close', () => target.destroy());
  });
}

describe('a server that is killed and comes back', () => {
  test('is used again; every write is done, refused, or of unknown outcome, and none is done twice', async () => {
    const server = await startEtcd();
    cleanUps.push(server.stop);
    const client = open([server.url]);
    await client.put('start', '');
    const outcomes = new Map<string, 'done' | 'unknown'>();
    let next = 0;
    let ended = false;
    const workers = Array.from({ length: 32 }, async () => {
      while (!ended) {
        const key = `run/${next++}`;
        const success = [{ op: 'put', key, value: '1' }] as const;
        const create = { compare: [{ key, target: 'version', equals: 0n }] as const, success };
        const { result } = await timed(() => client.txn(create));
        if (!(result instanceof CalicoctlError)) {
          // A create that was sent twice by the client would find its own first attempt.
          expect(result.succeeded).toBe(true);
          outcomes.set(key, 'done');
        } else {
          expect([result.errorClass, isUnknownOutcome(result)]).toEqual(['unavailable', true]);
          outcomes.set(key, 'unknown');
        }
      }
    });
    await Bun.sleep(150);
    await server.kill();
    await Bun.sleep(300);
    await server.restart();
    await Bun.sleep(300);
    ended = true;
    await Promise.all(workers);
    const stored = new Map((await client.range({ prefix: 'run/' })).kvs.map((kv) => [kv.key, kv.version]));
    const done = [...outcomes].filter(([, outcome]) => outcome === 'done').map(([key]) => key);
    expect(done.filter((key) => stored.get(key) !== 1n)).toEqual([]);
    expect(outcomes.size - done.length).toBeWithin(0, 33);
  }, 30_000);

  test('and does not: told when the time is up, by name and cause', async () => {
    const server = await startEtcd();
    cleanUps.push(server.stop);
    const client = open([server.url], 1000);
    await client.put('a', '1');
    await server.kill();
    await Bun.sleep(50);
    const { result, seconds } = await timed(() => client.put('a', '2'));
    expect(result).toMatchObject({ errorClass: 'unavailable' });
    expect((result as Error).message).toContain(`${server.url}: connection refused`);
    expect(isUnknownOutcome(result)).toBe(false);
    expect(seconds).toBeWithin(0.8, 1.8);
    await server.restart();
    await client.put('a', '3');
    expect(text((await client.get('a')).kv!.value)).toBe('3');
  }, 20_000);
});

test('a server that takes few calls at once gets no more', async () => {
  const server = await startEtcd({ args: ['--max-concurrent-streams', '3'] });
  cleanUps.push(server.stop);
  const client = open([server.url]);
  const puts = Array.from({ length: 200 }, (_, index) => client.put(`few/${index}`, 'x'));
  await Promise.all(puts);
  expect((await client.range({ prefix: 'few/', countOnly: true })).count).toBe(200);
}, 20_000);

test('a log-in that the server has forgotten is made again', async () => {
  const server = await startEtcd();
  cleanUps.push(server.stop);
  const witness = new Etcd3({ hosts: server.url });
  await witness.user('root').create('secret');
  await witness.role('root').create();
  await witness.user('root').addRole('root');
  await witness.auth.authEnable();
  witness.close();
  const client = openEtcd({ endpoints: [server.url], username: 'root', password: 'secret' });
  cleanUps.push(() => client.close());
  await client.put('a', '1');
  await server.restart();
  // The first call may find the old connection broken; the tokens of before the restart are gone in any case.
  await client.get('a');
  await Promise.all(Array.from({ length: 20 }, (_, index) => client.put(`b/${index}`, '2')));
  expect((await client.range({ prefix: 'b/', countOnly: true })).count).toBe(20);
}, 20_000);

describe('giving up', () => {
  test('a write that was sent and not answered says that it may have been done', async () => {
    const { etcd } = await testbed();
    let deaf = false;
    const client = open([await relayTo(Number(new URL(etcd).port), () => deaf)], 600);
    await client.put('faults/sent', '1');
    deaf = true;
    const write = await timed(() => client.put('faults/sent', '2'));
    expect(isUnknownOutcome(write.result)).toBe(true);
    expect((write.result as Error).message).toContain('may or may not have been made');
    const read = await timed(() => client.get('faults/sent'));
    expect([read.result, isUnknownOutcome(read.result)]).toMatchObject([{ errorClass: 'timeout' }, false]);
  });

  test('Ctrl-C ends what is under way at once', async () => {
    const controller = new AbortController();
    const endpoints = [await silent()];
    const client = openEtcd({ endpoints, signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    const { result, seconds } = await timed(() => client.get('a'));
    expect(result).toMatchObject({ errorClass: 'cancelled' });
    expect(seconds).toBeLessThan(1);
    expect((await timed(() => client.get('a'))).result).toMatchObject({ errorClass: 'cancelled' });
  });
});

describe('the DNS', () => {
  test('names the members, those with TLS first, in the order of priority', async () => {
    const records: Record<string, { name: string; port: number; priority: number }[]> = {
      '_etcd-client-ssl._tcp.example': [
        { name: 'b.example.', port: 2379, priority: 20 },
        { name: 'a.example', port: 2380, priority: 10 },
      ],
      '_etcd-client._tcp.example': [{ name: 'c.example', port: 1, priority: 0 }],
    };
    const resolve = async (name: string) => records[name] ?? Promise.reject(new Error('ENOTFOUND'));
    expect(await discoverEndpoints('example', resolve)).toEqual([
      ...['https://a.example:2380', 'https://b.example:2379', 'http://c.example:1'],
    ]);
    expect(await discoverEndpoints('none', resolve).catch((error) => error)).toMatchObject({
      errorClass: 'configuration',
      message: 'the DNS names no etcd servers for none',
    });
  });
});
