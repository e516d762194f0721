import { randomBytes } from 'node:crypto';
import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { inParallel } from '../../operations/parallel.ts';
import { createResource } from '../../operations/write.ts';
import { API_VERSION, type Kind, type Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';

/** The CalicoNodeStatus objects that this program makes for a question and removes behind it. */

/** Stands on each of them, with the run as its value. */
const RUN = 'calicoctl.projectcalico.org/node-status';
/** RFC 3339: when the run that made it was to be over. */
const EXPIRES = 'calicoctl.projectcalico.org/expires';
const PREFIX = 'calicoctl-node-status-';

/** calico/node answers at once, and tries again after so long where BIRD failed it. */
const PERIOD_SECONDS = 5;
/** Clocks differ: so long after its end a run is taken for dead. */
const GRACE_MS = 120_000;
/** So many are written at once. */
const CONCURRENCY = 16;
/** So long is spent on removing at the end. */
const REMOVAL_MS = 20_000;

/** Requests of one run, one a node. */
export interface Requests {
  readonly kind: Kind;
  /** With what all their names begin. */
  readonly namePrefix: string;
  /** Which node was asked by the object of that name. */
  readonly nodeOf: (name: string) => string | undefined;
  /** Makes one for every node; returns why some could not be made. Ends early once the signal is aborted. */
  create(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Removes what was made; returns the names of those that may be left. */
  remove(): Promise<readonly string[]>;
}

/** Requests to those nodes. Nothing is written before `create`. */
export async function requestsTo(
  store: Datastore,
  nodes: readonly string[],
  options: { readonly waitMs: number; readonly now?: () => number },
): Promise<Requests> {
  const kind = await kindOf('CalicoNodeStatus');
  const run = randomBytes(5).toString('hex');
  const namePrefix = `${PREFIX}${run}-`;
  const names = nodes.map((node, index) => ({ node, name: `${namePrefix}${index}` }));
  const nodeOf = new Map(names.map(({ node, name }) => [name, node]));
  const begun = new Set<string>();
  return {
    kind,
    namePrefix,
    nodeOf: (name) => nodeOf.get(name),
    async create(signal) {
      const expires = new Date((options.now ?? Date.now)() + options.waitMs).toISOString();
      const failures = new Map<string, string>();
      const tried = new Set<string>();
      await inParallel(names, CONCURRENCY, async ({ node, name }) => {
        if (signal.aborted) throw new CalicoctlError('cancelled', 'interrupted');
        tried.add(node);
        begun.add(name);
        await createResource(store, {
          ref: { kind, name },
          resource: request(name, node, run, expires),
        }).catch((error) => {
          if (!(error instanceof CalicoctlError)) throw error;
          if (!mayBeThere(error)) begun.delete(name);
          failures.set(node, `no CalicoNodeStatus could be made for it: ${error.message}`);
          throw error;
        });
      });
      const why = failures.values().next().value ?? 'interrupted';
      for (const { node } of names) if (!tried.has(node)) failures.set(node, why);
      return failures;
    },
    remove: () => removeAll(store, kind, [...begun]),
  };
}

/** Its answer was lost, or is no answer about this object. */
function mayBeThere(error: CalicoctlError): boolean {
  return error.details.mayBeDone === true || isError(error, 'unavailable', 'timeout', 'cancelled');
}

function request(name: string, node: string, run: string, expires: string): Resource {
  return {
    apiVersion: API_VERSION,
    kind: 'CalicoNodeStatus',
    metadata: { name, labels: { [RUN]: run }, annotations: { [EXPIRES]: expires } },
    spec: { node, classes: ['Agent', 'BGP'], updatePeriodSeconds: PERIOD_SECONDS },
  };
}

/** Whether this program made it, in whatever run. */
export function isOurs({ metadata }: Resource): boolean {
  return metadata.labels?.[RUN] !== undefined && metadata.name.startsWith(PREFIX);
}

/** Those that a run of this program left behind when it was killed. */
export function leftoversIn(statuses: readonly Resource[], now: number): readonly string[] {
  return statuses
    .filter((status) => isOurs(status) && !(endOf(status) + GRACE_MS > now))
    .map(({ metadata }) => metadata.name);
}

/** Not a number where nothing tells. */
function endOf({ metadata }: Resource): number {
  return Date.parse(metadata.annotations?.[EXPIRES] ?? metadata.creationTimestamp ?? '');
}

/**
 * Removes objects of ours by name: a name is never given twice, so whatever has it is meant, also where calico/node wrote it
 * since. Returns the names of those that may be left; waits so long and no longer.
 */
export async function removeAll(
  store: Datastore,
  kind: Kind,
  names: readonly string[],
  limitMs = REMOVAL_MS,
): Promise<readonly string[]> {
  const left = new Set(names);
  const remove = async (name: string) => {
    try {
      await store.delete({ kind, name });
    } catch (error) {
      if (!isError(error, 'not-found')) throw error;
    }
    left.delete(name);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([removeTwice([...names], left, remove), limit]);
  clearTimeout(timer);
  return [...left];
}

/** What failed is tried once more: a connection that broke may stand again. */
async function removeTwice(
  names: readonly string[],
  left: ReadonlySet<string>,
  remove: (name: string) => Promise<void>,
): Promise<void> {
  await inParallel(names, CONCURRENCY, remove);
  if (left.size > 0) await inParallel([...left], CONCURRENCY, remove);
}
