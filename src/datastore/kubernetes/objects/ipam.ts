import { CalicoctlError, isError } from '../../../core/errors.ts';
import { formatRef, type Kind, type Ref, type Resource } from '../../../resources/kind.ts';
import type { Page, Query, Version } from '../../datastore.ts';
import type { KubeObject, KubernetesApi } from '../api/api.ts';
import type { Backing, CalicoGroup } from '../backing.ts';
import { changesOf } from './changes.ts';
import { type Form, targetOf } from './form.ts';
import { ipamForm, isMarked, marked } from './ipamforms.ts';
import { backingOf, changeOf, readAll, readDeleted } from './objectstore.ts';
import { notFound } from './refused.ts';
import { conflict, deleteObject, find, replaceObject } from './writes.ts';

/** An object that others write all the time is not deleted after so many tries. */
const ATTEMPTS = 10;

/**
 * IPAM's objects. Blocks, handles and affinities are deleted in two steps, so that who writes one at the version read
 * and who deletes it cannot both succeed: the object is marked first, at its version, and then removed.
 */
export function ipamObjects(
  api: KubernetesApi,
  kind: Kind,
  group: CalicoGroup,
  { usePodCidr }: { readonly usePodCidr: boolean },
): Backing {
  if (kind.kind === 'IPAMHost') return refusing(kind, 'Kubernetes keeps no such marks of nodes', undefined);
  if (usePodCidr)
    return refusing(kind, WITHOUT_IPAM, 'Unset USE_POD_CIDR where Calico IPAM gives out the addresses.');
  const form = ipamForm(kind, group);
  return kind.kind === 'IPAMConfig' ? backingOf(api, form) : markedObjects(api, form, group);
}

const WITHOUT_IPAM =
  'addresses come from the pod CIDRs of the nodes (USE_POD_CIDR), so there is no data of Calico IPAM';

function refusing(kind: Kind, why: string, hint: string | undefined): Backing {
  const refusal = (operation: string, { namespace: _, ...ref }: Partial<Ref>) => {
    const subject = ref.name === undefined ? kind.kind : formatRef({ kind, name: ref.name });
    return new CalicoctlError(
      'not-supported',
      `operation ${operation} is not supported on ${subject}: ${why}`,
      {
        resource: subject,
        ...(hint === undefined ? {} : { hint }),
      },
    );
  };
  const refuse = (operation: string) => async (ref: Ref) => {
    throw refusal(operation, ref);
  };
  const refuseAll = (operation: string) => () => ({
    [Symbol.asyncIterator]: () => ({
      async next() {
        throw refusal(operation, {});
      },
    }),
  });
  return {
    ...{ get: refuse('get'), create: refuse('create'), update: refuse('update'), delete: refuse('delete') },
    ...{ list: refuseAll('list'), watch: refuseAll('watch') },
  };
}

function markedObjects(api: KubernetesApi, form: Form, group: CalicoGroup): Backing {
  const backing = backingOf(api, form);
  return {
    ...backing,
    async get(ref) {
      const resource = await backing.get(ref);
      if (resource.spec['deleted'] === true) {
        await finishDeletion(api, form, ref);
        throw notFound(ref, 'it was being deleted');
      }
      // An owner that is a node and one that is not may have the same name on the API server.
      if (form.kind.kind === 'BlockAffinity' && resource.metadata.name !== ref.name)
        throw notFound(ref, `that name is taken by ${resource.metadata.name}`);
      return resource;
    },
    async create(ref, resource) {
      try {
        return await backing.create(ref, resource);
      } catch (error) {
        if (!isError(error, 'already-exists') || !(await finishDeletion(api, form, ref))) throw error;
        return backing.create(ref, resource);
      }
    },
    list: (query) => list(api, form, query),
    delete: (ref, precondition) => remove(api, form, group, ref, precondition),
    watch: (query, from) => watch(api, form, query, from),
  };
}

/** Removes an object that somebody marked and did not get to remove. False where there is none. */
async function finishDeletion(api: KubernetesApi, form: Form, ref: Ref): Promise<boolean> {
  const target = targetOf(form, ref);
  const object = await find(api, target);
  if (object === undefined || !isMarked(object)) return false;
  await removeMarked(api, form, ref, object);
  return true;
}

async function removeMarked(api: KubernetesApi, form: Form, ref: Ref, object: KubeObject): Promise<void> {
  try {
    await deleteObject(api, targetOf(form, ref), object, { unchanged: false });
  } catch (error) {
    // Whoever meets a marked object finishes its deletion. Another uid: the name has been taken anew.
    if (!isError(error, 'not-found', 'conflict')) throw error;
  }
}

async function remove(
  api: KubernetesApi,
  form: Form,
  group: CalicoGroup,
  ref: Ref,
  precondition: Version | undefined,
): Promise<Resource> {
  const target = targetOf(form, ref);
  for (let attempt = 1; ; attempt++) {
    const object = await api.get(target);
    if (isMarked(object)) {
      await removeMarked(api, form, ref, object);
      throw notFound(ref, 'it was being deleted');
    }
    if (precondition !== undefined && object.metadata.resourceVersion !== precondition)
      throw conflict(target.label, object);
    try {
      const going = await replaceObject(api, form, target, marked(form.kind, group, object));
      await removeMarked(api, form, ref, going);
      return readDeleted(form, object);
    } catch (error) {
      if (!isError(error, 'conflict') || precondition !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Affinities that are about to go own nothing any more; blocks and handles are there until they are gone. */
function isShown({ kind, spec }: Resource): boolean {
  return kind !== 'BlockAffinity' || spec['deleted'] !== true;
}

/** In the order of our names, which is not the API server's: read to the end before the first is shown. */
async function* list(api: KubernetesApi, form: Form, query: Query): AsyncIterable<Page> {
  if (query.asStored) return yield* listInTheirOrder(api, form, query);
  const pages = await Array.fromAsync(listInTheirOrder(api, form, query));
  const items = pages.flatMap((page) => page.items).sort((a, b) => compare(a.metadata.name, b.metadata.name));
  yield { items, corrupt: pages.flatMap(({ corrupt }) => corrupt), version: pages[0]?.version ?? '' };
}

async function* listInTheirOrder(
  api: KubernetesApi,
  form: Form,
  { namePrefix = '' }: Query,
): AsyncGenerator<Page, void> {
  const isMeant = (resource: Resource) => resource.metadata.name.startsWith(namePrefix) && isShown(resource);
  for await (const page of api.list({ collection: form.collection })) {
    const { items, corrupt } = readAll(form, page.items);
    yield { items: items.filter(isMeant), corrupt, version: page.resourceVersion };
  }
}

/** By bytes; names of IPAM objects are ASCII. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function watch(api: KubernetesApi, form: Form, { namePrefix = '' }: Query, from: Version) {
  return changesOf(api.watch({ collection: form.collection }, from), (event) => {
    const change = changeOf(form, event);
    const isWanted = change?.resource.metadata.name.startsWith(namePrefix) === true;
    // Marking is half a deletion: the other half is what is told.
    return isWanted && (change.type === 'deleted' || isShown(change.resource)) ? change : undefined;
  });
}
