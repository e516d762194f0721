import type { Datastore } from '../../datastore/datastore.ts';
import type { IpamFinding } from '../finding.ts';
import { findMore, unseenText } from './find.ts';
import { otherFindings } from './others.ts';
import type { CheckOutcome } from './text.ts';

/** So many findings are told one by one. */
const MOST_TOLD = 20;

/** What the text of the reference has no words for, as lines; `failing` is told of findings that are problems. */
export async function* remarks(
  store: Datastore,
  { survey, confirmed }: CheckOutcome,
  failing: () => void,
): AsyncGenerator<string, void, undefined> {
  if (confirmed.unjudged > 0) yield unjudgedText(confirmed.unjudged, survey.servicesUnknown);
  for (const { entry, reason } of survey.corrupt) yield `Warning: ${entry} cannot be read: ${reason}\n`;
  let more = 0;
  for await (const finding of unknownToReference(store, { survey, confirmed })) {
    if (finding.severity === 'error' || finding.counted) failing();
    if (more++ < MOST_TOLD) yield `${finding.code} ${finding.severity}: ${finding.message}\n`;
  }
  if (more > MOST_TOLD)
    yield `${more - MOST_TOLD} more findings of this kind; \`calicoctl ipam check -o json\` tells all of them.\n`;
  yield unseenText(survey);
}

async function* unknownToReference(
  store: Datastore,
  { survey, confirmed }: Omit<CheckOutcome, 'problems'>,
): AsyncGenerator<IpamFinding> {
  for (const finding of otherFindings(survey, confirmed)) if (finding.code === 'CAL3007') yield finding;
  yield* findMore(store, survey);
}

function unjudgedText(count: number, servicesUnknown: boolean): string {
  const [what, why] = count === 1 ? ['address has', 'it was'] : ['addresses have', 'they were'];
  const services = servicesUnknown ? ' or belong to services, which were not looked at' : '';
  return `Note: ${count} ${what} no known user, but ${why} taken less than a minute ago${services}: not counted.\n`;
}
