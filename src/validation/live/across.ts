import { formatPath } from '../../core/errors.ts';
import type { AcrossFault, AcrossRule, Subject } from '../rule.ts';

export interface Found {
  readonly rule: AcrossRule;
  readonly fault: AcrossFault;
}

/** Rules about all resources together, over one state of the datastore. */
export class Watches {
  readonly #watches: readonly {
    readonly rule: AcrossRule;
    readonly watch: ReturnType<AcrossRule['start']>;
  }[];

  constructor(rules: readonly AcrossRule[]) {
    this.#watches = rules.map((rule) => ({ rule, watch: rule.start() }));
  }

  see(subject: Subject): void {
    const { kind } = subject.kind;
    for (const { rule, watch } of this.#watches)
      if (rule.kinds === undefined || rule.kinds.includes(kind)) watch.see(subject);
  }

  /** What is wrong, but for rules about kinds that were not all seen: what is missing there may only be hidden. */
  *faults(unseen: ReadonlySet<string>): Iterable<Found> {
    for (const { rule, watch } of this.#watches)
      if (!rule.kinds?.some((kind) => unseen.has(kind)))
        for (const fault of watch.faults()) yield { rule, fault };
  }
}

/** The same for the same fault in two states of the datastore. */
export function keyOf({ rule, fault: { spot, message } }: Found): string {
  return `${rule.id} ${spot.resource} ${formatPath(spot.path)} ${message}`;
}
