import { describe, expect, test } from 'bun:test';
import { CalicoctlError } from '../../../../src/core/errors.ts';
import type { Credentials } from '../../../../src/datastore/kubernetes/access/access.ts';
import { accessTo, bodyOf, clientOf, GET, json, POST, serve, serveBytes } from './servers.ts';

/** The error that a promise rejects with. */
function errorOf(promise: Promise<unknown>): Promise<CalicoctlError> {
  return promise.then(
    (value) => {
      throw new Error(`no error, but ${JSON.stringify(value)}`);
    },
    (error) => {
      if (error instanceof CalicoctlError) return error;
      throw error;
    },
  );
}

describe('a request', () => {
  test('says who we are and for whom', async () => {
    await using server = await serve((request, response) => json(response, 200, request.rawHeaders));
    const impersonation = {
      user: 'jürgen',
      uid: '7',
      groups: ['a', 'b'],
      extra: { 'example.org/scopes': ['x', 'y'] },
    };
    using client = clientOf(accessTo(`${server.url}/`, { impersonation }));
    const raw: string[] = JSON.parse((await client.http.send({ ...POST, body: '{"a":"ü"}' })).text);
    const headers = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1]!] as const] : []));
    const shown = headers.map(([name, value]) => `${name}: ${Buffer.from(value, 'latin1').toString()}`);
    expect(shown.filter((line) => !/^connection/i.test(line)).sort()).toEqual([
      'Accept-Encoding: identity',
      'Accept: application/json',
      'Authorization: Bearer secret-token',
      'Content-Length: 10',
      'Content-Type: application/json',
      `Host: 127.0.0.1:${server.port}`,
      'Impersonate-Extra-example.org%2Fscopes: x',
      'Impersonate-Extra-example.org%2Fscopes: y',
      'Impersonate-Group: a',
      'Impersonate-Group: b',
      'Impersonate-Uid: 7',
      'Impersonate-User: jürgen',
      'User-Agent: calicoctl/3.32.0',
    ]);
  });

  test('goes below the path of the server, with its body whole', async () => {
    await using server = await serve(async (request, response) =>
      json(response, 200, [request.method, request.url, await bodyOf(request)]),
    );
    using client = clientOf(accessTo(`${server.url}/clusters/a/`));
    const body = JSON.stringify({ long: 'ü'.repeat(200_000) });
    const { text } = await client.http.send({ method: 'PUT', path: '/api/v1/x?y=z', body });
    expect(JSON.parse(text)).toEqual(['PUT', '/clusters/a/api/v1/x?y=z', body]);
  });

  test('uses a connection again, and no more of them than requests at once', async () => {
    await using server = await serve((_request, response) => setTimeout(() => json(response, 200, {}), 2));
    using client = clientOf(accessTo(server.url));
    for (let round = 0; round < 5; round++) await client.http.send(GET);
    expect(server.connections()).toBe(1);
    await Promise.all(Array.from({ length: 200 }, () => client.http.send(GET)));
    expect(server.connections()).toBeGreaterThan(8);
    expect(server.connections()).toBeLessThanOrEqual(64);
  });

  test('gets answers in their order whatever the number of them at once', async () => {
    await using server = await serve((request, response) => {
      setTimeout(() => json(response, 200, request.url), Math.random() * 5);
    });
    using client = clientOf(accessTo(server.url));
    const paths = Array.from({ length: 300 }, (_, index) => `/${index}`);
    const answers = await Promise.all(paths.map((path) => client.http.send({ method: 'GET', path })));
    expect(answers.map(({ text }) => JSON.parse(text))).toEqual(paths);
  });

  test('waits its turn where the user wants only so many a second', async () => {
    await using server = await serve((_request, response) => json(response, 200, {}));
    using client = clientOf(accessTo(server.url), { qps: 100, burst: 5 });
    const begun = performance.now();
    await Promise.all(Array.from({ length: 25 }, () => client.http.send(GET)));
    expect(performance.now() - begun).toBeGreaterThan(190);
  });
});

