import { CalicoctlError, formatPlace, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { applyResource } from '../../operations/apply.ts';
import { intentOf } from '../../operations/bulk.ts';
import { createResource, type Intent } from '../../operations/write.ts';
import { formatRef, type Kind, type Resource, refOf } from '../../resources/kind.ts';
import type { Manifest } from '../../resources/manifest.ts';
import { BUILT_IN_TIERS } from '../../resources/parts/tiers.ts';
import type { AddressItem } from '../document/addresses.ts';
import { difference } from '../fingerprint.ts';
import type { Done } from './done.ts';
import { pump } from './pump.ts';

/** Writes what a file holds. Nothing that is there is overwritten: it is the same, or an error. */

export interface Written {
  readonly handled: number;
  readonly errors: readonly CalicoctlError[];
  /** Nodes that Kubernetes does not know. */
  readonly missingNodes: readonly Resource[];
}

/** Kinds of which one is checked against those before it. */
const ONE_BY_ONE: ReadonlySet<string> = new Set(['IPPool', 'Tier']);

/** Writes the resources of the first part. Throws where the datastore is out of reach. */
export async function writeResources(
  store: Datastore,
  manifests: AsyncIterable<Manifest>,
  done: Done,
  progress: (done: number) => void,
): Promise<Written> {
  const missingNodes: Resource[] = [];
  let handled = 0;
  let ended = 0;
  const lane = ({ kind }: Manifest) => (ONE_BY_ONE.has(kind.kind) ? undefined : kind.kind);
  const errors = await pump(manifests, store.capabilities.concurrency, lane, async (manifest) => {
    try {
      const intent = intentOf(manifest, {});
      if (!(await done.has(intent.ref.kind, intent.resource))) await writeOne(store, intent);
      handled++;
    } catch (error) {
      if (manifest.kind.kind !== 'Node' || !isError(error, 'not-found')) throw placed(error, manifest);
      missingNodes.push(manifest.resource);
    } finally {
      progress(++ended);
    }
  });
  return { handled, errors, missingNodes };
}

async function writeOne(store: Datastore, given: Intent): Promise<void> {
  const intent = withoutVersion(given);
  const { ref } = intent;
  // Nodes of Kubernetes and the tiers that every cluster has are there: they become as the file has them.
  const isThere = ref.kind.kind === 'Node' ? store.capabilities.name === 'kubernetes' : isBuiltIn(intent);
  if (isThere) {
    await applyResource(store, intent);
    return;
  }
  try {
    await createResource(store, intent);
  } catch (error) {
    if (!isError(error, 'already-exists')) throw error;
    const stored = (error.details.existing?.() as Resource | undefined) ?? (await store.get(ref));
    refuseDifferent(store, ref.kind, stored, intent.resource);
  }
}

function isBuiltIn({ ref }: Intent): boolean {
  return ref.kind.kind === 'Tier' && Object.hasOwn(BUILT_IN_TIERS, ref.name);
}

/** Versions are those of another datastore. */
function withoutVersion(intent: Intent): Intent {
  const { resourceVersion: _, ...metadata } = intent.resource.metadata;
  return { ...intent, resource: { ...intent.resource, metadata } };
}

function refuseDifferent(store: Datastore, kind: Kind, stored: Resource, wanted: Resource): void {
  const path = difference(kind, stored, wanted, store.capabilities.name);
  if (path === undefined) return;
  const name = formatRef(refOf(kind, wanted));
  throw new CalicoctlError('conflict', `${name} is there already, and differs from the file in ${path}`, {
    resource: name,
    hint: 'It is left as it is. Delete or correct it, or take it out of the file, and run the import again.',
  });
}

function placed(error: unknown, { place, start }: Manifest): unknown {
  if (!(error instanceof CalicoctlError) || error.details.place !== undefined) return error;
  const { errorClass, message, details } = error;
  const problems = details.problems?.map((problem) => ({
    place: place?.(problem.path, problem.at),
    ...problem,
  }));
  const where = problems === undefined ? (place?.([]) ?? start) : undefined;
  return new CalicoctlError(errorClass, where === undefined ? message : `${formatPlace(where)}: ${message}`, {
    ...details,
    ...(problems === undefined ? {} : { problems: problems as NonNullable<typeof details.problems> }),
  });
}

/** Writes the objects of the third part; returns how many are there now and what went wrong. */
export async function writeAddresses(
  store: Datastore,
  items: AsyncIterable<AddressItem>,
  done: Done,
  progress: (done: number) => void,
): Promise<{ readonly handled: number; readonly errors: readonly CalicoctlError[] }> {
  let handled = 0;
  const lane = ({ kind }: AddressItem) => kind.kind;
  const errors = await pump(
    items,
    store.capabilities.concurrency,
    lane,
    async ({ kind, resource, where }) => {
      const ref = { kind, name: resource.metadata.name };
      try {
        if (!(await done.has(kind, resource))) await store.create(ref, resource);
      } catch (error) {
        if (!isError(error, 'already-exists')) throw inWords(error, kind, resource, where);
        const stored = (error.details.existing?.() as Resource | undefined) ?? (await store.get(ref));
        refuseDifferent(store, kind, stored, resource);
      }
      progress(++handled);
    },
  );
  return { handled, errors };
}

function inWords(error: unknown, kind: Kind, { metadata }: Resource, where: string): unknown {
  if (!(error instanceof CalicoctlError) || error.errorClass === 'cancelled') return error;
  const name = formatRef({ kind, name: metadata.name });
  const message = `${where}: error trying to create ${name}: ${error.message}`;
  return new CalicoctlError(error.errorClass, message, error.details);
}
