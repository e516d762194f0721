import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { CalicoctlError } from '../../../src/core/errors.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import type { KubeObject } from '../../../src/datastore/kubernetes/api/api.ts';
import type { CalicoGroup } from '../../../src/datastore/kubernetes/backing.ts';
import { collectionOf, customKindOf } from '../../../src/datastore/kubernetes/objects/collections.ts';
import { convertUid } from '../../../src/datastore/kubernetes/objects/uid.ts';
import { patchResource } from '../../../src/operations/edit.ts';
import type { Kind, Metadata, Ref, Resource } from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import { GlobalNetworkSet, itemsOf, outcome, resource, withLabels, withSpec } from '../contract/objects.ts';
import { brokenObject, type CalicoServer, SERVERS } from './environment.ts';

/** What real API servers keep of Calico's resources, and what others put there. */

const IPPool = await kindOf('IPPool');
const NetworkPolicy = await kindOf('NetworkPolicy');
const GlobalNetworkPolicy = await kindOf('GlobalNetworkPolicy');
const Tier = await kindOf('Tier');
const IPAMBlock = await kindOf('IPAMBlock');
const KubeControllersConfiguration = await kindOf('KubeControllersConfiguration');

const V1: CalicoGroup = 'crd.projectcalico.org/v1';
const NOTE = 'projectcalico.org/metadata';
const POOL = { cidr: '10.0.0.0/16', nodeSelector: 'all()' };
const OWNER = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: '99999999-2222-3333-4444-555555555555' };
const CREATED = '2026-01-31T12:00:00Z';

function metadataIn(stored: Record<string, unknown> | undefined): Metadata {
  const { managedFields: _, generation: __, ...metadata } = stored!['metadata'] as Metadata;
  return metadata as Metadata;
}