describe('an answer that is cut', () => {
  const body = JSON.stringify({ items: ['ü', 1] });
  const forms = {
    'with a length': `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    'in chunks': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n${body.slice(0, 5)}\r\n${(Buffer.byteLength(body) - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`,
  };
  for (const [form, text] of Object.entries(forms)) {
    const bytes = Buffer.from(text);

    /** Answers `/<cut>` with so many bytes, then hangs up; the second time with all of them. */
    async function cutting() {
      const asked = new Set<string>();
      return serveBytes((socket) => {
        socket.on('data', (request) => {
          const cut = /\/(\d+)/.exec(String(request))![1]!;
          if (asked.has(cut)) socket.write(bytes);
          else socket.write(bytes.subarray(0, Number(cut)), () => socket.destroy());
          asked.add(cut);
        });
      });
    }
    const cuts = Array.from(bytes, (_, cut) => `/${cut}`);

    test(`${form}, at any byte: is read again`, async () => {
      await using server = await cutting();
      using client = clientOf(accessTo(server.url));
      const answers = await Promise.all(cuts.map((path) => client.http.send({ ...GET, path })));
      expect(answers.map(({ text }) => text)).toEqual(cuts.map(() => body));
    });

    test(`${form}, at any byte: a write of which that is the answer may be done`, async () => {
      await using server = await cutting();
      using client = clientOf(accessTo(server.url));
      const errors = await Promise.all(cuts.map((path) => errorOf(client.http.send({ ...POST, path }))));
      const facts = errors.map(({ errorClass, details }) => [errorClass, details.mayBeDone]);
      expect(facts).toEqual(cuts.map(() => ['unavailable', true]));
      expect(errors[0]!.message).toContain('the change may or may not have been made');
    });
  }

  test('is told with how much of it came', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '1000' });
      response.write('x'.repeat(300), () => setTimeout(() => response.destroy(), 20));
    });
    using client = clientOf(accessTo(server.url), { requestTimeoutMs: 200 });
    expect((await errorOf(client.http.send(GET))).message).toBe(
      `Kubernetes API server at ${server.url}: the connection broke in the middle of the answer, after 300 of 1000 bytes`,
    );
  });
});

describe('time', () => {
  test('is not up while something comes, however slowly', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      let count = 0;
      const timer = setInterval(() => {
        response.write(' ');
        if (++count < 8) return;
        clearInterval(timer);
        response.end('{}');
      }, 50);
    });
    using client = clientOf(accessTo(server.url), { requestTimeoutMs: 200 });
    expect(JSON.parse((await client.http.send(GET)).text)).toEqual({});
  });

  test('is not up where this process stood still while the answer came', async () => {
    await using server = await serve((_request, response) => {
      json(response, 200, {});
      process.nextTick(() => {
        for (const end = performance.now() + 300; performance.now() < end; );
      });
    });
    using client = clientOf(accessTo(server.url), { requestTimeoutMs: 150 });
    for (let time = 0; time < 3; time++) expect((await client.http.send(GET)).status).toBe(200);
  });

  test('is up when nothing comes, or nothing more', async () => {
    let left = '';
    await using server = await serve((request, response) => {
      request.socket.on('close', () => {
        left += 'x';
      });
      if (request.url === '/begin') response.writeHead(200, { 'Content-Length': '9' }).write('{');
    });
    using client = clientOf(accessTo(server.url), { requestTimeoutMs: 150 });
    const silent = await errorOf(client.http.send(POST));
    expect([silent.errorClass, silent.details.mayBeDone]).toEqual(['timeout', true]);
    expect(silent.message).toContain('no answer within 0.2 s');
    const begun = await errorOf(client.http.send({ ...GET, path: '/begin' }));
    expect(begun.message).toContain('nothing more came for 0.2 s, after 1 bytes of the answer');
    expect(begun.details.mayBeDone).toBeUndefined();
    await new Promise((done) => setTimeout(done, 30));
    expect(left).toBe('xx');
  });

  test('has no end where the user sets none', async () => {
    await using server = await serve((_request, response) => setTimeout(() => json(response, 200, {}), 100));
    using client = clientOf(accessTo(server.url), { requestTimeoutMs: 0 });
    expect((await client.http.send(GET)).status).toBe(200);
  });

  test('is cut short by Ctrl-C: requests, waits and connections end', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/busy') json(response, 429, {}, { 'Retry-After': '1' });
    });
    using client = clientOf(accessTo(server.url), { requestTimeoutMs: 60_000 });
    const all = ['/never', '/busy'].map((path) =>
      errorOf(client.http.send({ method: 'POST', path, body: '{}' })),
    );
    await new Promise((done) => setTimeout(done, 50));
    client.stop.abort();
    const begun = performance.now();
    const [never, busy] = await Promise.all(all);
    expect(performance.now() - begun).toBeLessThan(1000);
    expect([never!.errorClass, never!.details.mayBeDone]).toEqual(['cancelled', true]);
    expect(busy!.errorClass).toBe('cancelled');
    expect(busy!.details.mayBeDone).toBeUndefined();
    expect((await errorOf(client.http.send(GET))).errorClass).toBe('cancelled');
  });
});

