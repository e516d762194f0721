import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { endsAll } from '../../operations/refusals.ts';
import { type Found, nameOf } from './item.ts';
import { type Choices, Plan, type Step, steps, verdictOf } from './plan.ts';
import type { Record } from './read.ts';
import { type Side, sideOf } from './side.ts';

/** The records of a backup, from the first each time they are asked for. */
export type Records = () => AsyncIterable<Record>;

export interface Restoration {
  readonly plan: Plan;
  /** Writes that were made. */
  readonly written: number;
  readonly failures: readonly CalicoctlError[];
  /** Failures in all; `failures` has the first of them. */
  readonly failed: number;
  /** Why no more was tried. */
  readonly stopped?: CalicoctlError;
}

export interface RestoreOptions extends Choices {
  readonly progress: (written: number, of: number) => void;
}

/** Looks at what a restore would do. Reads the whole backup, and so finds out whether it is sound. Writes nothing. */
export async function planRestore(store: Datastore, records: Records, choices: Choices): Promise<Plan> {
  // Whether the file can be used is told before anything about the datastore.
  for await (const _ of records());
  const side = await sideOf(store);
  const plan = new Plan();
  for await (const step of steps(records(), side.items()))
    plan.add(step, verdictOf(step, choices, side.isGiven));
  return plan;
}

/**
 * Throws `not-supported` where the datastore holds something that nobody said may be changed, or where a backup of
 * nothing would have all of it deleted.
 */
export function refuseOthers(plan: Plan, { overwrite, prune }: Choices): void {
  if (plan.total('delete') > 0 && !hasContent(plan)) {
    throw new CalicoctlError(
      'not-supported',
      `the backup holds nothing of Calico: --prune would delete all that the datastore has, ${plan.total('delete')} objects (${named(plan, 'delete')})`,
      { hint: 'It was taken of a datastore that was empty. Take another backup, or leave --prune out.' },
    );
  }
  const differing = overwrite ? 0 : plan.total('change');
  const others = overwrite || prune ? 0 : plan.total('keep');
  if (differing + others === 0) return;
  const said = [
    ...(differing > 0 ? [`${differing} that differ from the backup (${named(plan, 'change')})`] : []),
    ...(others > 0 ? [`${others} that it does not have (${named(plan, 'keep')})`] : []),
  ];
  throw new CalicoctlError(
    'not-supported',
    `the datastore is not empty: it has objects, ${said.join(', and ')}`,
    {
      hint: 'Look with --dry-run. --overwrite makes those that differ as they were and leaves the others; --prune deletes the others.',
    },
  );
}

/** Nodes there are on Kubernetes without Calico too. */
function hasContent({ sections }: Plan): boolean {
  return [...sections].some(
    ([section, { create, change, same }]) => section !== 'Node' && create + change + same > 0,
  );
}

function named(plan: Plan, verdict: 'change' | 'keep' | 'delete'): string {
  const names = plan.samples[verdict];
  return `${names.join(', ')}${plan.total(verdict) > names.length ? ', …' : ''}`;
}

/** So many failures are told one by one. */
const TOLD = 20;
/** Written last: a datastore without it, or still locked, is left alone by the components of Calico. */
const LAST = 'ClusterInformation';

/** Makes the datastore as the backup has it; what is so already is not touched. */
export async function restore(
  store: Datastore,
  records: Records,
  plan: Plan,
  options: RestoreOptions,
): Promise<Restoration> {
  const side = await sideOf(store);
  const run = new Run(side, store.capabilities.concurrency, plan, options);
  const last: Step[] = [];
  try {
    for await (const step of steps(records(), side.items())) {
      if (run.stopped !== undefined) break;
      if (sectionOf(step) === LAST) last.push(step);
      else await run.take(step);
    }
    await run.settled();
    for (const step of run.again()) await run.take(step);
    await run.settled();
    for (const step of last) if (run.failed === 0 && run.stopped === undefined) await run.take(step);
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    run.stopped ??= error;
  }
  await run.settled();
  const { written, failures, failed, stopped } = run;
  return { plan, written, failures, failed, ...(stopped && { stopped }) };
}

function sectionOf(step: Step): string {
  return ('record' in step ? step.record : step.found).section;
}

class Run {
  written = 0;
  failed = 0;
  stopped: CalicoctlError | undefined;
  readonly failures: CalicoctlError[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private blocked: Step[] | undefined = [];

  constructor(
    private readonly side: Side,
    private readonly limit: number,
    private readonly plan: Plan,
    private readonly options: RestoreOptions,
  ) {}

  async take(step: Step): Promise<void> {
    const verdict = verdictOf(step, this.options, this.side.isGiven);
    if (verdict === 'change' && !this.options.overwrite) return this.fail(changedMeanwhile(step));
    if (verdict === 'same' || verdict === 'keep' || verdict === 'missing') return;
    while (this.underWay.size >= this.limit) await Promise.race(this.underWay);
    if (this.stopped !== undefined) return;
    const work: Promise<void> = this.write(step)
      .then(() => this.options.progress(++this.written, this.plan.writes))
      .catch((error: unknown) => this.failAt(step, error))
      .finally(() => this.underWay.delete(work));
    this.underWay.add(work);
  }

  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  private async write(step: Step): Promise<unknown> {
    if (step.type === 'create') return this.side.create(step.record);
    if (step.type === 'change') return this.side.change(step.record, step.found);
    return step.type === 'extra' ? this.side.remove(step.found) : undefined;
  }

  /**
   * What could not be made since something was there. In etcd that may be the same key, unreadable here or in the
   * backup, which is another object that has been deleted since.
   */
  again(): readonly Step[] {
    const blocked = this.blocked ?? [];
    this.blocked = undefined;
    return blocked;
  }

  private failAt(step: Step, error: unknown): void {
    if (this.options.prune && this.blocked && isError(error, 'already-exists')) this.blocked.push(step);
    else this.fail(error);
  }

  private fail(error: unknown): void {
    if (!(error instanceof CalicoctlError)) throw error;
    if (endsAll(error)) {
      this.stopped ??= error;
      return;
    }
    this.failed++;
    if (this.failures.length < TOLD) this.failures.push(error);
  }
}

/** It was not there, or the same, when the plan was made. */
function changedMeanwhile(step: Step): CalicoctlError {
  const item = ('record' in step ? step.record : step.found) as Found | Record;
  const resource = nameOf(item);
  return new CalicoctlError('conflict', `${resource} was written by somebody else meanwhile`, { resource });
}
