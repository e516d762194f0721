import type { DiffResult } from '../../core/result.ts';
import type { DefinitionObject } from '../../datastore/definitions.ts';
import { DEFINITION_GROUPS } from '../../resources/definition.ts';
import type { DefinitionPlan, DefinitionStep, Verdict } from './plan.ts';
import type { Preparation } from './prepare.ts';

/** A plan as it is shown. New definitions are named only: there is nothing that they differ from. */
export function shownPlan(plan: DefinitionPlan, objects: readonly string[] = []): DiffResult {
  const changed = plan.steps.filter(({ verdict }) => verdict === 'change');
  const lines = [headline(plan), ...plan.steps.flatMap(line)];
  if (objects.length > 0) lines.push(`Objects to create: ${objects.join(', ')}`);
  return {
    type: 'diff',
    sides: ['cluster', 'calicoctl'],
    changes: changed.map(({ name, stored, wanted }) => ({
      name,
      before: comparable(stored!),
      after: comparable(wanted),
    })),
    text: lines.map((text) => `${text}\n`).join(''),
  };
}

/** The parts that a plan can change, and what they are of. */
function comparable({ apiVersion, kind, metadata, spec }: DefinitionObject): object {
  return { apiVersion, kind, metadata: { name: metadata.name }, spec };
}

const COUNTED: readonly (readonly [Verdict, string])[] = [
  ['create', 'to create'],
  ['change', 'to change'],
  ['newer', 'to leave alone'],
  ['same', 'up to date'],
];

function headline({ group, steps }: DefinitionPlan): string {
  const counts = COUNTED.map(
    ([verdict, words]) => [steps.filter((step) => step.verdict === verdict).length, words] as const,
  );
  const shown = counts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return `Definitions of ${group}/${DEFINITION_GROUPS[group]}: ${shown.join(', ')}`;
}

function line({ name, verdict, unknown }: DefinitionStep): readonly string[] {
  switch (verdict) {
    case 'same':
      return [];
    case 'create':
      return [`  create ${name}`];
    case 'change':
      return [unknown.length === 0 ? `  change ${name}` : `  change ${name}, dropping ${few(unknown)}`];
    case 'newer':
      return [
        `  leave  ${name}: it has ${few(unknown)}, which this calicoctl does not know; --force replaces it all the same`,
      ];
  }
}

const MOST_SHOWN = 5;

function few(items: readonly string[]): string {
  const rest = items.length - MOST_SHOWN;
  return items.slice(0, MOST_SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** What was done, in sentences. */
export function doneText({ steps, objects, errors }: Preparation): string {
  const count = (wanted: Verdict) => steps.filter(({ verdict }) => verdict === wanted).length;
  const [created, changed] = [count('create'), count('change')];
  const lines = [
    ...(created > 0 ? [`Successfully created ${created} definition(s)`] : []),
    ...(changed > 0 ? [`Successfully changed ${changed} definition(s)`] : []),
    ...(objects.length > 0 ? [`Successfully created ${objects.join(', ')}`] : []),
  ];
  return lines.length === 0 && errors.length === 0
    ? 'Nothing to do: the datastore is ready\n'
    : lines.map((text) => `${text}\n`).join('');
}

/** A plan for programs. */
export function planData(
  { group, steps }: DefinitionPlan,
  { objects }: Preparation,
  applied: boolean,
): object {
  return {
    apiGroup: `${group}/${DEFINITION_GROUPS[group]}`,
    definitions: steps.map(({ name, verdict, unknown }) => ({
      name,
      action: verdict === 'same' || verdict === 'newer' ? 'none' : verdict,
      ...(verdict === 'newer' ? { reason: 'newer' } : {}),
      ...(unknown.length === 0 ? {} : { unknown }),
    })),
    objects,
    applied,
  };
}