for (const [name, connect] of Object.entries(SERVERS)) {
  describe(name, () => {
    let server: CalicoServer;
    let store: Datastore;
    const target = (ref: Ref) => ({
      collection: collectionOf(ref.kind, server.group),
      name: ref.name,
      label: ref.name,
      ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
    });
    /** Creates a custom resource as kubectl does. */
    const make = (kind: Kind, metadata: Metadata, spec: object): Promise<KubeObject> =>
      server.api.create(target({ kind, ...metadata }), {
        ...{ apiVersion: server.group, kind: customKindOf(kind, server.group), metadata, spec },
      });
    const storedOf = async (ref: Ref) => metadataIn(await server.stored(ref));
    beforeAll(async () => {
      server = await connect();
      store = await server.open();
    }, 120_000);
    beforeEach(() => server.clear());
    afterAll(async () => {
      await server.clear();
      await store.close();
      await server.stop();
    });

    test('keeps of our metadata what the group asks for', async () => {
      const metadata = {
        ...{ name: 'web', namespace: 'dev', creationTimestamp: CREATED },
        ...{ labels: { 'projectcalico.org/tier': 'default', z: '1' }, annotations: { n: 'a & b' } },
      };
      const ref = { kind: NetworkPolicy, namespace: 'dev', name: 'web' };
      const created = await store.create(ref, resource(NetworkPolicy, metadata, { types: ['Ingress'] }));
      const { uid, creationTimestamp, ...stored } = await storedOf(ref);
      const note = `{"name":"web","creationTimestamp":"${CREATED}","labels":{"projectcalico.org/tier":"default","z":"1"},"annotations":{"n":"a \\u0026 b"}}`;
      const isV1 = server.group === V1;
      expect(stored as object).toEqual({
        ...{ name: 'web', namespace: 'dev' },
        ...(isV1
          ? { labels: { 'projectcalico.org/tier': 'default' }, annotations: { [NOTE]: note } }
          : { labels: metadata.labels, annotations: metadata.annotations }),
      });
      expect(created.metadata.uid).toBe(isV1 ? convertUid(uid!) : uid!);
      expect(created.metadata.creationTimestamp).toBe(isV1 ? CREATED : creationTimestamp!);
    });

    test('keeps what others gave an object, through our changes', async () => {
      const given = {
        ...{ name: 'p', labels: { app: 'x' }, annotations: { 'argocd.argoproj.io/tracking-id': 'y' } },
        ...{ finalizers: ['example.org/wait'], ownerReferences: [OWNER] },
      };
      await make(IPPool, given, POOL);
      const ref = { kind: IPPool, name: 'p' };
      const reader = await server.open();
      const read = await reader.get(ref);
      expect(read.metadata).toMatchObject({
        ...given,
        generation: 1,
        managedFields: expect.any(Array) as never,
      });
      const labelled = withLabels(read, { ...read.metadata.labels, mine: '1' });
      // By one who has not read it.
      const updated = await store.update(ref, labelled);
      expect(updated.metadata).toMatchObject({ ...given, labels: { app: 'x', mine: '1' } });
      const last = await store.update(ref, withSpec(updated, { disabled: true }));
      expect(last.metadata).toMatchObject({ ...given, labels: { app: 'x', mine: '1' } });
      const stored = await storedOf(ref);
      expect(stored).toMatchObject({ ...given, labels: { app: 'x' } });
      expect((await server.stored(ref))!['metadata']).toMatchObject({ generation: 2 });
      expect(await outcome(reader.update(ref, withLabels(read, {})))).toBe('conflict');
      await server.clear();
      await reader.close();
    });

    test('tells what waits for finalizers, and lets go when users take them away', async () => {
      await make(IPPool, { name: 'p', finalizers: ['example.org/wait'] }, POOL);
      const ref = { kind: IPPool, name: 'p' };
      expect((await store.delete(ref)).metadata.name).toBe('p');
      const read = await store.get(ref);
      expect(read.metadata['deletionTimestamp']).toBeString();
      const { finalizers: _, ...metadata } = read.metadata;
      await store.update(ref, { ...read, metadata: metadata as Metadata });
      expect(await outcome(store.get(ref))).toBe('not-found');
    });

    test('keeps a status that is not ours', async () => {
      const ref = { kind: IPPool, name: 'p' };
      await store.create(ref, resource(IPPool, { name: 'p' }, POOL));
      const condition = {
        ...{ type: 'Allocatable', status: 'True', reason: 'OK', message: '' },
        lastTransitionTime: CREATED,
      };
      const status = { conditions: [condition] };
      await server.api.replace(target(ref), { ...(await server.api.get(target(ref))), status }, 'status');
      const read = await store.get(ref);
      expect(read.status).toEqual(status);
      const { status: _, ...bare } = withSpec(read, { disabled: true });
      expect((await store.update(ref, bare as Resource)).status).toEqual(status);
    });

    test('may hold what cannot be read, which can be deleted', async () => {
      const ref = { kind: GlobalNetworkSet, name: 'p' };
      await server.plant(ref, brokenObject(ref, server.group));
      expect(await outcome(store.get(ref))).toBe('corrupt');
      expect((await store.delete(ref)).metadata).toEqual({ name: 'p' });
      expect(await outcome(store.get(ref))).toBe('not-found');
    });

    test('shows tiers without order and action as those of the default tier', async () => {
      await make(Tier, { name: 't' }, {});
      const expected = { order: 1_000_000, defaultAction: 'Deny' };
      expect((await store.get({ kind: Tier, name: 't' })).spec).toEqual(expected);
      expect((await itemsOf(store, { kind: Tier })).map(({ spec }) => spec)).toEqual([expected]);
    });

    test('takes no settings under which nodes would lose their labels', async () => {
      const ref = { kind: KubeControllersConfiguration, name: 'default' };
      const spec = { controllers: { node: { syncLabels: 'Disabled' } } };
      const error = await store
        .create(ref, resource(KubeControllersConfiguration, { name: 'default' }, spec))
        .catch((reason: CalicoctlError) => reason);
      expect((error as CalicoctlError).errorClass).toBe('validation');
      expect((error as CalicoctlError).details.problems?.[0]?.path.at(-1)).toBe('syncLabels');
    });

    test('keeps what others gave the objects of IPAM', async () => {
      const spec = { cidr: '10.0.0.0/31', allocations: [null, null], unallocated: [0, 1], attributes: [] };
      await make(
        IPAMBlock,
        { name: '10-0-0-0-31', labels: { app: 'x' } },
        { ...spec, strictAffinity: false },
      );
      const ref = { kind: IPAMBlock, name: '10.0.0.0/31' };
      const read = await store.get(ref);
      await store.update(ref, withSpec(read, { sequenceNumber: 2 }));
      const stored = await storedOf({ kind: IPAMBlock, name: '10-0-0-0-31' });
      expect(stored.labels).toEqual({ app: 'x' });
      expect(stored.annotations).toEqual(server.group === V1 ? { [NOTE]: '{}' } : (undefined as never));
    });

    test('lets exactly one of a writer and a deleter of a block win', async () => {
      const spec = { cidr: '10.0.0.0/31', allocations: [null, null], unallocated: [0, 1], attributes: [] };
      const ref = { kind: IPAMBlock, name: '10.0.0.0/31' };
      const other = await server.open();
      // From 1: writing what is there already is no write to an API server.
      for (let round = 1; round <= 10; round++) {
        const created = await store.create(ref, resource(IPAMBlock, { name: ref.name }, spec));
        const [updated, deleted] = await Promise.all([
          outcome(other.update(ref, withSpec(created, { sequenceNumber: round }))),
          outcome(store.delete(ref, created.metadata.resourceVersion!)),
        ]);
        expect([updated, deleted].filter((result) => result === 'done')).toHaveLength(1);
        expect(await outcome(store.get(ref))).toBe(updated === 'done' ? 'done' : 'not-found');
        if (updated === 'done') await store.delete(ref);
      }
      await other.close();
    });
  });
}

