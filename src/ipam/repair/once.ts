import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { type LockNote, lockState } from '../../operations/lock.ts';
import { processRuns, purposeOf, underLock } from '../../operations/under-lock.ts';
import { findAll } from '../check/find.ts';
import { readReports } from '../report/merge.ts';
import { readSurvey } from '../survey/read.ts';
import type { Survey } from '../survey/survey.ts';
import { type PurposefulWitness, repairAll } from './repair.ts';
import type { Purpose, Repair, RunOptions } from './run.ts';
import { repairsOf, type Selection } from './select.ts';
import { imagined, type Write } from './store.ts';
import { undoLog } from './undo-file.ts';
import { usesIn } from './uses.ts';
import { isUnfinished, outcomeData, outcomeText, type Told, writesDiff } from './words.ts';

/** Whoever took an address before the datastore was locked has said so by then, or never will. */
const SETTLE_MS = 10_000;

export interface Once {
  /** For looking; ends with the signal. */
  readonly store: Datastore;
  /** For writing; does not. */
  readonly lasting: Datastore;
  /** The Kubernetes that has the services, where there is one. */
  readonly services: (() => Promise<Datastore>) | undefined;
  readonly signal: AbortSignal;
  readonly format: 'json' | 'yaml' | undefined;
  readonly dryRun: boolean;
  /** Milliseconds. */
  readonly minAge: number;
  readonly only: ReadonlySet<string>;
  readonly reports: readonly string[];
  readonly force: boolean;
  readonly open: (file: string) => AsyncIterable<Uint8Array>;
  /** Of the undo file, as it is told and as it is opened. */
  readonly name: string;
  readonly path: string;
  /** Makes the note of a lock; absent where none is to be taken. */
  readonly note?: (purpose: string) => LockNote;
  /** Returns if the plan is agreed to, and throws otherwise. */
  readonly agree: (plan: () => Promise<Result>, question: string) => Promise<void>;
  readonly warn: (text: string) => void;
  readonly progress: (total: number | undefined) => { at(done: number): void; end(): void };
}

export interface OnceResult {
  readonly result: Result;
  readonly interrupted: boolean;
  /** What unlocking failed with, once all was done. */
  readonly failure?: CalicoctlError;
}

/** Looks for what is wrong and mends it, under the lock where that is asked for. */
export async function repairOnce(once: Once): Promise<OnceResult> {
  const began = Date.now();
  const { note, lasting, dryRun } = once;
  if (note === undefined || dryRun) return repairNow(once, began);
  let done: OnceResult | undefined;
  const work = async () => (done = await repairNow(once, began));
  try {
    return await underLock(lasting, note(purposeOf('ipam repair', process.pid)), processRuns, work);
  } catch (error) {
    if (done === undefined || !(error instanceof CalicoctlError)) throw error;
    return { ...done, failure: error };
  }
}

async function repairNow(once: Once, began: number): Promise<OnceResult> {
  const { store, signal, dryRun } = once;
  const reports = { files: once.reports, open: once.open, force: once.force };
  const leaks = once.reports.length === 0 ? undefined : await readReports(store, reports);
  for (const warning of leaks?.warnings ?? []) once.warn(warning);
  const look = once.progress(undefined);
  const survey = await readSurvey(store, {
    progress: look.at,
    ...(once.services && { services: once.services }),
  });
  const { repairs } = await selected(store, survey, { only: once.only, leaks });
  look.end();
  const options: RunOptions = {
    ...{ minAge: once.minAge, began, settle: dryRun ? 0 : SETTLE_MS, signal },
    locked: lockedOf(once, survey),
    unseen: {
      // Settings that give services no addresses may be newer than the addresses that some have.
      services: once.services === undefined,
      machines: survey.settings.kubeVirtVMAddressPersistence === 'Enabled',
    },
    uses: usesIn(store, once.services),
  };
  if (dryRun) return { result: await planned(once, repairs, options), interrupted: false };
  if (repairs.length > 0)
    await once.agree(() => planned({ ...once, format: undefined }, repairs, options), 'Mend this?');
  return carryOut(once, repairs, options, survey.cluster.guid);
}

function selected(store: Datastore, survey: Survey, selection: Selection) {
  return repairsOf(findAll(store, survey), selection);
}

/** Whether the datastore is locked, and has been since before it was looked at. */
function lockedOf({ note, dryRun, lasting, force, reports }: Once, survey: Survey): () => Promise<boolean> {
  // What would be done under the lock is shown without it; reports that are taken by force stand for it.
  if ((dryRun && note !== undefined) || (force && reports.length > 0)) return async () => true;
  return async () => survey.cluster.locked && (await lockState(lasting)).locked;
}

/** What would be written, found out by doing it to an imagined datastore. */
async function planned(once: Once, repairs: readonly Repair[], options: RunOptions): Promise<Result> {
  const writes: (Write & { readonly purpose: Purpose })[] = [];
  const witness: PurposefulWitness = async (write, purpose) => {
    writes.push({ ...write, purpose });
    return async () => {};
  };
  const all = { ...options, settle: 0 };
  const verdicts = await repairAll(imagined(once.store), repairs, all, witness);
  const told: Told = { verdicts, dryRun: true, interrupted: false };
  if (once.format === undefined) return writesDiff(writes, outcomeText(told));
  return { type: 'data', format: once.format, value: outcomeData(told, writes) };
}

async function carryOut(
  once: Once,
  repairs: readonly Repair[],
  options: RunOptions,
  cluster: string,
): Promise<OnceResult> {
  const { lasting, signal, format, path, name } = once;
  const log = undoLog(path, cluster, new Date());
  const progress = once.progress(repairs.length);
  const verdicts = await repairAll(lasting, repairs, { ...options, onDone: progress.at }, log.note).finally(
    async () => {
      progress.end();
      await log.close();
    },
  );
  const interrupted = signal.aborted;
  const told: Told = { verdicts, dryRun: false, interrupted, ...(log.begun ? { undoFile: name } : {}) };
  const result: Result =
    format === undefined
      ? { type: 'text', text: outcomeText(told) }
      : { type: 'data', format, value: outcomeData(told) };
  return {
    result: { type: 'sequence', results: [result], status: isUnfinished(told) ? 1 : 0 },
    interrupted,
  };
}
