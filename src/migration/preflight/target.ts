import { isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import type { DefinitionPlan } from '../../operations/crds/plan.ts';
import { isPending } from '../../operations/crds/prepare.ts';
import { formatLockNote } from '../../operations/lock.ts';
import type { DefinitionGroup } from '../../resources/definition.ts';
import { findHalf, type Half } from '../target/claim.ts';
import { neededDefinitions } from '../target/definitions.ts';
import { occupants } from '../target/emptiness.ts';
import { type Attempt, attempted, type Check, failed, ok } from './checks.ts';

/** What stands in the way in the datastore. */

export interface TargetRequest {
  readonly store: Datastore;
  readonly group: DefinitionGroup | undefined;
  /** Rights that are missing, in words; absent where nobody can be asked. */
  readonly missingRights?: ((group: DefinitionGroup) => Promise<readonly string[]>) | undefined;
  /** Of the file, as far as it could be read. */
  readonly sha256: string | undefined;
  readonly guid: string;
}

export async function targetChecks(request: TargetRequest): Promise<readonly Check[]> {
  const { store, sha256, guid } = request;
  const half = await attempted(() => findHalf(store, { sha256, guid }));
  if ('fault' in half && isError(half.fault, 'unavailable', 'timeout'))
    return [failed('datastore', [half.fault])];
  const plan = await attempted(() => neededDefinitions(store, request.group));
  const group = 'value' in plan ? plan.value?.group : request.group;
  return [
    ok('datastore', `${store.capabilities.name}, reachable`),
    'fault' in half ? failed('empty', [half.fault]) : await emptiness(store, half.value),
    ...(await rights(request, group ?? 'crd.projectcalico.org')),
    ...definitions(plan),
  ];
}

async function emptiness(store: Datastore, half: Half | undefined): Promise<Check> {
  if (half !== undefined) {
    const who = half.note === undefined ? '' : `; the datastore is locked ${formatLockNote(half.note)}`;
    return ok('empty', `an import of this file has begun here, and would be gone on with${who}`);
  }
  const found = await attempted(() => occupants(store));
  if ('fault' in found) return failed('empty', [found.fault]);
  if (found.value.length === 0) return ok('empty', 'nothing of Calico is in the datastore');
  const details = found.value.map((what) => `there is ${what} data already`);
  return { check: 'empty', verdict: 'error', details };
}

async function rights({ missingRights }: TargetRequest, group: DefinitionGroup): Promise<readonly Check[]> {
  if (missingRights === undefined) return [];
  const missing = await attempted(() => missingRights(group));
  if ('fault' in missing) return [{ ...failed('rights', [missing.fault]), verdict: 'warning' }];
  if (missing.value.length === 0) return [ok('rights', 'everything that an import does is allowed')];
  return [{ check: 'rights', verdict: 'error', details: missing.value }];
}

function definitions(plan: Attempt<DefinitionPlan | undefined>): readonly Check[] {
  if ('fault' in plan) return [failed('definitions', [plan.fault])];
  if (plan.value === undefined) return [];
  const steps = plan.value.steps.filter(isPending).map(({ verdict, name }) => `${verdict} ${name}`);
  return [{ check: 'definitions', verdict: 'ok', details: steps.length === 0 ? ['up to date'] : steps }];
}
