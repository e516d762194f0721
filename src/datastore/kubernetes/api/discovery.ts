/** What the API server serves. */
import { isError } from '../../../core/errors.ts';
import { isObject, objectsIn, parseJson } from '../../../core/json.ts';
import type { ServedResource } from '../../cluster.ts';
import type { Caller } from './caller.ts';
import { isGood } from './caller.ts';

/** All of a root in one answer, where the server offers that (Kubernetes 1.26 and later). */
const AGGREGATED = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

type Found = Record<string, unknown>;

/** Each kind in the first version of its group that has it; servers name the preferred version first. */
export async function readResources(caller: Caller): Promise<readonly ServedResource[]> {
  const roots = await Promise.all(['/api', '/apis'].map((path) => ofRoot(caller, path)));
  const seen = new Set<string>();
  return roots.flat().filter(({ group, plural }) => {
    const key = `${plural}.${group}`;
    return !seen.has(key) && seen.add(key);
  });
}

async function ofRoot(caller: Caller, path: string): Promise<ServedResource[]> {
  const request = { method: 'GET', path, accept: AGGREGATED } as const;
  const root = await caller.call({ verb: 'get' }, request, () => true);
  if (root['kind'] === 'APIGroupDiscoveryList') return objectsIn(root['items']).flatMap(ofAggregated);
  const versions =
    path === '/api'
      ? texts(root['versions']).map((version) => ({ group: '', version, path: `/api/${version}` }))
      : objectsIn(root['groups']).flatMap(versionsOf);
  return (await Promise.all(versions.map((each) => ofVersion(caller, each)))).flat();
}

function ofAggregated(item: Found): ServedResource[] {
  const group = text(isObject(item['metadata']) ? item['metadata']['name'] : '');
  // What a server behind the API server said before it fell silent is of no use.
  const answering = objectsIn(item['versions']).filter(({ freshness }) => freshness !== 'Stale');
  return answering.flatMap(({ version, resources }) =>
    objectsIn(resources).map((each) => ({
      group,
      version: text(version),
      plural: text(each['resource']),
      namespaced: each['scope'] === 'Namespaced',
      kind: text(isObject(each['responseKind']) ? each['responseKind']['kind'] : ''),
      verbs: texts(each['verbs']),
    })),
  );
}

interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly path: string;
}

function versionsOf({ name, preferredVersion, versions }: Found): GroupVersion[] {
  const preferred = text(isObject(preferredVersion) ? preferredVersion['version'] : '');
  const all = objectsIn(versions).map(({ version }) => text(version));
  return [...new Set([preferred, ...all])]
    .filter((version) => version !== '')
    .map((version) => ({ group: text(name), version, path: `/apis/${text(name)}/${version}` }));
}

async function ofVersion(caller: Caller, { group, version, path }: GroupVersion): Promise<ServedResource[]> {
  try {
    // A server behind the API server that is gone stays gone; the others need not wait for it.
    const answer = await caller.ask({ method: 'GET', path, call: 'relayed' });
    const list = isGood(answer) ? parseJson(answer.text) : undefined;
    const served = isObject(list) ? objectsIn(list['resources']) : [];
    return served
      .filter(({ name }) => !text(name).includes('/'))
      .map(({ name, namespaced, kind, verbs }) => ({
        group,
        version,
        plural: text(name),
        namespaced: namespaced === true,
        kind: text(kind),
        verbs: texts(verbs),
      }));
  } catch (error) {
    if (isError(error, 'cancelled')) throw error;
    return [];
  }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
