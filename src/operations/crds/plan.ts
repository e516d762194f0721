import { CalicoctlError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { DefinitionObject, Definitions } from '../../datastore/definitions.ts';
import { customResourceDefinitions } from '../../resources/crd-definition.ts';
import { DEFINITION_GROUPS, type DefinitionGroup } from '../../resources/definition.ts';
import { inParallel } from '../parallel.ts';
import { jsonEqual } from '../patch/equal.ts';
import { merged } from './merge.ts';
import { unknownIn } from './schema.ts';

/** What is to be done about a definition: `newer` ones are left alone, for they know more than we do. */
export type Verdict = 'create' | 'change' | 'same' | 'newer';

export interface DefinitionStep {
  readonly name: string;
  readonly verdict: Verdict;
  /** As the API server has it. */
  readonly stored?: DefinitionObject;
  /** As this program defines it. */
  readonly ours: DefinitionObject;
  /** As it should be: ours laid over the stored one. */
  readonly wanted: DefinitionObject;
  /** What the stored one lets users write and ours does not know; replaced only where that was asked for. */
  readonly unknown: readonly string[];
}

export interface DefinitionPlan {
  readonly group: DefinitionGroup;
  /** Whether the cluster has definitions of the group, of any verdict. */
  readonly served: boolean;
  /** By name. */
  readonly steps: readonly DefinitionStep[];
}

export interface PlanOptions {
  /** Absent: the group that the cluster has definitions of, else crd.projectcalico.org. */
  readonly group?: DefinitionGroup;
  /** Replace definitions that know more than ours; add a second group. */
  readonly force: boolean;
}

const AT_ONCE = 16;

/** What has to be done so that the cluster has our definitions. Changes nothing. */
export async function planDefinitions(
  definitions: Definitions,
  { group, force }: PlanOptions,
): Promise<DefinitionPlan> {
  const v1 = await readGroup(definitions, 'crd.projectcalico.org');
  const v3 = await readGroup(definitions, 'projectcalico.org');
  const usual = !isServed(v1) && isServed(v3) ? v3 : v1;
  const chosen = group === undefined ? usual : [v1, v3].find((found) => found.group === group)!;
  const other = chosen === v1 ? v3 : v1;
  if (!force && isServed(other) && !isServed(chosen)) throw secondGroup(chosen.group, other);
  return {
    group: chosen.group,
    served: isServed(chosen),
    steps: chosen.ours.map((ours) => stepFor(chosen.stored.get(ours.metadata.name), ours, force)),
  };
}

interface Found {
  readonly group: DefinitionGroup;
  readonly ours: readonly DefinitionObject[];
  /** Those of the same names that the cluster has. */
  readonly stored: ReadonlyMap<string, DefinitionObject>;
}

function isServed({ stored }: Found): boolean {
  return stored.size > 0;
}

async function readGroup(definitions: Definitions, group: DefinitionGroup): Promise<Found> {
  const ours = (await customResourceDefinitions(group)) as unknown as readonly DefinitionObject[];
  const stored = new Map<string, DefinitionObject>();
  const { failures } = await inParallel(ours, AT_ONCE, async ({ metadata: { name } }) => {
    const found = await definitions.get(name);
    if (found !== undefined) stored.set(name, found);
  });
  if (failures[0] !== undefined) throw failures[0];
  return { group, ours, stored };
}

/** What is to be done about one definition. */
export function stepFor(
  stored: DefinitionObject | undefined,
  ours: DefinitionObject,
  force: boolean,
): DefinitionStep {
  const { name } = ours.metadata;
  if (stored === undefined) return { name, verdict: 'create', ours, wanted: ours, unknown: [] };
  if (stored.metadata['deletionTimestamp'] !== undefined) throw beingDeleted(name);
  const wanted = merged(stored, ours);
  const unknown = unknownInVersion(stored, ours);
  const same = jsonEqual(stored.spec as Json, wanted.spec as Json);
  const verdict = same ? 'same' : unknown.length > 0 && !force ? 'newer' : 'change';
  return { name, verdict, stored, ours, wanted, unknown };
}

function unknownInVersion(stored: DefinitionObject, ours: DefinitionObject): readonly string[] {
  const { name, schema } = ours.spec.versions[0]!;
  const counterpart = stored.spec.versions.find((version) => version.name === name)?.schema?.openAPIV3Schema;
  if (counterpart === undefined || schema?.openAPIV3Schema === undefined) return [];
  return [...unknownIn(counterpart, schema.openAPIV3Schema)];
}

function secondGroup(wanted: DefinitionGroup, other: Found): CalicoctlError {
  const served = `${other.group}/${DEFINITION_GROUPS[other.group]}`;
  return new CalicoctlError(
    'conflict',
    `the cluster keeps Calico's resources in ${served} (${other.stored.size} definitions): definitions of ${wanted}/${DEFINITION_GROUPS[wanted]} beside them would be a second, empty place for them`,
    { hint: `Leave out --api-group to bring ${served} up to date, or add --force to have both.` },
  );
}

function beingDeleted(name: string): CalicoctlError {
  return new CalicoctlError('conflict', `CustomResourceDefinition(${name}) is being deleted`, {
    hint: 'Wait until it is gone, together with the resources of its kind, and try again.',
  });
}
