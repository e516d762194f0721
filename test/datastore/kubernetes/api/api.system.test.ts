import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { load } from 'js-yaml';
import { formatError } from '../../../../src/core/errors.ts';
import type {
  Collection,
  KubeObject,
  KubernetesApi,
  Target,
} from '../../../../src/datastore/kubernetes/api/api.ts';
import { caller } from '../../../../src/datastore/kubernetes/api/caller.ts';
import { listPages } from '../../../../src/datastore/kubernetes/api/list.ts';
import { openKubernetesApi } from '../../../../src/datastore/kubernetes/api/open.ts';
import { HttpClient } from '../../../../src/datastore/kubernetes/http/client.ts';
import { type Cluster, testbed } from '../../../testbed/testbed.ts';
import { accessTo } from '../http/servers.ts';
import { CONFIG_MAPS, configMap, errorOf, first, fresh, POOLS, pool } from './fixture.ts';

/** The verbs against a real API server, in a namespace of this file's own. */

const NAMESPACE = `api-${randomBytes(4).toString('hex')}`;
const NAMESPACES: Collection = { group: '', version: 'v1', plural: 'namespaces', namespaced: false };
const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1' };
const options = { signal: new AbortController().signal, requestTimeoutMs: 10_000, burst: 100 };

let kube: Cluster;
let admin: KubernetesApi;
const map = (name: string): Target => configMap(name, NAMESPACE);

function accessAs(token: string, url = kube.url) {
  return accessTo(url, {
    ca: readFileSync(kube.ca, 'utf8'),
    credentials: async () => ({ authorization: `Bearer ${token}` }),
  });
}

const ownNamespace: Target = { collection: NAMESPACES, name: NAMESPACE, label: `Namespace(${NAMESPACE})` };

beforeAll(async () => {
  kube = (await testbed()).kube;
  admin = openKubernetesApi(accessAs(kube.token), options);
  await admin.create(ownNamespace, fresh(NAMESPACE));
}, 60_000);

afterAll(async () => {
  for await (const { items } of admin.list({ collection: CONFIG_MAPS, namespace: NAMESPACE })) {
    await Promise.all(items.map(({ metadata: { name } }) => admin.delete(map(name)).catch(() => {})));
  }
  await admin.delete(ownNamespace);
  admin.close();
}, 60_000);

test('an object is made, read, changed, guarded and deleted', async () => {
  const made = await admin.create(map('one'), fresh('one', { data: { a: 'ü' } }));
  expect(await admin.get(map('one'))).toEqual(made);
  expect((await errorOf(admin.create(map('one'), fresh('one')))).errorClass).toBe('already-exists');
  const changed = await admin.replace(map('one'), { ...made, data: { b: 'c' } });
  expect(changed['data']).toEqual({ b: 'c' });
  expect((await errorOf(admin.replace(map('one'), made))).errorClass).toBe('conflict');
  expect((await admin.patch(map('one'), { data: { d: 'e' } }, 'merge'))['data']).toEqual({ b: 'c', d: 'e' });
  const { uid } = made.metadata;
  for (const stale of [{ uid: '0' }, { resourceVersion: made.metadata.resourceVersion! }]) {
    expect((await errorOf(admin.delete(map('one'), stale))).errorClass).toBe('conflict');
  }
  await admin.delete(map('one'), { uid: uid! });
  expect(formatError(await errorOf(admin.get(map('one'))))).toBe(
    `resource does not exist: ConfigMap(${NAMESPACE}/one)`,
  );
});

test('many objects are made at once and listed in chunks of one version', async () => {
  const names = Array.from({ length: 120 }, (_, index) => `many-${String(index).padStart(4, '0')}`);
  await Promise.all(names.map((name) => admin.create(map(name), fresh(name))));
  const http = new HttpClient(accessAs(kube.token), options);
  const found: string[] = [];
  const versions = new Set<string>();
  let pages = 0;
  for await (const page of listPages(caller(http), { collection: CONFIG_MAPS, namespace: NAMESPACE }, 50)) {
    pages++;
    versions.add(page.resourceVersion);
    found.push(...page.items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('many-')));
    // What is changed meanwhile does not show.
    if (pages === 1) await Promise.all(names.map((name) => admin.delete(map(name))));
  }
  http.close();
  expect(found).toEqual(names);
  expect([pages, versions.size]).toEqual([3, 1]);
}, 30_000);

test('groups are those that are served', async () => {
  expect([...(await admin.groups())]).toContain('crd.projectcalico.org');
});

