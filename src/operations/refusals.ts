import { isError } from '../core/errors.ts';
import type { LeftOut } from '../core/result.ts';
import type { Ref } from '../resources/kind.ts';

/**
 * Rights differ from kind to kind and from namespace to namespace, and may even be for single names: one refusal says
 * little of the next resource, and many in a row say enough to spare the server the rest.
 */

/** So many refused and none allowed: the kind is not tried any longer in this namespace. */
const ENOUGH = 16;

interface Tally {
  readonly kind: string;
  readonly namespace: string | undefined;
  refused: number;
  allowed: boolean;
  leftOut: number;
}

/** True for a refusal that concerns one resource, not whoever asks. */
export function isResourceRefusal(error: unknown): boolean {
  return isError(error, 'unauthorized') && error.details.scope === 'resource';
}

/** After these failures the next item would fare no better. */
export function endsAll(error: unknown): boolean {
  return isError(error, 'unavailable', 'timeout', 'cancelled', 'unauthorized') && !isResourceRefusal(error);
}

/** What was refused and allowed so far, by kind and namespace. */
export class Refusals {
  private readonly tallies = new Map<string, Tally>();

  refused(ref: Ref): void {
    this.of(ref).refused++;
  }

  allowed(ref: Ref): void {
    this.of(ref).allowed = true;
  }

  /** True, and counted, where enough of its like were refused. */
  leaveOut(ref: Ref): boolean {
    const tally = this.of(ref);
    if (tally.allowed || tally.refused < ENOUGH) return false;
    tally.leftOut++;
    return true;
  }

  get leftOut(): readonly LeftOut[] {
    return [...this.tallies.values()]
      .filter(({ leftOut }) => leftOut > 0)
      .map(({ kind, namespace, leftOut: count }) => ({ kind, ...(namespace && { namespace }), count }));
  }

  private of({ kind: { kind }, namespace }: Ref): Tally {
    const key = `${kind}/${namespace ?? ''}`;
    let tally = this.tallies.get(key);
    if (tally === undefined) {
      tally = { kind, namespace, refused: 0, allowed: false, leftOut: 0 };
      this.tallies.set(key, tally);
    }
    return tally;
  }
}
