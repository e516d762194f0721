import { setTimeout as pause } from 'node:timers/promises';
import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Ref, Resource } from '../../resources/kind.ts';
import type { Version } from '../datastore.ts';
import { HttpFailure, UNKNOWN_OUTCOME } from './http/failure.ts';
import type { Backing } from './store.ts';

/** A server that breaks off every time is given up: after two seconds and a half. */
const ATTEMPTS = 8;
const FIRST_PAUSE = 20;

/** Clocks of clients and servers agree to so many milliseconds. */
const SKEW = 120_000;

/**
 * The same backing, but a write whose answer was lost is looked up, and made again where it was not carried out. What
 * cannot be found out is thrown with `mayBeDone`, as it came.
 */
export function settled(backing: Backing, firstPause = FIRST_PAUSE): Backing {
  const settle = (ref: Ref, write: Write) => settleWrite(backing, ref, write, firstPause);
  return {
    get: (ref, at) => backing.get(ref, at),
    list: (query) => backing.list(query),
    watch: (query, from) => backing.watch(query, from),
    create: (ref, resource) =>
      settle(ref, {
        write: () => backing.create(ref, resource),
        judge: (found) => (found !== undefined && isCreated(found, resource) ? found : undefined),
      }),
    update: (ref, resource) =>
      settle(ref, {
        write: () => backing.update(ref, resource),
        judge: (found) => (found !== undefined && isUpdated(found, resource) ? found : undefined),
      }),
    delete: (ref, precondition) => settle(ref, deletion(backing, ref, precondition)),
  };
}

/** Gone is gone, whoever did it. What is there is deleted as it is: it might be made anew meanwhile. */
function deletion(backing: Backing, ref: Ref, precondition: Version | undefined): Write {
  let last: Resource | undefined;
  return {
    write: () => backing.delete(ref, precondition ?? last?.metadata.resourceVersion),
    judge(found) {
      if (found === undefined) return last ?? nameOnly(ref);
      const isAnother = last !== undefined && last.metadata.uid !== found.metadata.uid;
      if (isAnother) return last;
      last = found;
      return undefined;
    },
    isFinal: (error) => precondition !== undefined || !isError(error, 'conflict'),
  };
}

interface Write {
  readonly write: () => Promise<Resource>;
  /** Shown what is there: what the write would have answered; undefined where it was not carried out, or not yet. */
  readonly judge: (found: Resource | undefined) => Resource | undefined;
  /** Whether a condition that a later try did not meet ends the matter; it does unless given. */
  readonly isFinal?: (unmet: CalicoctlError) => boolean;
}

async function settleWrite(
  backing: Backing,
  ref: Ref,
  { write, judge, isFinal = () => true }: Write,
  firstPause: number,
): Promise<Resource> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      const unmet = attempt > 1 && isError(error, 'already-exists', 'conflict', 'not-found');
      if (!(error instanceof CalicoctlError) || !(unmet || canSettle(error))) throw error;
      const judged = judge(await look(backing, ref, error));
      if (judged !== undefined) return judged;
      if (unmet && isFinal(error)) throw error;
      if (attempt === ATTEMPTS) throw asKnown(error);
      await pause(firstPause * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
    }
  }
}

function canSettle(error: CalicoctlError): boolean {
  return error.details.mayBeDone === true && !isError(error, 'cancelled', 'timeout');
}

async function look(backing: Backing, ref: Ref, unsettled: CalicoctlError): Promise<Resource | undefined> {
  try {
    return await backing.get(ref);
  } catch (error) {
    if (isError(error, 'not-found')) return undefined;
    throw error instanceof CalicoctlError ? unsettled : error;
  }
}

/** A server that answered has done with the write, and then it was looked up; one that hung up may still be at it. */
function asKnown(error: CalicoctlError): CalicoctlError {
  if (error.details.cause instanceof HttpFailure) return error;
  const { mayBeDone: _, ...details } = error.details;
  return new CalicoctlError(error.errorClass, error.message.replace(UNKNOWN_OUTCOME, ''), details);
}

/** The second in which a client creates an object is stored with it, or the server stores its own. */
function isCreated(found: Resource, meant: Resource): boolean {
  const [at, meantAt] = [found, meant].map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? ''));
  return !(Math.abs(at! - meantAt!) > SKEW) && hasContent(found, meant);
}

function isUpdated(found: Resource, meant: Resource): boolean {
  return found.metadata.resourceVersion !== meant.metadata.resourceVersion && hasContent(found, meant);
}

function hasContent(found: Resource, meant: Resource): boolean {
  return (
    holds(found.metadata.labels ?? {}, meant.metadata.labels ?? {}) &&
    holds(found.metadata.annotations ?? {}, meant.metadata.annotations ?? {}) &&
    holds(found.spec, meant.spec)
  );
}

/** True where everything meant is found; the server adds defaults of its own. */
function holds(found: unknown, meant: unknown): boolean {
  if (Array.isArray(meant))
    return (
      Array.isArray(found) && found.length === meant.length && meant.every((item, i) => holds(found[i], item))
    );
  if (typeof meant !== 'object' || meant === null) return found === meant;
  if (typeof found !== 'object' || found === null) return Object.keys(meant).length === 0;
  return Object.entries(meant).every(
    ([key, value]) => value === undefined || holds((found as Record<string, unknown>)[key], value),
  );
}

function nameOnly({ kind, name, namespace }: Ref): Resource {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion: 'projectcalico.org/v3', kind: kind.kind, metadata, spec: {} };
}