describe('a watch', () => {
  /** A way to the server that can be cut. */
  async function relay() {
    const sockets = new Set<Socket>();
    const target = new URL(kube.url);
    const server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        from.on('error', () => {});
        from.on('close', () => to.destroy());
        from.pipe(to);
      }
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const cut = () => {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    };
    return {
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      cut,
      close: () => server.close(),
    };
  }

  test('misses nothing when its connection is cut again and again', async () => {
    const way = await relay();
    const api = openKubernetesApi(accessAs(kube.token, way.url), options);
    const made = await admin.create(map('watched'), fresh('watched', { data: { n: '0' } }));
    const seen: unknown[] = [];
    const selection = {
      collection: CONFIG_MAPS,
      namespace: NAMESPACE,
      fieldSelector: 'metadata.name=watched',
    };
    const watch = api.watch(selection, made.metadata.resourceVersion!)[Symbol.asyncIterator]();
    for (let n = 1; n <= 6; n++) {
      await admin.patch(map('watched'), { data: { n: String(n) } }, 'merge');
      if (n % 2 === 0) way.cut();
      const { value } = await watch.next();
      seen.push([value?.type, value?.object['data']]);
    }
    await admin.delete(map('watched'));
    seen.push([(await watch.next()).value?.type]);
    await watch.return?.();
    expect(seen).toEqual([...[1, 2, 3, 4, 5, 6].map((n) => ['MODIFIED', { n: String(n) }]), ['DELETED']]);
    api.close();
    way.cut();
    way.close();
  }, 30_000);
});

describe('refusals', () => {
  test('name the fields that are wrong', async () => {
    const wrong = fresh('wrong', {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPPool',
      spec: { cidr: 5, ipipMode: 'Sometimes' },
    });
    const error = await errorOf(admin.create(pool('wrong'), wrong));
    expect(error.errorClass).toBe('validation');
    expect(formatError(error)).toBe(
      [
        'IPPool(wrong) is refused by the API server',
        '  spec.cidr: must be of type cidr, not integer',
        '  spec.ipipMode: "Sometimes" is not one of "Never", "Always", "CrossSubnet"',
      ].join('\n'),
    );
  });

  test('say that a kind is not served', async () => {
    const collection = { ...POOLS, plural: 'nosuchthings' };
    const error = await errorOf(first(admin.list({ collection })));
    expect([error.errorClass, error.details.hint]).toEqual([
      'not-supported',
      'calicoctl datastore init installs them.',
    ]);
  });

  test('say that a namespace is missing', async () => {
    const error = await errorOf(admin.create(configMap('a', 'no-such-namespace'), fresh('a')));
    expect([error.errorClass, error.message]).toEqual([
      'not-found',
      'resource does not exist: Namespace(no-such-namespace)',
    ]);
  });

  test('of rights bring a role that gives them, and nothing else', async () => {
    const api = openKubernetesApi(accessAs(kube.stranger.token), options);
    const role = (plural: string): Collection => ({ ...RBAC, plural, namespaced: true });
    const applied: Target[] = [];
    try {
      for (const verb of ['create', 'get']) {
        const attempt = () =>
          verb === 'create' ? api.create(map('granted'), fresh('granted')) : api.get(map('granted'));
        const error = await errorOf(attempt());
        expect(error.errorClass).toBe('unauthorized');
        expect(error.message).toContain(`may not ${verb} configmaps in namespace ${NAMESPACE}`);
        const [, granted, binding] = /and\n([^\n]+)\n {2}---\n([^\n]+)$/.exec(error.details.hint!)!;
        for (const [text, plural] of [
          [granted, 'roles'],
          [binding, 'rolebindings'],
        ] as const) {
          const given = load(text!) as KubeObject;
          const { name } = given.metadata;
          const target: Target = { collection: role(plural), namespace: NAMESPACE, name, label: name };
          applied.push(target);
          await admin.create(target, given);
        }
        await eventually(attempt);
      }
      expect((await errorOf(api.delete(map('granted')))).errorClass).toBe('unauthorized');
    } finally {
      await Promise.all(applied.map((target) => admin.delete(target)));
      api.close();
    }
  }, 30_000);

  test('of tokens say what was shown, and never the token', async () => {
    const api = openKubernetesApi(accessAs('wrong-token-value'), options);
    const text = formatError(await errorOf(api.get(map('x'))));
    expect(text).toContain('it does not know us; it was shown a bearer token');
    expect(text).not.toContain('wrong-token-value');
    api.close();
  });
});

/** Rights take a moment to be known. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}
