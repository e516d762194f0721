/** When a request is made again: all rules, in one place. */
import type { HttpFailure } from './failure.ts';
import type { Answer, Call } from './request.ts';

const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1000;
/** A server that was never heard of in this process is soon given up. */
const ATTEMPTS_UNHEARD = 5;

export type Outcome = { readonly answer: Answer } | { readonly failure: HttpFailure };

export interface Attempt {
  readonly call: Call;
  /** Counts from 1. */
  readonly number: number;
  readonly outcome: Outcome;
  /** The server has answered some request of this process. */
  readonly heard: boolean;
  /** Milliseconds that remain for trying. */
  readonly leftMs: number;
}

/**
 * How many milliseconds to wait before the request is made again; undefined where its outcome stands. A write is made
 * again only where it was certainly not done: it never left, or was turned away with 429. After any other 5xx it may
 * have been done, and the caller has to look. `random` is in [0, 1).
 */
export function pauseAfter(attempt: Attempt, now = Date.now(), random = Math.random()): number | undefined {
  const { outcome, number, leftMs } = attempt;
  const again = 'failure' in outcome ? isPassing(outcome.failure, attempt) : isBusy(outcome.answer, attempt);
  if (!again || leftMs <= 0) return undefined;
  const backOff = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (number - 1)) * (0.5 + random / 2);
  const wished = 'answer' in outcome ? retryAfter(outcome.answer, now) : 0;
  // Nobody is helped by waiting first and giving up then.
  if (wished > leftMs) return undefined;
  // Those who are told to come back at the same time should not.
  return wished > 0 ? wished + random * FIRST_PAUSE : Math.min(backOff, leftMs);
}

function isRead(call: Call): boolean {
  return call === 'read' || call === 'relayed';
}

function isPassing({ kind, facts }: HttpFailure, { call, heard, number }: Attempt): boolean {
  switch (kind) {
    case 'broken':
      return (isRead(call) || facts.sent !== true) && (heard || number < ATTEMPTS_UNHEARD);
    // A server that answered before is being restarted.
    case 'refused':
    case 'unreachable':
    case 'unknown-host':
      return heard;
    default:
      return false;
  }
}

function isBusy({ status }: Answer, { call }: Attempt): boolean {
  if (status === 429) return true;
  return call === 'read' && (status === 500 || (status >= 502 && status <= 504));
}

/** Milliseconds that the server asks to wait, in seconds or until a date; 0 where it does not. */
export function retryAfter({ headers }: Pick<Answer, 'headers'>, now = Date.now()): number {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
