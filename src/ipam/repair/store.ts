import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore, Version } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { formatRef, type Ref, type Resource } from '../../resources/kind.ts';

/** One conditional write of one object. */
export interface Write {
  readonly ref: Ref;
  /** As it was read; absent where it is made. */
  readonly before?: Resource;
  /** As it is going to be; absent where it is deleted. */
  readonly after?: Resource;
}

/** What became of a write. */
export type WriteOutcome =
  /** The version that it left; absent for what was deleted. */
  | { readonly done: true; readonly version?: Version }
  /** `undefined`: the answer was lost. */
  | { readonly done: false | undefined; readonly why: string };

/** Told of every write before it is made; what it returns is told what became of it. */
export type Witness = (write: Write) => Promise<(outcome: WriteOutcome) => Promise<void>>;

/**
 * The datastore with a witness of its writes. What was read last of an object is kept, to tell what a write changes:
 * one such datastore serves one piece of work, and goes with it.
 */
export function witnessed(store: Datastore, witness: Witness): Datastore {
  const read = new Map<string, Resource>();
  const before = async (ref: Ref, version: Version | undefined): Promise<Resource | undefined> => {
    const known = read.get(formatRef(ref));
    if (known !== undefined && (version === undefined || known.metadata.resourceVersion === version))
      return known;
    return unlessNotFound(store.get(ref));
  };
  const making = async (write: Write, make: () => Promise<Resource>): Promise<Resource> => {
    const tell = await witness(write);
    try {
      const made = await make();
      const version = made.metadata.resourceVersion;
      await tell({ done: true, ...(write.after && version !== undefined ? { version } : {}) });
      if (write.after === undefined) read.delete(formatRef(write.ref));
      else read.set(formatRef(write.ref), made);
      return made;
    } catch (error) {
      if (!(error instanceof CalicoctlError)) throw error;
      await tell({ done: error.details.mayBeDone ? undefined : false, why: error.message });
      throw error;
    }
  };
  return {
    ...store,
    async get(ref, at) {
      const found = await store.get(ref, at);
      if (at === undefined) read.set(formatRef(ref), found);
      return found;
    },
    create: (ref, resource) => making({ ref, after: resource }, () => store.create(ref, resource)),
    async update(ref, resource) {
      const was = await before(ref, resource.metadata.resourceVersion);
      return making({ ref, ...(was && { before: was }), after: resource }, () => store.update(ref, resource));
    },
    async delete(ref, precondition) {
      const was = await before(ref, precondition);
      return making({ ref, ...(was && { before: was }) }, () => store.delete(ref, precondition));
    },
  };
}

/** The datastore as it would be after writes that are only kept in mind. Lists show it as it is. */
export function imagined(store: Datastore): Datastore {
  const changed = new Map<string, Resource | undefined>();
  let count = 0;
  const find = async (ref: Ref): Promise<Resource | undefined> => {
    const key = formatRef(ref);
    return changed.has(key) ? changed.get(key) : unlessNotFound(store.get(ref));
  };
  const get = async (ref: Ref): Promise<Resource> => {
    const found = await find(ref);
    if (found !== undefined) return found;
    throw new CalicoctlError('not-found', `resource does not exist: ${formatRef(ref)}`);
  };
  const keep = (ref: Ref, resource: Resource): Resource => {
    const resourceVersion = `imagined-${++count}`;
    const kept = { ...resource, metadata: { ...resource.metadata, resourceVersion } };
    changed.set(formatRef(ref), kept);
    return kept;
  };
  const require = async (ref: Ref, version: Version | undefined): Promise<Resource> => {
    const found = await get(ref);
    if (version === undefined || found.metadata.resourceVersion === version) return found;
    throw new CalicoctlError('conflict', `update conflict: ${formatRef(ref)}`);
  };
  return {
    ...store,
    get: (ref, at) => (at === undefined ? get(ref) : store.get(ref, at)),
    async create(ref, resource) {
      if ((await find(ref)) === undefined) return keep(ref, resource);
      throw new CalicoctlError('already-exists', `resource already exists: ${formatRef(ref)}`);
    },
    async update(ref, resource) {
      await require(ref, resource.metadata.resourceVersion);
      return keep(ref, resource);
    },
    async delete(ref, precondition) {
      const found = await require(ref, precondition);
      changed.set(formatRef(ref), undefined);
      return found;
    },
  };
}

/** Undefined where somebody else was faster: the object changed, went, or was made. */
export async function unlessChanged<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isError(error, 'conflict', 'not-found', 'already-exists')) return undefined;
    throw error;
  }
}
