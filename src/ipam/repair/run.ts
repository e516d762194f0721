import type { CalicoctlError } from '../../core/errors.ts';
import type { Datastore, Version } from '../../datastore/datastore.ts';
import { formatRef, type Ref } from '../../resources/kind.ts';
import type { Fix, IpamFinding } from '../finding.ts';
import type { Unseen } from './keep.ts';
import type { Uses } from './uses.ts';

/** A finding that can be mended. */
export type Repair = Pick<IpamFinding, 'code' | 'subject'> & { readonly fix: Fix };

export type Verdict =
  /** Mended, or found mended: `note` tells which. */
  | { readonly is: 'done'; readonly note?: string }
  /** It turned out to be no fault: used by now, or perhaps still in the making. */
  | { readonly is: 'passed'; readonly why: string }
  /** Left alone, as what must hold for it does not hold, or is not known to. */
  | { readonly is: 'left'; readonly why: string }
  | { readonly is: 'failed'; readonly error: CalicoctlError }
  /** The run ended before. */
  | { readonly is: 'untried' };

/** What a piece of work does, for whoever reads its writes. */
export interface Purpose {
  /** `fence`: nothing but the sequence number of a block changes, so that nobody writes it who has read it before. */
  readonly write: Fix['write'] | 'fence' | 'undo';
  /** Addresses that a write of a block frees. */
  readonly addresses?: readonly string[];
}

export interface RunOptions {
  /** Addresses that were taken less long ago may be those of pods in the making. Milliseconds; 0 for any. */
  readonly minAge: number;
  /**
   * Whether nobody is handed an address: the datastore is locked, and was before the survey. Then what has no known age
   * counts as old once the run has gone on for `settle`.
   */
  readonly locked: () => Promise<boolean>;
  /** Whoever was under way when the lock was taken has ended so many milliseconds after `began`. */
  readonly settle: number;
  readonly began: number;
  /** Whose addresses are left alone, since `uses` does not show them. */
  readonly unseen: Unseen;
  readonly uses: Uses;
  readonly signal: AbortSignal;
  readonly onDone?: (count: number) => void;
}

/** One run over many repairs. */
export interface Run extends RunOptions {
  readonly store: Datastore;
  /** The datastore for one piece of work: its writes are told under its purpose. */
  storeFor(purpose: Purpose): Datastore;
  /** Whether the object is still what the finding saw: at its version, or at one that this run left. */
  isExpected(ref: Ref, found: Version | undefined, version: Version): boolean;
  readonly verdicts: Map<Repair, Verdict>;
  /** The datastore is out of reach: nothing more is begun. */
  readonly broken: { is: boolean };
}

export function judge(run: Run, repair: Repair, verdict: Verdict): void {
  run.verdicts.set(repair, verdict);
  run.onDone?.(run.verdicts.size);
}

export const CHANGED: Verdict = { is: 'passed', why: 'it changed meanwhile' };

export function fixedMeanwhile(note: string): Verdict {
  return { is: 'done', note };
}

/** Versions that a run left behind, by object. */
export function ownVersions(): {
  note(ref: Ref, version: Version): void;
  has(ref: Ref, version: Version | undefined): boolean;
} {
  const versions = new Map<string, Version>();
  return {
    note: (ref, version) => void versions.set(formatRef(ref), version),
    has: (ref, version) => version !== undefined && versions.get(formatRef(ref)) === version,
  };
}

/** Waits until whoever was under way when the run began has ended. */
export async function settled({ began, settle, signal }: RunOptions): Promise<void> {
  const rest = began + settle - Date.now();
  if (rest <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, rest);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
