import { CalicoctlError, type ErrorClass, isError, type Problem } from '../../core/errors.ts';
import { applyResource } from '../../operations/apply.ts';
import { createResource, type Intent } from '../../operations/write.ts';
import type { Resource } from '../../resources/kind.ts';
import { READING } from '../../resources/structure.ts';
import type { Overlay } from './overlay.ts';

/** Errors that say nothing about a document. */
const FAILURES: readonly ErrorClass[] = [
  ...(['unavailable', 'timeout', 'unauthorized', 'cancelled', 'datastore', 'version'] as const),
];

/** What became of a document. */
export interface Tried {
  /** As it would be stored; where it is refused, as it was given. */
  readonly resource: Resource;
  readonly refusal?: Refusal;
}

export interface Refusal {
  readonly error: CalicoctlError;
  /** What an earlier document had laid there. */
  readonly before: Resource | undefined;
}

/** Applies a document to the overlay. One that is refused is laid there all the same: what builds on it is not at fault. */
export async function tryApply(overlay: Overlay, intent: Intent): Promise<Tried> {
  const before = overlay.laidAt(intent.ref);
  try {
    return { resource: await applyResource(overlay.face, intent) };
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    const reason = await creationError(overlay, intent, error);
    overlay.lay(intent.ref, intent.resource);
    return { resource: intent.resource, refusal: { error: reason, before } };
  }
}

/** Where there is nothing to replace, what stands against creating it tells more. */
async function creationError(
  overlay: Overlay,
  { resource, ...intent }: Intent,
  error: CalicoctlError,
): Promise<CalicoctlError> {
  if (!isError(error, 'not-found') || error.details.fault !== undefined) return error;
  const { resourceVersion: _, ...metadata } = resource.metadata;
  try {
    await createResource(overlay.face, { ...intent, resource: { ...resource, metadata } });
  } catch (reason) {
    if (reason instanceof CalicoctlError) return reason;
    throw reason;
  }
  return error;
}

/**
 * Why a document is refused, once all that follow it are there too: where they are what it waits for, their order is at
 * fault. Throws what says nothing about the document.
 */
export async function problemsOf(
  overlay: Overlay,
  intent: Intent,
  { error, before }: Refusal,
): Promise<readonly Problem[]> {
  if (FAILURES.includes(error.errorClass)) throw error;
  const { problems, fault } = error.details;
  const rule = error.errorClass === 'corrupt' ? READING.stored.id : READING.readOnly.id;
  const found = problems ?? [fault ?? { rule, path: [], message: error.message }];
  overlay.takeBack(intent.ref, before);
  if ((await tryApply(overlay, intent)).refusal !== undefined) return found;
  return found.map((problem) => ({ ...problem, message: `${problem.message}${LATER}` }));
}

const LATER = ' at this point: what is missing comes later in the input';
