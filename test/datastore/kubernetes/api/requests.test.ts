import { expect, test } from 'bun:test';
import { bodyOf, json } from '../http/servers.ts';
import { CONFIG_MAPS, configMap, errorOf, fakeApi, first, object, POOLS, pool } from './fixture.ts';

test('every verb asks what the API server understands', async () => {
  const seen: unknown[] = [];
  await using fake = await fakeApi(async (request, response) => {
    const body = await bodyOf(request);
    const type = request.headers['content-type'];
    seen.push([
      request.method,
      request.url,
      ...(body === '' ? [] : [JSON.parse(body)]),
      ...(type ? [type] : []),
    ]);
    json(response, 200, { metadata: { name: 'a' }, items: [] });
  });
  const { api } = fake;
  const odd = pool('a b?ü');
  await api.get(odd);
  await api.create(configMap('a', 'n s'), object('a'));
  await api.replace(pool('a'), object('a'));
  await api.replace(pool('a'), object('a'), 'status');
  await api.patch(pool('a'), { x: 1 }, 'merge');
  await api.patch(pool('a'), [{ op: 'remove', path: '/x' }], 'json', 'status');
  await api.patch(pool('a'), { x: 1 }, 'strategic-merge');
  await api.delete(pool('a'));
  await api.delete(pool('a'), { uid: 'u', resourceVersion: '5' });
  await first(api.list({ collection: CONFIG_MAPS }));
  await first(
    api.list({
      collection: CONFIG_MAPS,
      namespace: 'x',
      labelSelector: 'a=b,c',
      fieldSelector: 'metadata.name=y',
    }),
  );
  const at = '/apis/crd.projectcalico.org/v1/ippools';
  const manager = '?fieldManager=Go-http-client';
  const bytes = 'application/json';
  const options = { kind: 'DeleteOptions', apiVersion: 'v1' };
  const sent = { metadata: { name: 'a', resourceVersion: '1' } };
  expect(seen).toEqual([
    ['GET', `${at}/a%20b%3F%C3%BC`],
    ['POST', `/api/v1/namespaces/n%20s/configmaps${manager}`, sent, bytes],
    ['PUT', `${at}/a${manager}`, sent, bytes],
    ['PUT', `${at}/a/status${manager}`, sent, bytes],
    ['PATCH', `${at}/a${manager}`, { x: 1 }, 'application/merge-patch+json'],
    ['PATCH', `${at}/a/status${manager}`, [{ op: 'remove', path: '/x' }], 'application/json-patch+json'],
    ['PATCH', `${at}/a${manager}`, { x: 1 }, 'application/strategic-merge-patch+json'],
    ['DELETE', `${at}/a`, options, bytes],
    ['DELETE', `${at}/a`, { ...options, preconditions: { uid: 'u', resourceVersion: '5' } }, bytes],
    ['GET', '/api/v1/configmaps?limit=500'],
    [
      'GET',
      '/api/v1/namespaces/x/configmaps?labelSelector=a%3Db%2Cc&fieldSelector=metadata.name%3Dy&limit=500',
    ],
  ]);
});

test('integers beyond 2^53 come and go exactly', async () => {
  let stored = '';
  await using fake = await fakeApi(async (request, response) => {
    if (request.method === 'POST') stored = await bodyOf(request);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(stored);
  });
  const big = object('a', '1', { spec: { sequence: 9007199254740993n, small: 5 } });
  expect(await fake.api.create(pool('a'), big)).toEqual(big);
  expect(stored).toContain('"sequence":9007199254740993,');
  expect(await fake.api.get(pool('a'))).toEqual(big);
});

test('a deletion answers what the server said last of the object, if anything', async () => {
  const answers: unknown[] = [{ kind: 'Status', status: 'Success' }, object('a', '9')];
  await using fake = await fakeApi((_request, response) => json(response, 200, answers.shift()));
  expect(await fake.api.delete(pool('a'))).toBeUndefined();
  expect(await fake.api.delete(pool('a'))).toEqual(object('a', '9'));
});

test('the groups are asked for once, and again where that failed', async () => {
  let asked = 0;
  await using fake = await fakeApi((_request, response) => {
    if (asked++ === 0) json(response, 403, { kind: 'Status', message: 'no', code: 403 });
    else json(response, 200, { kind: 'APIGroupList', groups: [{ name: 'apps' }, { name: 'batch' }] });
  });
  expect((await errorOf(fake.api.groups())).errorClass).toBe('unauthorized');
  const [one, two] = await Promise.all([fake.api.groups(), fake.api.groups()]);
  expect([...one, ...two]).toEqual(['apps', 'batch', 'apps', 'batch']);
  expect(asked).toBe(2);
});

