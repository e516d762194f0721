import { describe, expect, test } from 'bun:test';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { withoutForeignKinds } from '../../src/datastore/foreign.ts';
import { applyResource } from '../../src/operations/apply.ts';
import { API_VERSION } from '../../src/resources/kind.ts';
import { kindInManifest, kindNamed, kindOf } from '../../src/resources/registry.ts';

/** Kinds that show objects of another API. */

const KNP = await kindOf('KubernetesNetworkPolicy');
const Tier = await kindOf('Tier');

/** A datastore that has one answer to everything. */
const store = {
  capabilities: { name: 'etcdv3', serverSideIdentity: false, concurrency: 1 },
  get: async () => 'got',
  list: () => 'listed',
  watch: () => 'watched',
} as unknown as Datastore;

const own = withoutForeignKinds(store);
const REFUSED = {
  errorClass: 'not-supported',
  message:
    'KubernetesNetworkPolicy is not there in the etcd datastore: it shows a NetworkPolicy of networking.k8s.io/v1, which only the kubernetes datastore holds',
};

describe('a datastore without objects of Kubernetes', () => {
  test('says so of kinds made of them', async () => {
    await expect(own.get({ kind: KNP, name: 'a', namespace: 'b' })).rejects.toMatchObject(REFUSED);
    expect(() => own.list({ kind: KNP })).toThrow(REFUSED.message);
    expect(() => own.watch({ kind: KNP }, '1')).toThrow(REFUSED.message);
  });

  test('has all others', async () => {
    expect<unknown[]>([
      await own.get({ kind: Tier, name: 'a' }),
      own.list({ kind: Tier }),
      own.watch({ kind: Tier }, '1'),
    ]).toEqual(['got', 'listed', 'watched']);
  });
});

describe('a kind made of objects of Kubernetes', () => {
  test('has short names', async () => {
    expect([await kindNamed('knp'), await kindNamed('KubernetesNetworkPolicies')]).toEqual([KNP, KNP]);
    expect((await kindNamed('kcnp')).kind).toBe('KubernetesClusterNetworkPolicy');
  });

  test.each(['KubernetesNetworkPolicy', 'KubernetesNetworkPolicyList'])(
    'is not in manifests: %s',
    async (kind) => {
      expect<unknown>(await kindInManifest(kind, API_VERSION)).toMatchObject({
        rule: 'CAL0006',
        reason:
          'KubernetesNetworkPolicy cannot be written: it shows how Calico sees a NetworkPolicy of networking.k8s.io/v1; write that, with kubectl',
      });
    },
  );

  test('is not written by name either', async () => {
    const resource = { apiVersion: API_VERSION, kind: KNP.kind, metadata: { name: 'a' }, spec: {} };
    const ref = { kind: KNP, name: 'a', namespace: 'b' };
    await expect(applyResource(store, { ref, resource })).rejects.toMatchObject({
      errorClass: 'not-supported',
      details: { hint: 'It shows a NetworkPolicy of networking.k8s.io/v1: write that, with kubectl.' },
    });
  });
});
