import { CalicoctlError, formatError } from '../../core/errors.ts';

export type Verdict = 'ok' | 'warning' | 'error';

/** One thing that was looked at before an import. */
export interface Check {
  readonly check: string;
  readonly verdict: Verdict;
  /** One fact each. */
  readonly details: readonly string[];
}

/** So many faults are told of each check. */
const TOLD = 50;

export function ok(check: string, text: string): Check {
  return { check, verdict: 'ok', details: [text] };
}

export function failed(check: string, faults: readonly CalicoctlError[]): Check {
  return { check, verdict: 'error', details: few(faults.map(formatError)) };
}

/** Faults of a file, which may be as many as its objects: only those that are told are kept. */
export class Faults {
  readonly #told: string[] = [];
  #more = 0;

  add(fault: CalicoctlError): void {
    if (this.#told.length < TOLD) this.#told.push(formatError(fault));
    else this.#more++;
  }

  /** The check with these faults; `otherwise` where there are none. */
  check(check: string, otherwise: Check): Check {
    if (this.#told.length === 0) return otherwise;
    const more = this.#more === 0 ? [] : [`and ${this.#more} more`];
    return { check, verdict: 'error', details: [...this.#told, ...more] };
  }
}

/** The first of many facts, and how many more there are. */
export function few(facts: readonly string[]): readonly string[] {
  return facts.length > TOLD ? [...facts.slice(0, TOLD), `and ${facts.length - TOLD} more`] : facts;
}

/** What a step gave, or why it failed: one that failed must not hide the others. */
export type Attempt<T> = { readonly value: T } | { readonly fault: CalicoctlError };

export async function attempted<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof CalicoctlError) || error.errorClass === 'cancelled') throw error;
    return { fault: error };
  }
}
