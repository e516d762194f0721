import type { Datastore } from '../../datastore/datastore.ts';
import type { IpamFinding } from '../finding.ts';
import type { Survey } from '../survey/survey.ts';

/** Looks for one kind of fault. It may read again what it is not sure of: things come and go while a survey is made. */
export type FindingRule = (
  survey: Survey,
  store: Datastore,
) => AsyncIterable<IpamFinding> | Iterable<IpamFinding>;
