import { isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import type { IpamFinding } from '../finding.ts';
import { RULES } from '../findings/index.ts';
import type { Survey } from '../survey/survey.ts';
import { leaksOf } from './leaks.ts';
import { otherFindings } from './others.ts';
import { lookAgain } from './second-look.ts';

/** All that is wrong with the addresses of a survey: first what the reference finds, each confirmed by a second look. */
export async function* findAll(
  store: Datastore,
  survey: Survey,
): AsyncGenerator<IpamFinding, void, undefined> {
  yield* findKnown(store, survey);
  yield* findMore(store, survey);
}

/** What the reference finds too, CAL3001 to CAL3007. */
export async function* findKnown(
  store: Datastore,
  survey: Survey,
): AsyncGenerator<IpamFinding, void, undefined> {
  const look = lookAgain(store, survey);
  for await (const block of look.blocks()) yield* leaksOf(survey, block);
  yield* otherFindings(survey, await look.rest());
}

/** What only we look for. Of a survey that lacks something nothing is said: much would seem to be missing. */
export async function* findMore(
  store: Datastore,
  survey: Survey,
): AsyncGenerator<IpamFinding, void, undefined> {
  const { unseen } = survey;
  if (unseen !== undefined && unseen.length > 0) return;
  for (const rule of RULES) {
    try {
      yield* rule(survey, store);
    } catch (error) {
      if (unseen === undefined || !isError(error, 'unauthorized')) throw error;
      unseen.push(error.message);
    }
  }
}

/** Tells what a survey could not look at, and what follows. */
export function unseenText({ unseen = [] }: Survey): string {
  return unseen
    .map((why) => `Note: findings beyond those counted may be missing, for not all may be read: ${why}\n`)
    .join('');
}