test('whoever asked may give up at any time: before the head, in the body, between attempts, in a stream', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/busy') json(response, 429, {}, { 'Retry-After': '1' });
    if (request.url === '/begun') response.writeHead(200, { 'Content-Length': '9' }).write('{');
  });
  using client = clientOf(accessTo(server.url), { requestTimeoutMs: 0 });
  const givenUp = async (path: string) => {
    const wish = new AbortController();
    const done = errorOf(client.http.send({ ...GET, path }, wish.signal));
    await new Promise((after) => setTimeout(after, 50));
    wish.abort();
    const begun = performance.now();
    return [(await done).message, performance.now() - begun < 500];
  };
  for (const path of ['/never', '/begun', '/busy']) expect(await givenUp(path)).toEqual(['cancelled', true]);
  const wish = new AbortController();
  const stream = await client.http.stream({ ...GET, path: '/begun' }, 0, wish.signal);
  wish.abort();
  if ('answer' in stream) throw new Error('refused');
  await expect(stream.chunks.next()).rejects.toThrow('cancelled');
});

test('an answer that asks for another protocol ends the request, whatever the patience', async () => {
  await using server = await serveBytes((socket) =>
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
    ),
  );
  using client = clientOf(accessTo(server.url), { requestTimeoutMs: 0 });
  const { message, details } = await errorOf(client.http.send(POST));
  expect(message).toContain('the connection broke before the answer came: it closed the connection');
  expect(details.mayBeDone).toBe(true);
});