describe('policies that old releases made', () => {
  let server: CalicoServer;
  let store: Datastore;
  beforeAll(async () => {
    server = await Object.values(SERVERS)[0]!();
    store = await server.open();
    await server.clear();
  }, 120_000);
  afterAll(async () => {
    await server.clear();
    await store.close();
    await server.stop();
  });

  test('have another name than the API server knows them by, and keep both', async () => {
    const ref = { kind: GlobalNetworkPolicy, name: 'default.web' };
    const collection = collectionOf(GlobalNetworkPolicy, V1);
    await server.api.create(
      { collection, name: ref.name, label: ref.name },
      {
        ...{ apiVersion: V1, kind: 'GlobalNetworkPolicy', spec: { selector: 'all()' } },
        metadata: { name: ref.name, annotations: { [NOTE]: `{"uid":"x","creationTimestamp":"${CREATED}"}` } },
      },
    );
    const read = await store.get(ref);
    expect(read.metadata).toMatchObject({ name: 'web', creationTimestamp: CREATED });
    expect(read.metadata.uid).not.toBe('x');
    expect(
      (await itemsOf(store, { kind: GlobalNetworkPolicy })).map(({ metadata }) => metadata.name),
    ).toEqual(['web']);
    expect(await outcome(store.get({ ...ref, name: 'web' }))).toBe('not-found');
    const updated = await store.update(ref, withSpec(read, { order: 1 }));
    expect(updated.metadata.name).toBe('web');
    const patched = await patchResource(store, ref, (document) => ({
      ...(document as object),
      spec: { order: 2 },
    }));
    expect([patched.metadata.name, patched.spec['order']]).toEqual(['web', 2]);
    expect((await store.delete(ref)).metadata.name).toBe('web');
    expect(await itemsOf(store, { kind: GlobalNetworkPolicy })).toEqual([]);
  });
});
