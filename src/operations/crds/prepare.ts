import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import type { Definitions } from '../../datastore/definitions.ts';
import { initialise, uninitialised } from '../initialise.ts';
import { pause } from '../retry.ts';
import { type ApplyOptions, applyDefinitions } from './apply.ts';
import type { DefinitionPlan, DefinitionStep } from './plan.ts';

/** What was done to a datastore, or is to be done. */
export interface Preparation {
  /** The definitions created and changed. */
  readonly steps: readonly DefinitionStep[];
  /** Objects that were made, as `Kind(name)`. */
  readonly objects: readonly string[];
  readonly errors: readonly CalicoctlError[];
}

/** What there is to do. */
export async function pending(store: Datastore, plan: DefinitionPlan): Promise<Preparation> {
  return { steps: plan.steps.filter(isPending), objects: await uninitialised(store), errors: [] };
}

export function isPending({ verdict }: DefinitionStep): boolean {
  return verdict === 'create' || verdict === 'change';
}

/** Carries out the plan, then makes the objects that every cluster has; those not where a definition failed. */
export async function prepare(
  store: Datastore,
  definitions: Definitions,
  plan: DefinitionPlan,
  options: ApplyOptions,
): Promise<Preparation> {
  const { done, failures } = await applyDefinitions(definitions, plan, options);
  if (failures.length > 0) return { steps: done, objects: [], errors: failures };
  try {
    return { steps: done, objects: await initialiseOnceServed(store, options.deadline), errors: [] };
  } catch (error) {
    if (error instanceof CalicoctlError) return { steps: done, objects: [], errors: [error] };
    throw error;
  }
}

const POLL_MS = 200;

/** For a moment an API server does not find resources of a kind that it has just taken in. */
async function initialiseOnceServed(store: Datastore, deadline: number): Promise<readonly string[]> {
  for (;;) {
    try {
      return await initialise(store);
    } catch (error) {
      if (!isError(error, 'not-supported', 'not-found') || Date.now() > deadline) throw error;
      await pause(POLL_MS);
    }
  }
}