test('answers that are no JSON object, or compressed though nobody asked, are told as what they are', async () => {
  const bodies: [string, Record<string, string>][] = [
    ['<html><style>p {}</style><p>Log in</p></html>', { 'Content-Type': 'text/html; charset=utf-8' }],
    ['[1]', { 'Content-Type': 'application/json' }],
    ['{"kind":', { 'Content-Type': 'application/json' }],
    ['\u001f\u008b', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }],
    ['', {}],
  ];
  let turn = 0;
  await using fake = await fakeApi((_request, response) => {
    const [text, headers] = bodies[turn]!;
    response.writeHead(200, headers).end(text);
  });
  const messages: string[] = [];
  for (turn = 0; turn < bodies.length; turn++)
    messages.push((await errorOf(fake.api.get(pool('a')))).message);
  const at = `Kubernetes API server at ${fake.server.url}: it answers with`;
  expect(messages).toEqual([
    `${at} text/html, not with a JSON object: "Log in"`,
    `${at} application/json, not with a JSON object: "[1]"`,
    `${at} application/json, not with a JSON object: "{\\"kind\\":"`,
    `${at} application/json, gzip encoded, not with a JSON object`,
    `${at} no content type, not with a JSON object`,
  ]);
});

test('names that would be more than one part of a path are refused: they would reach something else', async () => {
  let asked = 0;
  await using fake = await fakeApi((_request, response) => {
    asked++;
    json(response, 200, object('a'));
  });
  const { api } = fake;
  const messages = await Promise.all(
    [
      api.delete(pool('/')),
      api.get(pool('a/status')),
      api.replace(pool(''), object('')),
      api.patch(pool('..'), {}, 'merge'),
      api.delete(pool('a%2F')),
      api.create(configMap('a', 'x/y'), object('a')),
      first(api.list({ collection: CONFIG_MAPS, namespace: '.' })),
      first(api.watch({ collection: CONFIG_MAPS, namespace: '/' }, '5')),
    ].map(async (call) => {
      const { errorClass, message } = await errorOf(call);
      return `${errorClass} ${message}`;
    }),
  );
  expect(messages).toEqual([
    `validation IPPool(/): invalid resource name "/": may not contain '/'`,
    `validation IPPool(a/status): invalid resource name "a/status": may not contain '/'`,
    `validation IPPool(): invalid resource name "": may not be ''`,
    `validation IPPool(..): invalid resource name "..": may not be '..'`,
    `validation IPPool(a%2F): invalid resource name "a%2F": may not contain '%'`,
    `validation invalid namespace "x/y": may not contain '/'`,
    `validation invalid namespace ".": may not be '.'`,
    `validation invalid namespace "/": may not contain '/'`,
  ]);
  expect(asked).toBe(0);
});

test('answers of another service are told as such, and a write that got one may be done', async () => {
  let answer: unknown;
  await using fake = await fakeApi((_request, response) => json(response, 200, answer));
  const { api } = fake;
  const told = async (call: Promise<unknown>) => {
    const { errorClass, message, details } = await errorOf(call);
    return [errorClass, message.replace(/^.*: it answers with application.json, /, ''), details.mayBeDone];
  };
  answer = { status: 'ok' };
  const other = 'not as an API server does: "{\\"status\\":\\"ok\\"}"';
  expect(await told(api.get(pool('a')))).toEqual(['datastore', other, undefined]);
  expect(await told(api.groups())).toEqual(['datastore', other, undefined]);
  expect(await told(first(api.list({ collection: POOLS })))).toEqual(['datastore', other, undefined]);
  const unknown = `${other}; the change may or may not have been made`;
  expect(await told(api.create(pool('a'), object('a')))).toEqual(['datastore', unknown, true]);
  expect(await told(api.delete(pool('a')))).toEqual(['datastore', unknown, true]);
  for (answer of [
    { metadata: {} },
    { metadata: null, items: [] },
    { metadata: {}, items: {} },
    { metadata: {}, items: [null] },
    { metadata: {}, items: [{ spec: {} }] },
  ])
    expect((await told(first(api.list({ collection: POOLS }))))[0]).toBe('datastore');
});

test('nothing is asked after the end', async () => {
  await using fake = await fakeApi((_request, response) => json(response, 200, object('a')));
  await fake.api.get(pool('a'));
  fake.api.close();
  expect((await errorOf(fake.api.get(pool('a')))).errorClass).toBe('cancelled');
  expect((await errorOf(first(fake.api.list({ collection: POOLS })))).errorClass).toBe('cancelled');
});
