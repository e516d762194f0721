import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore, Page } from '../../datastore/datastore.ts';
import { withIdentity } from '../../operations/identity.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { formatRef, type Kind, type Metadata, type Ref, type Resource, refOf } from '../../resources/kind.ts';
import { calicosPart, contentOf, isStored, over, withCalicosPart, withoutServersOwn } from './content.ts';
import { canonicalJson, type Found, idOf } from './item.ts';
import { refIn } from './keyside.ts';
import type { Record } from './read.ts';
import { kindsIn, type Side } from './side.ts';
import { inOrder } from './sorted.ts';

/** A datastore of resources: a folder, or Kubernetes. */
export function resourceSide(store: Datastore): Side {
  const isKubernetes = store.capabilities.name === 'kubernetes';
  return {
    oneMoment: false,
    isGiven: (section) => isKubernetes && section === 'Node',
    items: () => items(store),
    create: (record) => create(store, record),
    change: (record, found) => change(store, record, found),
    async remove(found) {
      const ref = await refIn(found);
      const current = await unlessNotFound(store.get(ref));
      if (current === undefined) return;
      refuseChanged(store, ref, current, found);
      await store.delete(ref, current.metadata.resourceVersion);
    },
  };
}

/** The content of a resource as the backup of this datastore has it. */
function shown({ capabilities }: Datastore, resource: Resource): Resource {
  if (capabilities.name !== 'kubernetes') return contentOf(resource);
  if (resource.kind === 'Node') return calicosPart(resource);
  return withoutServersOwn(contentOf(resource));
}

async function* items(store: Datastore): AsyncGenerator<Found> {
  for (const kind of await kindsIn(store)) {
    const found = ofKind(store, kind);
    // Names on the API server are not always those that are shown.
    yield* store.capabilities.name === 'kubernetes' ? distinct(inOrder(found)) : found;
  }
}

async function* ofKind(store: Datastore, kind: Kind): AsyncGenerator<Found> {
  for await (const { items, corrupt } of pages(store, kind)) {
    const [first] = corrupt;
    if (first !== undefined) throw unreadable(first.entry, first.reason, corrupt.length);
    for (const resource of items) {
      if (!isStored(resource) || isGoing(store, resource)) continue;
      const line = canonicalJson(shown(store, resource));
      const version = resource.metadata.resourceVersion ?? '';
      yield { section: kind.kind, id: idOf(refOf(kind, resource)), line, version };
    }
  }
}

/** None where the datastore was never told of the kind. */
async function* pages(store: Datastore, kind: Kind): AsyncGenerator<Page> {
  try {
    yield* store.list({ kind });
  } catch (error) {
    if (!isError(error, 'not-supported')) throw error;
  }
}

/** Objects of IPAM on Kubernetes are deleted in two steps, of which this one has seen the first. */
function isGoing({ capabilities }: Datastore, { spec }: Resource): boolean {
  return capabilities.name === 'kubernetes' && spec['deleted'] === true;
}

function unreadable(entry: string, reason: string, count: number): CalicoctlError {
  const more = count > 1 ? `, and ${count - 1} more` : '';
  return new CalicoctlError('corrupt', `${entry} cannot be read: ${reason}${more}`, {
    hint: 'A backup has everything or is none: mend or remove what cannot be read.',
  });
}

async function* distinct(found: AsyncIterable<Found>): AsyncGenerator<Found> {
  let last: string | undefined;
  for await (const item of found) {
    if (item.id === last) {
      throw new CalicoctlError('corrupt', `two objects are shown as ${item.section}(${item.id})`, {
        hint: 'Old releases put "default." before names of policies. Delete one of the two with kubectl.',
      });
    }
    last = item.id;
    yield item;
  }
}

async function create(store: Datastore, { section, id, value }: Record): Promise<void> {
  const ref = await refIn({ section, id });
  const content = value as unknown as Resource;
  if (store.capabilities.name !== 'kubernetes') await store.create(ref, content);
  else await store.create(ref, withIdentity(content));
}

async function change(store: Datastore, { section, id, value }: Record, found: Found): Promise<void> {
  const ref = await refIn({ section, id });
  const content = value as unknown as Resource;
  const current = await store.get(ref);
  refuseChanged(store, ref, current, found);
  await store.update(ref, replacement(store, content, current));
}

function replacement({ capabilities }: Datastore, content: Resource, current: Resource): Resource {
  if (capabilities.name !== 'kubernetes') return over(content, current);
  if (current.kind === 'Node') return withCalicosPart(current, content);
  const { uid, creationTimestamp, ownerReferences } = current.metadata;
  const theirs = { uid, creationTimestamp, ownerReferences };
  const kept = Object.fromEntries(Object.entries(theirs).filter(([, value]) => value !== undefined));
  const { status } = current;
  const next = over(content, current);
  return {
    ...next,
    metadata: { ...next.metadata, ...kept } as Metadata,
    ...(status !== undefined && { status }),
  };
}

/** What is written over, or deleted, must still be what was shown. */
function refuseChanged(store: Datastore, ref: Ref, current: Resource, found: Found): void {
  if (canonicalJson(shown(store, current)) === found.line) return;
  throw new CalicoctlError('conflict', `${formatRef(ref)} was changed since it was read`, {
    resource: formatRef(ref),
  });
}
