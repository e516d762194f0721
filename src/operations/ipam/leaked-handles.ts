import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore, Version } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../initialise.ts';
import { inParallel } from '../parallel.ts';
import { handleRef } from './objects.ts';

/** A handle as it was when it was found to have no addresses. */
export interface LeakedHandle {
  readonly id: string;
  readonly revision: Version;
}

/** What became of a handle: gone now, gone or changed before, or it could not be deleted. */
export type HandleOutcome = 'deleted' | 'skipped' | CalicoctlError;

/**
 * Deletes handles that are still what they were: a revision stands for one state of one object, so a handle that was
 * made anew is left alone too.
 */
export async function deleteHandles(
  store: Datastore,
  handles: readonly LeakedHandle[],
  done: (handle: LeakedHandle, outcome: HandleOutcome) => void,
): Promise<void> {
  await inParallel(handles, store.capabilities.concurrency, async (handle) => {
    try {
      done(handle, await deleteHandle(store, handle));
    } catch (error) {
      if (error instanceof CalicoctlError) done(handle, error);
      throw error;
    }
  });
}

async function deleteHandle(store: Datastore, { id, revision }: LeakedHandle): Promise<HandleOutcome> {
  const ref = await handleRef(id);
  const stored = await unlessNotFound(store.get(ref));
  if (stored?.metadata.resourceVersion !== revision) return 'skipped';
  try {
    await store.delete(ref, revision);
    return 'deleted';
  } catch (error) {
    if (isError(error, 'conflict', 'not-found')) return 'skipped';
    throw error;
  }
}
