import { groupBy } from '../../core/group.ts';
import type { DiffResult } from '../../core/result.ts';
import { formatRef, type Resource } from '../../resources/kind.ts';
import type { Fix } from '../finding.ts';
import type { Purpose, Repair, Verdict } from './run.ts';
import type { Write } from './store.ts';
import type { Undone } from './undo.ts';

/** What a run is told as, for people and for programs. */

const DONE: Readonly<Record<Fix['write'], readonly [did: string, would: string, one: string, many: string]>> =
  {
    'release-address': ['Released', 'Would release', 'address', 'addresses'],
    'set-handle': ['Set the counts of', 'Would set the counts of', 'handle', 'handles'],
    'delete-handle': ['Deleted', 'Would delete', 'handle', 'handles'],
    'delete-affinity': ['Deleted', 'Would delete', 'affinity', 'affinities'],
    'release-affinity': ['Took from their owners', 'Would take from their owners', 'block', 'blocks'],
    'delete-block': ['Deleted', 'Would delete', 'empty block', 'empty blocks'],
    'delete-endpoint': ['Deleted', 'Would delete', 'workload endpoint', 'workload endpoints'],
  };

/** So many of a sort are named; `-o json` names all. */
const NAMED = 20;

export interface Told {
  readonly verdicts: ReadonlyMap<Repair, Verdict>;
  readonly dryRun: boolean;
  readonly interrupted: boolean;
  /** Where it is known how to undo; absent where nothing was written. */
  readonly undoFile?: string;
}

const of = <K extends Verdict['is']>({ verdicts }: Told, is: K) =>
  [...verdicts].filter((pair): pair is [Repair, Extract<Verdict, { is: K }>] => pair[1].is === is);

/** True where something was not mended that is to be looked at. */
export function isUnfinished(told: Told): boolean {
  return [...told.verdicts.values()].some(({ is }) => is === 'left' || is === 'failed' || is === 'untried');
}

/** How the run went, in lines. */
export function outcomeText(told: Told): string {
  const { verdicts, dryRun, interrupted, undoFile } = told;
  if (verdicts.size === 0) return 'Nothing to mend.\n';
  const done = of(told, 'done');
  const mended = groupBy(
    done.filter(([, { note }]) => note === undefined),
    ([{ fix }]) => fix.write,
  );
  const lines = [...mended].map(([write, { length }]) => {
    const [did, would, one, many] = DONE[write];
    return `${dryRun ? would : did} ${length} ${length === 1 ? one : many}.`;
  });
  const untried = of(told, 'untried').length;
  return [
    ...lines,
    ...named(
      'Mended already',
      done.flatMap(([repair, { note }]) => (note ? [[repair, note] as const] : [])),
    ),
    ...named(
      'Passed over',
      of(told, 'passed').map(([repair, { why }]) => [repair, why]),
    ),
    ...named(
      'Left alone',
      of(told, 'left').map(([repair, { why }]) => [repair, why]),
    ),
    ...named(
      'Failed',
      of(told, 'failed').map(([repair, { error }]) => [repair, error.message]),
    ),
    ...(untried === 0
      ? []
      : [
          `${interrupted ? 'Interrupted' : 'Broken off'}: ${untried} of ${verdicts.size} were not tried; run it again to go on.`,
        ]),
    ...(undoFile === undefined ? [] : [`To undo: calicoctl ipam repair --undo ${undoFile}`]),
    '',
  ].join('\n');
}

/** Those with the same reason stand together. */
function named(title: string, items: readonly (readonly [Repair, string])[]): readonly string[] {
  if (items.length === 0) return [];
  const lines = items
    .slice(0, NAMED)
    .map(([{ code, subject }, why]) => `  ${subject.kind} ${subject.name} (${code}): ${why}`);
  const more = items.length - lines.length;
  return [
    `${title} (${items.length}):`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more (-o json names all)`] : []),
  ];
}

/** The same as a value. */
export function outcomeData(told: Told, writes?: readonly PlannedWrite[]): object {
  const { verdicts, dryRun, interrupted, undoFile } = told;
  const counts = { done: 0, passed: 0, left: 0, failed: 0, untried: 0 };
  for (const { is } of verdicts.values()) counts[is]++;
  return {
    dryRun,
    counts,
    repairs: [...verdicts].map(([{ code, subject, fix }, verdict]) => ({
      ...{ code, subject, write: fix.write, verdict: verdict.is },
      ...('note' in verdict && verdict.note !== undefined ? { why: verdict.note } : {}),
      ...('why' in verdict ? { why: verdict.why } : {}),
      ...('error' in verdict ? { why: verdict.error.message } : {}),
    })),
    ...(writes && { writes: writesData(writes) }),
    ...(interrupted ? { interrupted } : {}),
    ...(undoFile === undefined ? {} : { undoFile }),
  };
}

type PlannedWrite = Write & { readonly purpose: Purpose };

function writesData(writes: readonly PlannedWrite[]): readonly object[] {
  return writes.map(({ ref, before, after, purpose }) => ({
    ...{ object: formatRef(ref), for: purpose.write },
    ...(purpose.addresses && { addresses: purpose.addresses }),
    ...{ before: before ?? null, after: after === undefined ? null : withoutVersion(after) },
  }));
}

function withoutVersion(resource: Resource): object {
  const { resourceVersion: _, ...metadata } = resource.metadata;
  return { ...resource, metadata };
}

/** Every write as a patch, in the order in which they would be made. */
export function writesDiff(writes: readonly PlannedWrite[], text: string): DiffResult {
  const changes = writes.map(({ ref, before, after, purpose }) => ({
    name: `${formatRef(ref)} ${purpose.write}`,
    before: before && withoutVersion(before),
    after: after && withoutVersion(after),
  }));
  return { type: 'diff', changes, sides: ['now', 'then'], text };
}

/** What `--undo` did, in lines. */
export function undoneText(results: readonly Undone[], dryRun: boolean): string {
  if (results.length === 0) return 'Nothing to put back.\n';
  const by = (verdict: Undone['verdict']) => results.filter((each) => each.verdict === verdict);
  const back = by('put back');
  const list = (title: string, items: readonly Undone[]) =>
    items.length === 0
      ? []
      : [
          `${title} (${items.length}):`,
          ...items.slice(0, NAMED).map(({ subject, why }) => `  ${subject}${why ? `: ${why}` : ''}`),
          ...(items.length > NAMED ? [`  and ${items.length - NAMED} more (-o json names all)`] : []),
        ];
  return [
    ...list(dryRun ? 'Would put back' : 'Put back', back),
    ...list('Left as it is', by('left')),
    ...list('Failed', by('failed')),
    ...list('Not tried; run it again to go on', by('untried')),
    '',
  ].join('\n');
}

/** The same as a value. */
export function undoneData(
  results: readonly Undone[],
  dryRun: boolean,
  writes?: readonly PlannedWrite[],
): object {
  return { dryRun, results, ...(writes && { writes: writesData(writes) }) };
}
