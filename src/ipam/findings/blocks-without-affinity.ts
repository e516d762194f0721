import type { Datastore } from '../../datastore/datastore.ts';
import { formatOwner } from '../../operations/ipam/objects.ts';
import type { IpamFinding } from '../finding.ts';
import { isUnchanged, lookedAt, ownersAffinity, ownerText, rangeText } from '../survey/again.ts';
import type { Survey, SurveyedBlock } from '../survey/survey.ts';
import { found } from './finding.ts';

/** Blocks whose owner has no affinity for them (CAL3016). */
export default function blocksWithoutAffinity(survey: Survey, store: Datastore): AsyncIterable<IpamFinding> {
  const known = new Set(
    survey.affinities.map(({ owner, range }) => `${formatOwner(owner)} ${rangeText({ range })}`),
  );
  const suspects = [...survey.blocks].filter(
    ({ owner, name }) =>
      owner !== undefined &&
      (owner.type !== 'host' || survey.nodes.has(owner.name)) &&
      !known.has(`${formatOwner(owner)} ${name}`),
  );
  return lookedAt(store, suspects, (block) => look(store, block));
}

async function look(store: Datastore, block: SurveyedBlock): Promise<IpamFinding | undefined> {
  const { owner, range, name, claimedAt, version } = block;
  if ((await ownersAffinity(store, owner!, range)) !== undefined) return undefined;
  if (!(await isUnchanged(store, block))) return undefined;
  return found('CAL3016', {
    subject: { kind: 'block', name },
    message: `block ${name} belongs to ${ownerText(owner)}, for whom no affinity to it is recorded`,
    ...(claimedAt === undefined ? {} : { since: claimedAt }),
    ...(owner!.type === 'host' ? { owner: `Node(${owner!.name})` } : {}),
    evidence: { affinity: ownerText(owner), version },
    advice: 'Its owner takes it up again when it next looks for a block.',
  });
}
