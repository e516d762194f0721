import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore, Page, Query } from '../../datastore/datastore.ts';
import { formatRef, type Kind, type Ref, type Resource } from '../../resources/kind.ts';
import { READING } from '../../resources/structure.ts';

/** Whether the datastore takes a write of a kind; some of them only show objects of others. */
export type Takes = (kind: Kind, write: 'create' | 'update') => boolean;

/**
 * A datastore as it would be after writes, which are never made: they stay in memory, over what was told of it with
 * `keep`. What was not told is read from the datastore itself.
 */
export class Overlay {
  readonly #store: Datastore;
  readonly #kept = new Map<string, Resource>();
  readonly #laid = new Map<string, { readonly ref: Ref; readonly resource: Resource }>();
  /** What was asked for and is not there. */
  readonly #absent = new Set<string>();
  readonly #known = new Map<Kind, (ref: Ref) => boolean>();

  /** The face of a datastore. */
  readonly face: Datastore;

  readonly #takes: Takes;

  constructor(store: Datastore, takes: Takes) {
    this.#store = store;
    this.#takes = takes;
    this.face = {
      capabilities: store.capabilities,
      get: (ref) => this.#get(ref),
      list: (query) => this.#list(query),
      create: (ref, resource) => this.#create(ref, resource),
      update: (ref, resource) => this.#update(ref, resource),
      delete: never,
      watch: never,
      close: async () => {},
    };
  }

  /** What the datastore holds. */
  keep(ref: Ref, resource: Resource): void {
    this.#kept.set(formatRef(ref), resource);
  }

  /** Of the objects of a kind that `told` is true for, every one has been kept: others do not exist. */
  complete(kind: Kind, told: (ref: Ref) => boolean): void {
    this.#known.set(kind, told);
  }

  /** What has been made so far that was not there. */
  get made(): readonly { readonly ref: Ref; readonly resource: Resource }[] {
    return [...this.#laid].flatMap(([id, laid]) => (this.#kept.has(id) ? [] : [laid]));
  }

  /** Puts a resource there, whatever stands against it. */
  lay(ref: Ref, resource: Resource): Resource {
    const id = formatRef(ref);
    const before = (this.#laid.get(id)?.resource ?? this.#kept.get(id))?.metadata.resourceVersion ?? '';
    const laid = { ...resource, metadata: { ...resource.metadata, resourceVersion: `${before}+` } };
    this.#laid.set(id, { ref, resource: laid });
    return laid;
  }

  /** What was laid there last. */
  laidAt(ref: Ref): Resource | undefined {
    return this.#laid.get(formatRef(ref))?.resource;
  }

  /** Takes back what was laid there since. */
  takeBack(ref: Ref, before: Resource | undefined): void {
    if (before === undefined) this.#laid.delete(formatRef(ref));
    else this.#laid.set(formatRef(ref), { ref, resource: before });
  }

  async #get(ref: Ref): Promise<Resource> {
    const id = formatRef(ref);
    const found = this.#laid.get(id)?.resource ?? this.#kept.get(id);
    if (found !== undefined) return found;
    if (!this.#known.get(ref.kind)?.(ref) && !this.#absent.has(id)) return this.#read(ref);
    throw new CalicoctlError('not-found', `resource does not exist: ${id}`, { resource: id });
  }

  async #read(ref: Ref): Promise<Resource> {
    try {
      const resource = await this.#store.get(ref);
      this.keep(ref, resource);
      return resource;
    } catch (error) {
      if (isError(error, 'not-found')) this.#absent.add(formatRef(ref));
      throw error;
    }
  }

  /** Of the kinds that guards list, those of IPAM are never written here and the others have been kept. */
  async *#list(query: Query): AsyncIterable<Page> {
    const { kind, namespace, namePrefix = '' } = query;
    if (!this.#known.has(kind)) {
      yield* this.#store.list(query);
      return;
    }
    const all = new Map([...this.#kept].filter(([, resource]) => resource.kind === kind.kind));
    for (const [id, { ref, resource }] of this.#laid) if (ref.kind === kind) all.set(id, resource);
    const items = [...all.values()].filter(
      ({ metadata }) =>
        (namespace === undefined || metadata.namespace === namespace) && metadata.name.startsWith(namePrefix),
    );
    yield { items, version: '', corrupt: [] };
  }

  async #create(ref: Ref, resource: Resource): Promise<Resource> {
    const stored = await this.#find(ref);
    if (stored === undefined) {
      this.#refuseForeign(ref, 'create');
      return this.lay(ref, resource);
    }
    const name = formatRef(ref);
    throw new CalicoctlError('already-exists', `resource already exists: ${name}`, {
      resource: name,
      existing: () => stored,
    });
  }

  async #update(ref: Ref, resource: Resource): Promise<Resource> {
    await this.#get(ref);
    this.#refuseForeign(ref, 'update');
    return this.lay(ref, resource);
  }

  #refuseForeign(ref: Ref, write: 'create' | 'update'): void {
    if (this.#takes(ref.kind, write)) return;
    const resource = formatRef(ref);
    const message = `cannot be ${write}d in this datastore: it shows what Kubernetes has of its own`;
    throw new CalicoctlError('not-supported', `${resource} ${message}`, {
      resource,
      fault: { rule: READING.readOnly.id, path: ['kind'], value: ref.kind.kind, message },
    });
  }

  async #find(ref: Ref): Promise<Resource | undefined> {
    try {
      return await this.#get(ref);
    } catch (error) {
      if (isError(error, 'not-found')) return undefined;
      throw error;
    }
  }
}

function never(): never {
  throw new Error('an overlay is neither deleted from nor watched');
}
