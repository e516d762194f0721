import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isError } from '../../src/core/errors.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { openFileDatastore } from '../../src/datastore/file/open.ts';
import { withoutForeignKinds } from '../../src/datastore/foreign.ts';
import type { KubernetesApi } from '../../src/datastore/kubernetes/api/api.ts';
import { kubernetesDatastore } from '../../src/datastore/kubernetes/store.ts';
import { verbsOf, writesOf } from '../../src/reference/verbs.ts';
import { API_VERSION, type Kind, type Ref, type Resource } from '../../src/resources/kind.ts';
import { allKinds } from '../../src/resources/registry.ts';

/** What is told of datastores, held against the datastores themselves. */

const kinds = (await Promise.all(allKinds().map(async (entry) => (await entry.load()).default))).filter(
  ({ internal }) => !internal,
);

/** Whoever gets this far sends a request: the datastore takes the operation. */
class Sent extends Error {}

function apiThatOnlyReads(): KubernetesApi {
  const send = () => {
    throw new Sent();
  };
  const get: KubernetesApi['get'] = async ({ name, namespace }) => ({
    metadata: { name, resourceVersion: '1', uid: 'u', ...(namespace !== undefined && { namespace }) },
  });
  return new Proxy({} as KubernetesApi, { get: (_, operation) => (operation === 'get' ? get : send) });
}

async function takes(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    return !isError(error, 'not-supported');
  }
}

function refOf(kind: Kind): Ref {
  return { kind, name: 'x', ...(kind.scope === 'namespaced' && { namespace: 'default' }) };
}

function resourceOf({ kind, name, namespace }: Ref): Resource {
  const metadata = { name, resourceVersion: '1', ...(namespace !== undefined && { namespace }) };
  return { apiVersion: API_VERSION, kind: kind.kind, metadata, spec: {} };
}

describe('writes to Kubernetes', () => {
  const store = kubernetesDatastore(apiThatOnlyReads(), {
    group: async () => 'crd.projectcalico.org/v1',
    usePodCidr: false,
  });
  test.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', async (_, kind) => {
    const ref = refOf(kind);
    const works = {
      create: await takes(() => store.create(ref, resourceOf(ref))),
      update: await takes(() => store.update(ref, resourceOf(ref))),
      delete: await takes(() => store.delete(ref)),
    };
    const expected = writesOf(kind, 'kubernetes');
    expect(works).toEqual({
      create: expected.includes('create'),
      update: expected.includes('update'),
      delete: expected.includes('delete'),
    });
  });
});

describe('kinds in a folder', () => {
  let folder: string;
  let store: Datastore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calicoctl-verbs-'));
    store = withoutForeignKinds(await openFileDatastore({ directory: folder }));
  });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  test.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', async (_, kind) => {
    expect(await takes(() => store.get(refOf(kind)))).toBe(verbsOf(kind, 'file').includes('get'));
    if (kind.madeOf === undefined)
      expect(await takes(() => store.create(refOf(kind), resourceOf(refOf(kind))))).toBe(true);
  });
});

test('verbs follow from the writes that a datastore takes', () => {
  const verbs = (name: string) => verbsOf(kinds.find(({ kind }) => kind === name)!, 'kubernetes');
  expect(verbs('Node')).toEqual(['apply', 'replace', 'get', 'patch', 'label']);
  expect(verbs('Profile')).toEqual(['get']);
  expect(verbs('WorkloadEndpoint')).toEqual(['delete', 'get']);
  expect(verbs('ClusterInformation')).toEqual(['get']);
});
