import { CalicoctlError, isError } from '../../core/errors.ts';
import type { DefinitionCondition, Definitions } from '../../datastore/definitions.ts';
import { inParallel } from '../parallel.ts';
import { pause, untilUndisturbed } from '../retry.ts';
import { type DefinitionPlan, type DefinitionStep, stepFor } from './plan.ts';

export interface ApplyOptions {
  readonly force: boolean;
  readonly signal: AbortSignal;
  /** When to wait no longer for what was written to be in force, as of Date.now(). */
  readonly deadline: number;
}

export interface Applied {
  /** The steps that were carried out, also where what they changed is not in force yet. */
  readonly done: readonly DefinitionStep[];
  readonly failures: readonly CalicoctlError[];
}

const AT_ONCE = 8;
const POLL_MS = 100;

/** Carries out a plan and waits until the API server serves what it changed. The failure of one stops none of the others. */
export async function applyDefinitions(
  definitions: Definitions,
  plan: DefinitionPlan,
  options: ApplyOptions,
): Promise<Applied> {
  const steps = plan.steps.filter(({ verdict }) => verdict === 'create' || verdict === 'change');
  const done: DefinitionStep[] = [];
  const { failures } = await inParallel(steps, AT_ONCE, async (step) => {
    await write(definitions, step, options.force);
    done.push(step);
    const what = `CustomResourceDefinition(${step.name})`;
    await until(() => isEstablished(definitions, step.name), what, options);
  });
  if (failures.length === 0 && done.length > 0)
    await until(() => definitions.served(plan.group), `the API group ${plan.group}`, options);
  return { done, failures };
}

/** Somebody else who was there first is read again, and what still has to be done is decided anew. */
async function write(definitions: Definitions, planned: DefinitionStep, force: boolean): Promise<void> {
  let step = planned;
  await untilUndisturbed(async () => {
    try {
      if (step.verdict === 'create') await definitions.create(step.wanted);
      if (step.verdict === 'change') await definitions.update(step.wanted);
    } catch (error) {
      if (isError(error, 'conflict', 'already-exists'))
        step = stepFor(await definitions.get(step.name), step.ours, force);
      throw error;
    }
  });
}

async function isEstablished(definitions: Definitions, name: string): Promise<boolean> {
  const stored = await definitions.get(name);
  const condition = (type: string) => stored?.status?.conditions?.find((found) => found.type === type);
  const accepted = condition('NamesAccepted');
  if (accepted?.status === 'False') throw refused(name, accepted);
  return condition('Established')?.status === 'True';
}

/** Looks again and again until what was written is in force. */
async function until(
  holds: () => Promise<boolean>,
  what: string,
  { deadline, signal }: ApplyOptions,
): Promise<void> {
  while (!(await holds())) {
    if (signal.aborted) throw new CalicoctlError('cancelled', `interrupted while waiting for ${what}`);
    if (Date.now() > deadline) {
      throw new CalicoctlError('timeout', `${what} is written, but the API server does not serve it yet`, {
        hint: 'Look at status.conditions of the definitions, or wait longer with --timeout.',
      });
    }
    await pause(POLL_MS);
  }
}

function refused(name: string, { reason, message }: DefinitionCondition): CalicoctlError {
  return new CalicoctlError(
    'datastore',
    `the API server does not take the names of CustomResourceDefinition(${name}): ${message || reason}`,
    { hint: 'Another definition of the group has one of these names: remove it, or the name from it.' },
  );
}
