import { CalicoctlError, type ErrorClass } from '../../../../src/core/errors.ts';
import type {
  Collection,
  KubeEvent,
  KubeObject,
  KubernetesApi,
  Preconditions,
  Target,
} from '../../../../src/datastore/kubernetes/api/api.ts';

/** An API server that keeps objects in memory, and loses answers on command. */

/**
 * What becomes of a write: `lost` is carried out and not answered, `stopped` neither, `late` is carried out after the
 * next read; `interrupted` and `slow` are lost in the midst of Ctrl-C, and to the time limit.
 */
export type Fate = 'answered' | 'lost' | 'stopped' | 'late' | 'interrupted' | 'slow';

const CLASS_OF = { interrupted: 'cancelled', slow: 'timeout' } as const;

type Place = Pick<Target, 'collection' | 'namespace' | 'name'>;

export class LosingApi {
  /** By group, plural, namespace and name, as the API server's etcd has them. */
  readonly objects = new Map<string, KubeObject>();
  readonly events: KubeEvent[] = [];
  reads = 0;
  writes = 0;
  #version = 100;
  #fates: Fate[] = [];
  #late: (() => void) | undefined;
  #meanwhile: (() => unknown) | undefined;
  #isDeaf = false;

  /** What becomes of the next writes, one after the other; those after them are answered. */
  plan(...fates: readonly Fate[]): void {
    this.#fates = [...fates];
    this.writes = 0;
    this.reads = 0;
  }

  /** Runs before the next read. */
  beforeRead(meanwhile: () => unknown): void {
    this.#meanwhile = meanwhile;
  }

  refuseReads(): void {
    this.#isDeaf = true;
  }

  readonly api: KubernetesApi = {
    get: async (target) => {
      this.reads++;
      const meanwhile = this.#meanwhile;
      const late = this.#late;
      this.#meanwhile = undefined;
      this.#late = undefined;
      await meanwhile?.();
      if (this.#isDeaf) throw new CalicoctlError('unavailable', 'no answer');
      try {
        return copy(this.#found(target));
      } finally {
        late?.();
      }
    },
    list: ({ collection, namespace }) => this.#list(collection, namespace),
    create: (target, object) => this.#write(() => this.#create(target, object)),
    replace: (target, object) => this.#write(() => this.#replace(target, object)),
    patch: () => fail('not-supported', 'patch'),
    delete: (target, preconditions) => this.#write(() => this.#delete(target, preconditions)),
    watch: () => this.#events(),
    groups: async () => new Set(),
    close: () => {},
  };

  /** Puts an object behind everybody's back. */
  plant(target: Place, object: KubeObject): KubeObject {
    return this.#store(target, object, 'ADDED');
  }

  async *#list(collection: Collection, namespace: string | undefined) {
    const prefix = keyOf({ collection, name: '', ...(namespace === undefined ? {} : { namespace }) });
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const half = Math.ceil(keys.length / 2);
    for (const page of keys.length === 0 ? [[]] : [keys.slice(0, half), keys.slice(half)])
      yield {
        items: page.map((key) => copy(this.objects.get(key)!)),
        resourceVersion: String(this.#version),
      };
  }

  async *#events() {
    yield* this.events;
  }

  async #write<T>(carryOut: () => T): Promise<T> {
    this.writes++;
    const fate = this.#fates.shift() ?? 'answered';
    if (fate === 'answered') return carryOut();
    if (fate === 'late') this.#late = () => ignoringRefusal(carryOut);
    else if (fate !== 'stopped') carryOut();
    const errorClass = CLASS_OF[fate as keyof typeof CLASS_OF] ?? 'unavailable';
    throw new CalicoctlError(errorClass, 'no answer; the change may or may not have been made', {
      mayBeDone: true,
    });
  }

  #found(target: Target): KubeObject {
    return this.objects.get(keyOf(target)) ?? fail('not-found', `resource does not exist: ${target.label}`);
  }

  #create(target: Target, object: KubeObject): KubeObject {
    if (this.objects.has(keyOf(target))) fail('already-exists', `resource already exists: ${target.label}`);
    const { uid: _, creationTimestamp: __, ...metadata } = object.metadata;
    if (metadata.resourceVersion !== undefined) fail('validation', 'resourceVersion should not be set');
    return this.#store(target, { ...object, metadata }, 'ADDED');
  }

  #replace(target: Target, object: KubeObject): KubeObject {
    const { metadata } = this.#found(target);
    if (metadata.resourceVersion !== object.metadata.resourceVersion)
      fail('conflict', `update conflict: ${target.label}`);
    const { uid, creationTimestamp } = metadata as Required<typeof metadata>;
    return this.#store(
      target,
      { ...object, metadata: { ...object.metadata, uid, creationTimestamp } },
      'MODIFIED',
    );
  }

  #delete(target: Target, { uid, resourceVersion }: Preconditions = {}): undefined {
    const found = this.#found(target);
    const { metadata } = found;
    if ((uid ?? metadata.uid) !== metadata.uid) fail('conflict', 'the uid is another');
    if ((resourceVersion ?? metadata.resourceVersion) !== metadata.resourceVersion)
      fail('conflict', 'the version is another');
    this.objects.delete(keyOf(target));
    this.events.push({ type: 'DELETED', object: copy(found) });
  }

  #store(target: Place, object: KubeObject, type: 'ADDED' | 'MODIFIED'): KubeObject {
    const version = String(++this.#version);
    const metadata = {
      uid: `00000000-0000-4000-8000-${version.padStart(12, '0')}`,
      creationTimestamp: `${new Date().toISOString().slice(0, 19)}Z`,
      ...object.metadata,
      resourceVersion: version,
    };
    const stored = copy({ ...object, metadata });
    this.objects.set(keyOf(target), stored);
    this.events.push({ type, object: copy(stored) });
    return copy(stored);
  }
}

function keyOf({ collection: { group, plural, namespaced }, namespace, name }: Place): string {
  return `/${group}/${plural}/${namespaced && namespace !== undefined ? `${namespace}/` : ''}${name}`;
}

function copy<T>(value: T): T {
  return structuredClone(value);
}

function fail(errorClass: ErrorClass, message: string): never {
  throw new CalicoctlError(errorClass, message);
}

function ignoringRefusal(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
  }
}