describe('a busy or broken server', () => {
  /** A server that answers with these statuses first, then with 200; counts requests. */
  async function moody(statuses: readonly number[], headers: Record<string, string> = {}) {
    const times: number[] = [];
    const server = await serve((_request, response) => {
      const status = statuses[times.length] ?? 200;
      times.push(performance.now());
      json(response, status, { status }, status === 200 ? {} : headers);
    });
    return { server, times, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }

  test('is read from until it answers', async () => {
    await using of = await moody([500, 503, 429, 502, 504]);
    using client = clientOf(accessTo(of.server.url));
    expect((await client.http.send(GET)).status).toBe(200);
    expect(of.times.length).toBe(6);
  });

  test('that asks to come back later is asked later, for writes too', async () => {
    await using of = await moody([429], { 'Retry-After': '1' });
    using client = clientOf(accessTo(of.server.url));
    expect((await client.http.send(POST)).status).toBe(200);
    expect(of.times[1]! - of.times[0]!).toBeGreaterThanOrEqual(995);
  });

  test('that asks to come back too late is not waited for', async () => {
    await using of = await moody([429], { 'Retry-After': '60' });
    using client = clientOf(accessTo(of.server.url));
    const begun = performance.now();
    expect((await client.http.send(POST)).status).toBe(429);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  test('gets a write once', async () => {
    for (const status of [500, 502, 503, 504]) {
      await using of = await moody([status]);
      using client = clientOf(accessTo(of.server.url));
      expect((await client.http.send(POST)).status).toBe(status);
      expect(of.times.length).toBe(1);
    }
  });

  test('is given up after the time set', async () => {
    await using of = await moody(Array.from({ length: 1000 }, () => 503));
    using client = clientOf(accessTo(of.server.url), { requestTimeoutMs: 300 });
    expect((await client.http.send(GET)).status).toBe(503);
    expect(of.times.length).toBeGreaterThan(2);
    expect(of.times.at(-1)! - of.times[0]!).toBeLessThan(500);
  });

  test('is not asked by as many at once any more', async () => {
    let live = 0;
    let most = 0;
    let calm = false;
    await using server = await serve((_request, response) => {
      most = Math.max(most, ++live);
      setTimeout(() => {
        live--;
        json(response, calm || live < 4 ? 200 : 429, {});
      }, 3);
    });
    using client = clientOf(accessTo(server.url), { requestTimeoutMs: 20_000 });
    await Promise.all(Array.from({ length: 60 }, () => client.http.send(POST)));
    expect(most).toBe(16);
    most = 0;
    calm = true;
    await Promise.all(Array.from({ length: 20 }, () => client.http.send(POST)));
    expect(most).toBeLessThanOrEqual(8);
  });
});

describe('a server that is not there', () => {
  test('is told at once, with where its address is from', async () => {
    const server = await serve(() => {});
    await server[Symbol.asyncDispose]();
    using client = clientOf(accessTo(server.url));
    const error = await errorOf(client.http.send(POST));
    expect(error.message).toBe(`Kubernetes API server at ${server.url}: connection refused`);
    expect(error.details.hint).toContain('context "test" of kubeconfig');
    expect(error.details.mayBeDone).toBeUndefined();
  });

  test('is waited for when it was there before', async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    using client = clientOf(accessTo(server.url));
    await client.http.send(GET);
    await server[Symbol.asyncDispose]();
    // An idle connection that ends is noticed only by and by.
    await new Promise((done) => setTimeout(done, 50));
    const written = client.http.send(POST);
    await new Promise((done) => setTimeout(done, 150));
    await using again = await serve((_request, response) => json(response, 201, {}), server.port);
    expect(again.port).toBe(server.port);
    expect((await written).status).toBe(201);
  });

  test('or whose name is unknown', async () => {
    using client = clientOf(accessTo('https://nosuch.invalid:6443'));
    const error = await errorOf(client.http.send(GET));
    expect(error.message).toContain(
      'https://nosuch.invalid:6443: the host name nosuch.invalid cannot be resolved',
    );
  });

  test('or that speaks something else', async () => {
    await using server = await serveBytes((socket) =>
      socket.once('data', () => socket.end('220 smtp ready\r\n')),
    );
    using client = clientOf(accessTo(server.url));
    const error = await errorOf(client.http.send(GET));
    expect([error.errorClass, error.message]).toEqual([
      'unavailable',
      `Kubernetes API server at ${server.url}: it does not speak HTTP`,
    ]);
  });
});

describe('credentials', () => {
  test('that are refused are renewed once', async () => {
    let token = 'old';
    const seen: string[] = [];
    await using server = await serve((request, response) => {
      seen.push(request.headers.authorization ?? '');
      json(response, request.headers.authorization === 'new' ? 200 : 401, {});
    });
    const credentials = async (): Promise<Credentials> => ({ authorization: token });
    const refresh = (used: Credentials) => {
      token = used.authorization === 'old' ? 'new' : 'newest';
      return true;
    };
    using client = clientOf(accessTo(server.url, { credentials, refresh }));
    expect((await client.http.send(POST)).status).toBe(200);
    expect(seen).toEqual(['old', 'new']);
    token = 'worse';
    expect((await client.http.send(POST)).status).toBe(401);
    expect(seen.slice(2)).toEqual(['worse', 'newest']);
  });

  test('that cannot be had are told as they are', async () => {
    const fault = new CalicoctlError('unauthorized', 'the plugin failed');
    using client = clientOf(accessTo('http://127.0.0.1:1', { credentials: () => Promise.reject(fault) }));
    expect(await errorOf(client.http.send(GET))).toBe(fault);
  });
});
