import { CalicoctlError, isError } from '../../../core/errors.ts';
import { settle } from '../../settle.ts';
import type { KubeObject, KubernetesApi, Target } from '../api/api.ts';
import { type Form, isSame } from './form.ts';

/** Conditional writes of one object, and what became of them where the answer was lost. */

/** Clocks of the API server and of this machine may differ by so many milliseconds. */
const SKEW = 60_000;

/** The object; undefined where there is none. */
export async function find(api: KubernetesApi, target: Target): Promise<KubeObject | undefined> {
  try {
    return await api.get(target);
  } catch (error) {
    if (isError(error, 'not-found')) return undefined;
    throw error;
  }
}

export async function createObject(
  api: KubernetesApi,
  form: Form,
  target: Target,
  sent: KubeObject,
): Promise<KubeObject> {
  const begun = Date.now();
  return settle<KubeObject, KubeObject>({
    write: () => api.create(target, sent),
    read: () => find(api, target),
    judge(found) {
      // The API server chooses uids, so content and time tell whose the object is.
      if (found === undefined || isOlder(form, sent, found, begun)) return undefined;
      return isSame(form, sent, found) ? found : 'unknown';
    },
  });
}

/** True where an object was there before we began to create ours. */
function isOlder({ hasNote, read }: Form, sent: KubeObject, found: KubeObject, begun: number): boolean {
  const given = hasNote ? read(sent).metadata.creationTimestamp : undefined;
  if (given !== undefined) return read(found).metadata.creationTimestamp !== given;
  return Date.parse(found.metadata.creationTimestamp ?? '') < begun - SKEW;
}

/** `sent` has the version that it goes over. */
export async function replaceObject(
  api: KubernetesApi,
  form: Form,
  target: Target,
  sent: KubeObject,
): Promise<KubeObject> {
  return settle<KubeObject, KubeObject>({
    write: () => api.replace(target, sent),
    read: () => find(api, target),
    judge(found) {
      if (found === undefined || found.metadata.resourceVersion === sent.metadata.resourceVersion)
        return undefined;
      return isSame(form, sent, found) ? found : undefined;
    },
  });
}

/** Deletes the object that was seen and no other of its name; with `unchanged` only at the version that was seen. */
export async function deleteObject(
  api: KubernetesApi,
  target: Target,
  { metadata }: KubeObject,
  { unchanged }: { readonly unchanged: boolean },
): Promise<void> {
  const { uid, resourceVersion } = metadata;
  const write = async (): Promise<true> => {
    await api.delete(target, {
      ...(uid === undefined ? {} : { uid }),
      ...(unchanged && resourceVersion !== undefined ? { resourceVersion } : {}),
    });
    return true;
  };
  await settle<KubeObject, true>({
    write,
    read: () => find(api, target),
    // Gone is gone, whoever did it; what waits for its finalizers is as good as gone.
    judge: (found) =>
      found === undefined || found.metadata.uid !== uid || found.metadata['deletionTimestamp'] !== undefined
        ? true
        : undefined,
    again: () =>
      write().catch((error: unknown) => {
        if (isError(error, 'not-found')) return true;
        throw error;
      }),
  });
}

export function conflict(label: string, { metadata }: KubeObject): CalicoctlError {
  return new CalicoctlError(
    'conflict',
    `update conflict: ${label} was changed since it was read (it is at version ${metadata.resourceVersion} now)`,
    { resource: label, hint: 'Get it again and repeat the change.' },
  );
}
