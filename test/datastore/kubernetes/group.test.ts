import { expect, test } from 'bun:test';
import { CalicoctlError, type ErrorClass } from '../../../src/core/errors.ts';
import type { KubernetesApi, Target } from '../../../src/datastore/kubernetes/api/api.ts';
import { discoverGroup } from '../../../src/datastore/kubernetes/group.ts';

const V1 = 'crd.projectcalico.org/v1';
const V3 = 'projectcalico.org/v3';

const INFORMATION: Target = {
  collection: {
    group: 'crd.projectcalico.org',
    version: 'v1',
    plural: 'clusterinformations',
    namespaced: false,
  },
  name: 'default',
  label: 'ClusterInformation(default)',
};

interface Answers {
  /** To the get of ClusterInformation in v1: an object, or a refusal. */
  readonly get: 'found' | ErrorClass;
  readonly groups?: readonly string[] | ErrorClass;
}

function apiOf({ get, groups = [] }: Answers) {
  const asked: string[] = [];
  const refuse = (errorClass: ErrorClass): never => {
    throw new CalicoctlError(errorClass, 'no');
  };
  const api = {
    async get({ name, collection }: Target) {
      asked.push(`get ${collection.plural}.${collection.group} ${name}`);
      return get === 'found' ? { metadata: { name } } : refuse(get);
    },
    async groups() {
      asked.push('groups');
      return typeof groups === 'string' ? refuse(groups) : new Set(groups);
    },
  } as unknown as KubernetesApi;
  return { api, asked };
}

const PROBE = 'get clusterinformations.crd.projectcalico.org default';

test.each<[Answers, string, string[]]>([
  [{ get: 'found' }, V1, [PROBE]],
  [{ get: 'not-found' }, V1, [PROBE]],
  [{ get: 'not-supported', groups: ['projectcalico.org', 'apps'] }, V3, [PROBE, 'groups']],
  [{ get: 'unauthorized', groups: ['projectcalico.org'] }, V3, [PROBE, 'groups']],
  // The aggregated API server of Calico serves both; the resources are then those of v1.
  [{ get: 'unauthorized', groups: ['projectcalico.org', 'crd.projectcalico.org'] }, V1, [PROBE, 'groups']],
  [{ get: 'not-supported', groups: [] }, V1, [PROBE, 'groups']],
  // A server that does not tell is taken for v1.
  [{ get: 'unauthorized', groups: 'unauthorized' }, V1, [PROBE, 'groups']],
  [{ get: 'datastore', groups: 'datastore' }, V1, [PROBE, 'groups']],
])('a server that answers %j has its resources in %s', async (answers, group, requests) => {
  const { api, asked } = apiOf(answers);
  const discovered = discoverGroup(api, undefined);
  expect(await Promise.all([discovered.group(), discovered.group()])).toEqual([group, group] as never);
  expect(asked).toEqual(requests);
});

test.each([
  ['projectcalico.org/v3', V3],
  ['ProjectCalico.org/V3', V3],
  ['crd.projectcalico.org/v1', V1],
  ['anything', V1],
])('the setting %s means %s, and the server is not asked', async (setting, group) => {
  const { api, asked } = apiOf({ get: 'unavailable' });
  expect(await discoverGroup(api, setting).group()).toBe(group as typeof V1);
  expect(asked).toEqual([]);
});

test('what was read on the way is handed out once, and to nobody who asks for something else', async () => {
  const { api, asked } = apiOf({ get: 'found' });
  const discovered = discoverGroup(api, undefined);
  await discovered.group();
  const v3 = { ...INFORMATION.collection, group: 'projectcalico.org', version: 'v3' };
  await discovered.api.get({ ...INFORMATION, collection: v3 });
  await discovered.api.get({ ...INFORMATION, name: 'other' });
  expect(await discovered.api.get(INFORMATION)).toEqual({ metadata: { name: 'default' } });
  expect(asked.filter((request) => request === PROBE)).toHaveLength(1);
  await discovered.api.get(INFORMATION);
  expect(asked.filter((request) => request === PROBE)).toHaveLength(2);
});

test('that it is not there is handed out too', async () => {
  const { api, asked } = apiOf({ get: 'not-found' });
  const discovered = discoverGroup(api, undefined);
  await discovered.group();
  const error = await discovered.api.get(INFORMATION).catch((thrown) => thrown);
  expect(error.errorClass).toBe('not-found');
  expect(asked).toEqual([PROBE]);
});

test('a server that is not there is an error, and is asked again', async () => {
  for (const errorClass of ['unavailable', 'timeout', 'cancelled', 'configuration'] as const) {
    for (const answers of [{ get: errorClass }, { get: 'unauthorized', groups: errorClass }] as Answers[]) {
      const { api, asked } = apiOf(answers);
      const discovered = discoverGroup(api, undefined);
      const ask = () => discovered.group().catch((thrown) => thrown.errorClass);
      expect([await ask(), await ask()]).toEqual([errorClass, errorClass]);
      expect(asked.filter((request) => request === PROBE)).toHaveLength(2);
    }
  }
});

test('what was read on the way is not handed out to whoever has written it meanwhile', async () => {
  const { api, asked } = apiOf({ get: 'not-found' });
  const created: string[] = [];
  const writing = {
    ...api,
    create: async ({ name }: Target) => created.push(name),
  } as unknown as KubernetesApi;
  const discovered = discoverGroup(writing, undefined);
  await discovered.group();
  await discovered.api.create(INFORMATION, { metadata: { name: 'default' } });
  await discovered.api.get(INFORMATION).catch(() => undefined);
  expect(created).toEqual(['default']);
  expect(asked).toEqual([PROBE, PROBE]);
});
