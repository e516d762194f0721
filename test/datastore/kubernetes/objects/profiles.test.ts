import { describe, expect, test } from 'bun:test';
import { profiles } from '../../../../src/datastore/kubernetes/objects/profiles.ts';
import type { Ref } from '../../../../src/resources/kind.ts';
import { kindOf } from '../../../../src/resources/registry.ts';
import { all, kubeObject, memoryApi } from './kube.ts';

const kind = await kindOf('Profile');
const ref = (name: string): Ref => ({ kind, name });
const RULES = [{ action: 'Allow' }];

function cluster() {
  const api = memoryApi({
    namespaces: [
      kubeObject({ name: 'shop', labels: { team: 'blue' } }, {}, '41'),
      kubeObject({ name: 'dev' }),
      kubeObject({ name: 'edge' }),
    ],
    serviceaccounts: [
      kubeObject({ name: 'web.v2', namespace: 'shop', labels: { role: 'front' } }, {}, '42'),
      kubeObject({ name: 'default', namespace: 'dev' }),
    ],
  });
  return { api, store: profiles(api, kind) };
}

describe('profiles', () => {
  test('of a namespace', async () => {
    expect(await cluster().store.get(ref('kns.shop'))).toEqual({
      kind: 'Profile',
      apiVersion: 'projectcalico.org/v3',
      metadata: {
        name: 'kns.shop',
        uid: '24c845aa-b9e2-42e7-8fec-d00e5f3ee114',
        resourceVersion: '41/',
        creationTimestamp: '2026-01-31T12:00:00Z',
      },
      spec: {
        ingress: RULES,
        egress: RULES,
        labelsToApply: { 'pcns.projectcalico.org/name': 'shop', 'pcns.team': 'blue' },
      },
    });
  });

  test('of a service account, whose name may have dots', async () => {
    const { metadata, spec } = await cluster().store.get(ref('ksa.shop.web.v2'));
    expect([metadata.name, metadata.resourceVersion]).toEqual(['ksa.shop.web.v2', '/42']);
    expect(spec).toEqual({
      labelsToApply: { 'pcsa.projectcalico.org/name': 'web.v2', 'pcsa.role': 'front' },
    });
  });

  test('built in', async () => {
    const { api, store } = cluster();
    const { metadata, spec } = await store.get(ref('projectcalico-default-allow'));
    expect(metadata).toEqual({ name: 'projectcalico-default-allow', resourceVersion: '1' });
    expect(spec).toEqual({ ingress: RULES, egress: RULES });
    expect(api.asked).toEqual([]);
  });

  test.each(['kns.', 'kns.nosuch', 'ksa.shop', 'ksa.shop.nosuch', 'dev-apps', 'shop'])(
    'not %s',
    async (name) => {
      await expect(cluster().store.get(ref(name))).rejects.toMatchObject({
        errorClass: 'not-found',
        details: { resource: `Profile(${name})` },
      });
    },
  );

  test('are listed: the built-in one, those of namespaces, those of accounts; every page at both versions', async () => {
    const pages = await all(cluster().store.list({ kind }));
    expect(pages.map(({ items }) => items.map(({ metadata }) => metadata.name))).toEqual([
      ['projectcalico-default-allow'],
      ['kns.dev', 'kns.edge'],
      ['kns.shop'],
      ['ksa.dev.default', 'ksa.shop.web.v2'],
    ]);
    expect(new Set(pages.map(({ version }) => version))).toEqual(new Set(['100/100']));
    const some = await all(cluster().store.list({ kind, namePrefix: 'kns.d' }));
    expect(some.flatMap(({ items }) => items.map(({ metadata }) => metadata.name))).toEqual(['kns.dev']);
  });

  test('are watched from a version of both, and tell one to go on from', async () => {
    const { api, store } = cluster();
    const event = (type: 'ADDED' | 'MODIFIED' | 'DELETED', source: string, name: string, version: string) =>
      api.events.push({ type, object: kubeObject({ name, namespace: 'shop' }, { kind: source }, version) });
    event('ADDED', 'namespaces', 'new', '11');
    event('DELETED', 'serviceaccounts', 'web', '23');
    const changes = await all(store.watch({ kind }, '10/20'));
    expect(api.asked).toEqual(['watch namespaces 10', 'watch serviceaccounts 20']);
    expect(changes.map(({ type, resource, version }) => [type, resource.metadata.name, version])).toEqual([
      ['added', 'kns.new', '11/20'],
      ['deleted', 'ksa.shop.web', '11/23'],
    ]);
  });

  test.each(['', '5', '5/', '/5', '1/2/3'])('cannot be watched from version "%s"', (version) => {
    expect(() => cluster().store.watch({ kind }, version)).toThrow('is not a version of a list of profiles');
  });

  test('are not written, and it is said who is', async () => {
    const { store } = cluster();
    const profile = await store.get(ref('kns.shop'));
    for (const attempt of [store.create, store.update])
      await expect(attempt(ref('kns.shop'), profile)).rejects.toMatchObject({
        errorClass: 'not-supported',
        message: expect.stringContaining(
          'is not supported on Profile(kns.shop): profiles of the kubernetes datastore',
        ),
      });
    await expect(store.delete(ref('kns.shop'))).rejects.toMatchObject({
      errorClass: 'not-supported',
      details: { hint: 'Delete the namespace or the service account with kubectl.' },
    });
  });
});
