import { formatError } from '../core/errors.ts';
import { type Collector, collector } from './collector.ts';
import { redactText } from './redact.ts';
import type { StepResult } from './step.ts';

/** One thing to collect. */
export interface Step {
  /** What is looked for, e.g. `routes (IPv4)`. */
  readonly name: string;
  /** After so long it is given up; 60 seconds unless given. */
  readonly timeoutMs?: number;
  /** Throws where it fails, `Skipped` where there is nothing to look at. */
  readonly work: (collect: Collector) => Promise<void>;
}

/** Thrown by a step that does not apply here; the message says why. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

export interface RecorderOptions {
  readonly folder: string;
  /** Steps under way at once; 1 unless given. */
  readonly concurrency?: number;
  /** Characters kept of one stream; 512 million unless given. */
  readonly limit?: number;
  /** Ctrl-C: what is under way is given up, what was not begun is skipped. */
  readonly signal?: AbortSignal;
  /** Told before a step begins and when it has ended. */
  readonly began?: (step: Step) => void | Promise<void>;
  readonly ended?: (result: StepResult) => void | Promise<void>;
}

const TIMEOUT_MS = 60_000;
const LIMIT = 512 * 1024 * 1024;

/** Runs the steps and says of each what became of it, in their order. Never throws for one that fails. */
export async function runSteps(
  steps: readonly Step[],
  options: RecorderOptions,
): Promise<readonly StepResult[]> {
  const { concurrency = 1, began, ended } = options;
  const results: StepResult[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < steps.length; index = next++) {
      const step = steps[index]!;
      if (!options.signal?.aborted) await began?.(step);
      const result = await runStep(step, options);
      results[index] = result;
      await ended?.(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, steps.length) }, worker));
  return results;
}

async function runStep(step: Step, options: RecorderOptions): Promise<StepResult> {
  const { folder, limit = LIMIT, signal } = options;
  const { name, timeoutMs = TIMEOUT_MS } = step;
  const files: string[] = [];
  if (signal?.aborted)
    return { step: name, outcome: 'skipped', files, reason: 'interrupted before it began', took: 0 };
  const began = performance.now();
  const giveUp = new AbortController();
  const collect = collector({ folder, limit, signal: giveUp.signal, wrote: (file) => files.push(file) });
  let end: Pick<StepResult, 'outcome' | 'reason'>;
  try {
    await limited(step.work(collect), timeoutMs, giveUp, signal);
    end = { outcome: 'done' };
  } catch (error) {
    const reason = redactText(formatError(error));
    end = { outcome: error instanceof Skipped ? 'skipped' : 'failed', reason };
  }
  return { step: name, ...end, files: [...files].sort(), took: Math.round(performance.now() - began) };
}

/** What was given up has so long to close its files. */
const LAST_WORDS_MS = 500;

function limited(
  work: Promise<void>,
  timeoutMs: number,
  giveUp: AbortController,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (why: string) => {
      const reason = new Error(why);
      giveUp.abort(reason);
      setTimeout(() => reject(reason), LAST_WORDS_MS);
    };
    const timer = setTimeout(() => stop(`no end within ${timeoutMs / 1000}s`), timeoutMs);
    const interrupt = () => stop('interrupted');
    signal?.addEventListener('abort', interrupt, { once: true });
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupt);
    };
    const failed = (error: unknown) => reject(giveUp.signal.aborted ? giveUp.signal.reason : error);
    // What ends after it was given up has not written all.
    work.then(() => (giveUp.signal.aborted ? failed(undefined) : resolve()), failed).finally(settle);
  });
}
