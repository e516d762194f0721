import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { applyDefinitions } from '../../operations/crds/apply.ts';
import { type DefinitionPlan, planDefinitions } from '../../operations/crds/plan.ts';
import { isPending } from '../../operations/crds/prepare.ts';
import { pause } from '../../operations/retry.ts';
import { DEFINITION_GROUPS, type DefinitionGroup } from '../../resources/definition.ts';

/** The definitions that a Kubernetes needs before it can take anything in. */

/** How long an API server may take until it serves what it was told of. */
export const SETTLE_MS = 60_000;
const POLL_MS = 200;

/** Whether the kind that every datastore has is defined. */
export async function isDefined({ definitions }: Datastore): Promise<boolean> {
  if (definitions === undefined) return true;
  const names = Object.keys(DEFINITION_GROUPS).map((group) => `clusterinformations.${group}`);
  const found = await Promise.all(names.map((name) => definitions.get(name)));
  return found.some((definition) => definition !== undefined);
}

/** What has to be defined; undefined where the datastore takes any kind. */
export async function neededDefinitions(
  store: Datastore,
  group: DefinitionGroup | undefined,
): Promise<DefinitionPlan | undefined> {
  if (store.definitions === undefined) return undefined;
  return planDefinitions(store.definitions, { ...(group && { group }), force: false });
}

/** Defines what is missing. Definitions that know more than ours stay as they are. */
export async function define(
  store: Datastore,
  group: DefinitionGroup | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { definitions } = store;
  if (definitions === undefined) return;
  try {
    const plan = await neededDefinitions(store, group);
    if (plan === undefined || !plan.steps.some(isPending)) return;
    const options = { force: false, signal, deadline: Date.now() + SETTLE_MS };
    const { failures } = await applyDefinitions(definitions, plan, options);
    if (failures[0] !== undefined) throw failures[0];
  } catch (error) {
    if (!(error instanceof CalicoctlError) || error.errorClass === 'cancelled') throw error;
    throw new CalicoctlError(
      error.errorClass,
      `error applying the CRDs necessary to begin datastore import: ${error.message}`,
      error.details,
    );
  }
}

/** For a moment an API server does not find resources of a kind that it has just taken in. */
export async function onceServed<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isError(error, 'not-supported', 'not-found') || Date.now() > deadline) throw error;
      await pause(POLL_MS);
    }
  }
}
