import { compareItems, ENTRIES, type Found, nameOf } from './item.ts';
import type { Record } from './read.ts';

/** What a restore has to do, told by going through backup and datastore side by side. */

export type Step =
  | { readonly type: 'create'; readonly record: Record }
  | { readonly type: 'change'; readonly record: Record; readonly found: Found }
  /** The datastore has what the backup has not. */
  | { readonly type: 'extra'; readonly found: Found }
  | { readonly type: 'same'; readonly record: Record };

/** Both in the order of backups. */
export async function* steps(
  records: AsyncIterable<Record>,
  items: AsyncIterable<Found>,
): AsyncGenerator<Step> {
  const [ours, theirs] = [records[Symbol.asyncIterator](), items[Symbol.asyncIterator]()];
  try {
    let [record, found] = await Promise.all([ours.next(), theirs.next()]);
    while (!record.done || !found.done) {
      const order = record.done ? 1 : found.done ? -1 : compareItems(record.value, found.value);
      if (order > 0) yield { type: 'extra', found: found.value };
      else if (order < 0) yield { type: 'create', record: record.value };
      else if (record.value.line === found.value.line) yield { type: 'same', record: record.value };
      else yield { type: 'change', record: record.value, found: found.value };
      if (order <= 0) record = await ours.next();
      if (order >= 0) found = await theirs.next();
    }
  } finally {
    await Promise.all([ours.return?.(), theirs.return?.()]);
  }
}

export interface Choices {
  /** Change what differs, and leave alone what the backup has not. */
  readonly overwrite: boolean;
  /** Delete what the backup has not. */
  readonly prune: boolean;
  /** What the backup looked for; nothing of other kinds is deleted. */
  readonly kinds: readonly string[];
}

export const VERDICTS = ['create', 'change', 'delete', 'keep', 'same', 'missing'] as const;
/** `missing`: it cannot be made here, such as a node of Kubernetes. */
export type Verdict = (typeof VERDICTS)[number];

/** What becomes of the object of a step; `isGiven` tells of sections whose objects are neither made nor deleted. */
export function verdictOf(
  step: Step,
  { prune, kinds }: Choices,
  isGiven: (section: string) => boolean,
): Verdict {
  switch (step.type) {
    case 'create':
      return isGiven(step.record.section) ? 'missing' : 'create';
    case 'extra':
      return prune && !isGiven(step.found.section) && isLookedFor(step.found.section, kinds)
        ? 'delete'
        : 'keep';
    default:
      return step.type;
  }
}

function isLookedFor(section: string, kinds: readonly string[]): boolean {
  return section === ENTRIES || kinds.includes(section);
}

/** How much there is to do, by section, and some names. */
export class Plan {
  readonly sections = new Map<string, Tallied>();
  readonly samples: { readonly [verdict in Verdict]: string[] } = {
    ...{ create: [], change: [], delete: [], keep: [], same: [], missing: [] },
  };

  add(step: Step, verdict: Verdict): void {
    const item = 'record' in step ? step.record : step.found;
    let counts = this.sections.get(item.section);
    if (counts === undefined) {
      counts = none();
      this.sections.set(item.section, counts);
    }
    counts[verdict]++;
    if (verdict !== 'same' && this.samples[verdict].length < SAMPLES)
      this.samples[verdict].push(nameOf(item));
  }

  total(verdict: Verdict): number {
    return [...this.sections.values()].reduce((sum, counts) => sum + counts[verdict], 0);
  }

  /** Writes that are to be made. */
  get writes(): number {
    return this.total('create') + this.total('change') + this.total('delete');
  }
}

type Tallied = { [verdict in Verdict]: number };
const SAMPLES = 10;

function none(): Tallied {
  return { create: 0, change: 0, delete: 0, keep: 0, same: 0, missing: 0 };
}
