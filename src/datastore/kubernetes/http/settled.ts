/** Attempts until one stands: what `retry.ts` rules, done. */
import { HttpFailure, toldFailure } from './failure.ts';
import type { Hide } from './hiding.ts';
import type { Call } from './request.ts';
import { type Outcome, pauseAfter } from './retry.ts';
import { sleep } from './sleep.ts';

export const CANCELLED = () => new HttpFailure('cancelled', 'cancelled');

export interface Trying {
  /** The server's, for errors. */
  readonly name: string;
  readonly hide: Hide;
  readonly call: Call;
  /** Milliseconds, from the first outcome on. */
  readonly limitMs: number;
  /** Nobody waits any more. */
  readonly aborted: () => boolean;
  /** Aborts when that comes true; asked for only where there is something to wait for. */
  readonly until: () => AbortSignal;
  /** Whether the server has answered some request of this process. */
  readonly heard: () => boolean;
}

/** What the last attempt gave: an answer, or whatever else it resolves with. Throws CalicoctlError for an HttpFailure. */
export async function untilSettled<T extends object>(attempt: () => Promise<T>, trying: Trying): Promise<T> {
  const { name, hide, call, limitMs, aborted, until, heard } = trying;
  let deadline: number | undefined;
  for (let number = 1; ; number++) {
    const outcome = aborted() ? { failure: CANCELLED() } : await outcomeOf(attempt);
    const now = performance.now();
    deadline ??= now + limitMs;
    const settled = 'answer' in outcome || 'failure' in outcome ? (outcome as Outcome) : undefined;
    const pause =
      settled === undefined || aborted()
        ? undefined
        : pauseAfter({ call, number, outcome: settled, heard: heard(), leftMs: deadline - now });
    if (pause === undefined) {
      if ('failure' in outcome) throw toldFailure(hidden(outcome.failure, hide), name, call);
      return outcome;
    }
    await sleep(pause, until());
  }
}

/** What a proxy said stands in its failure. */
function hidden({ kind, message, facts }: HttpFailure, hide: Hide): HttpFailure {
  return new HttpFailure(kind, hide(message), facts);
}

async function outcomeOf<T extends object>(attempt: () => Promise<T>): Promise<T | { failure: HttpFailure }> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof HttpFailure) return { failure: error };
    throw error;
  }
}
