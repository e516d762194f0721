import { CalicoctlError } from '../../../../src/core/errors.ts';
import type {
  KubeEvent,
  KubeObject,
  KubernetesApi,
  Selection,
  Target,
} from '../../../../src/datastore/kubernetes/api/api.ts';
import type { Metadata } from '../../../../src/resources/kind.ts';

/** A core object as the API server shows it; `version` is its resourceVersion. */
export function kubeObject(
  metadata: Metadata,
  fields: Readonly<Record<string, unknown>> = {},
  version = '7',
): KubeObject {
  return {
    metadata: {
      uid: '2413a255-9d47-42e7-8f37-0b70fa7c8728',
      creationTimestamp: '2026-01-31T12:00:00Z',
      resourceVersion: version,
      ...metadata,
    },
    ...fields,
  };
}

/** What was asked of the API server, in order: `patch pods/status shop/web {…}`. */
export interface MemoryApi extends KubernetesApi {
  readonly asked: string[];
  /** Puts an object there at the next version, as somebody else would. */
  put(plural: string, object: KubeObject): KubeObject;
  find(plural: string, name: string, namespace?: string): KubeObject | undefined;
  /** Told to whoever watches. */
  readonly events: KubeEvent[];
  /** Called before every write; may change objects or throw. */
  beforeWrite: () => void;
}

/** The verbs of the API server over objects in memory, two to a page. Only what the tests need of their behaviour. */
export function memoryApi(initial: Readonly<Record<string, readonly KubeObject[]>> = {}): MemoryApi {
  const objects = new Map<string, KubeObject>();
  let version = 100;
  const keyOf = (plural: string, name: string, namespace = '') => `${plural} ${namespace}/${name}`;
  const store = (plural: string, object: KubeObject): KubeObject => {
    const metadata = { ...object.metadata, resourceVersion: String(++version) };
    const stored = { ...object, metadata };
    objects.set(keyOf(plural, metadata.name, metadata.namespace), stored);
    return stored;
  };
  for (const [plural, all] of Object.entries(initial))
    for (const object of all)
      objects.set(keyOf(plural, object.metadata.name, object.metadata.namespace), object);
  const existing = ({ collection, name, namespace, label }: Target): KubeObject => {
    const found = objects.get(keyOf(collection.plural, name, namespace));
    if (found !== undefined) return found;
    throw new CalicoctlError('not-found', `resource does not exist: ${label}`, { resource: label });
  };
  const api: MemoryApi = {
    asked: [],
    events: [],
    beforeWrite: () => {},
    put: store,
    find: (plural, name, namespace) => objects.get(keyOf(plural, name, namespace)),
    async get(target) {
      api.asked.push(`get ${wordsOf(target)}`);
      return existing(target);
    },
    async *list(selection) {
      api.asked.push(`list ${selection.collection.plural} ${selection.fieldSelector ?? ''}`.trim());
      const found = [...objects]
        .filter(([key, { metadata }]) => isSelected(selection, key, metadata))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, object]) => object);
      for (let start = 0; start === 0 || start < found.length; start += 2)
        yield { items: found.slice(start, start + 2), resourceVersion: String(version) };
    },
    create: async () => Promise.reject(new Error('nothing is created here')),
    async replace(target, object, subresource) {
      api.asked.push(`replace ${wordsOf(target, subresource)}`);
      api.beforeWrite();
      const current = existing(target);
      if (current.metadata.resourceVersion !== object.metadata.resourceVersion)
        throw new CalicoctlError('conflict', `update conflict: ${target.label}`, { resource: target.label });
      return store(target.collection.plural, object);
    },
    async patch(target, patch, type, subresource) {
      api.asked.push(`patch ${wordsOf(target, subresource)} ${type} ${JSON.stringify(patch)}`);
      api.beforeWrite();
      const current = existing(target);
      const { metadata } = patch as { metadata: Metadata };
      const annotations = { ...current.metadata.annotations, ...metadata.annotations };
      return store(target.collection.plural, {
        ...current,
        metadata: { ...current.metadata, annotations },
      });
    },
    delete: async () => Promise.reject(new Error('nothing is deleted here')),
    async *watch({ collection }, from) {
      api.asked.push(`watch ${collection.plural} ${from}`);
      yield* api.events.filter(
        ({ object }) => object['kind'] === undefined || object['kind'] === collection.plural,
      );
    },
    groups: async () => new Set<string>(),
    close: () => {},
  };
  return api;
}

function wordsOf({ collection, namespace, name }: Target, subresource?: string): string {
  const place = namespace === undefined ? name : `${namespace}/${name}`;
  return `${collection.plural}${subresource === undefined ? '' : `/${subresource}`} ${place}`;
}

function isSelected({ collection, namespace }: Selection, key: string, metadata: Metadata): boolean {
  return (
    key.startsWith(`${collection.plural} `) && (namespace === undefined || metadata.namespace === namespace)
  );
}

/** All items of pages, or of changes. */
export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of source) found.push(item);
  return found;
}
