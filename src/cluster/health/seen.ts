import { CalicoctlError } from '../../core/errors.ts';
import type { UnknownReason } from './cause.ts';

/** What was read, or why it could not be. */
export type Seen<T> = { readonly known: true; readonly value: T } | Unseen;

export interface Unseen {
  readonly known: false;
  readonly reason: UnknownReason;
  readonly why: string;
  readonly advice?: string;
}

/** The value; undefined where it is not known. */
export function seenValue<T>(seen: Seen<T>): T | undefined {
  return seen.known ? seen.value : undefined;
}

export function known<T>(value: T): Seen<T> {
  return { known: true, value };
}

/** Reads something; a failure is told, not thrown, and what takes longer than `limitMs` is given up. */
export async function look<T>(limitMs: number, read: () => Promise<T>): Promise<Seen<T>> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    const seconds = limitMs / 1000;
    const late = () => reject(new CalicoctlError('timeout', `no end of the answer within ${seconds}s`));
    timer = setTimeout(late, limitMs);
  });
  try {
    return known(await Promise.race([read(), end]));
  } catch (error) {
    return unseen(error);
  } finally {
    clearTimeout(timer);
  }
}

const REASONS: Readonly<Partial<Record<string, UnknownReason>>> = {
  unauthorized: 'forbidden',
  unavailable: 'unreachable',
  timeout: 'unreachable',
  configuration: 'not-configured',
};

const FORBIDDEN = '`calicoctl doctor` tells which rights are missing, or whether the credentials are wrong.';

/** Throws what is no failure a user can meet, and what the user ended. */
export function unseen(error: unknown): Unseen {
  if (!(error instanceof CalicoctlError) || error.errorClass === 'cancelled') throw error;
  const reason = REASONS[error.errorClass] ?? 'failed';
  const { hint: own = reason === 'forbidden' ? FORBIDDEN : undefined } = error.details;
  // What a single missing right has to say, a role, is longer than all else here.
  const hint = reason === 'forbidden' && own?.includes('\n') ? FORBIDDEN : own;
  return { known: false, reason, why: error.message, ...(hint === undefined ? {} : { advice: hint }) };
}
