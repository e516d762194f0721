import type { Cause } from '../cause.ts';
import type { Facts } from '../facts.ts';
import { judgeAddresses } from './addresses.ts';
import { judgeBgp } from './bgp.ts';
import { judgeComponents, judgeTypha } from './components.ts';
import { judgeDatastore } from './datastore.ts';
import { judgeDefinitions } from './definitions.ts';
import { judgeNames } from './names.ts';
import { judgeNodes } from './nodes.ts';
import { judgeOperator } from './operator.ts';
import { judgePods } from './pods.ts';
import { judgeVersions } from './versions.ts';

/** What has to be put right first comes first among what is as bad. */
const JUDGES = [
  ...[judgeDatastore, judgeTypha, judgeNodes, judgePods, judgeComponents, judgeOperator, judgeNames],
  ...[judgeBgp, judgeAddresses, judgeDefinitions, judgeVersions],
];

/** All that is wrong by the facts. */
export function judge(facts: Facts): readonly Cause[] {
  return JUDGES.flatMap((each) => [...each(facts)]);
}
