import { counted } from '../../core/words.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { poolWith } from '../../operations/ipam/pools.ts';
import { formatCidr } from '../../resources/net/cidr.ts';
import type { IpamFinding } from '../finding.ts';
import { type BlockNow, blocksNow, ownerText } from '../survey/again.ts';
import type { Survey } from '../survey/survey.ts';
import { addressesEvidence } from './evidence.ts';
import { found } from './finding.ts';

/** Blocks that no pool has (CAL3010), disabled ones included, and blocks of another size (CAL3011). */
export default async function* blocksOutsidePools(
  survey: Survey,
  store: Datastore,
): AsyncGenerator<IpamFinding> {
  const { blocks, pools } = survey;
  const orphans = [...blocks].filter(({ range }) => poolWith(range.address, pools) === undefined);
  for await (const now of blocksNow(store, survey, orphans)) yield orphan(now);
  const odd = [...blocks].filter(({ range }) => {
    const pool = poolWith(range.address, pools);
    return pool !== undefined && pool.blockSize !== range.prefix;
  });
  for await (const now of blocksNow(store, survey, odd)) yield oddlySized(survey, now);
}

function orphan({ seen, held, resting }: BlockNow): IpamFinding {
  const { name, owner, claimedAt } = seen;
  const isEmpty = held.length === 0 && resting.length === 0;
  return found('CAL3010', {
    subject: { kind: 'block', name },
    message: `block ${name} of ${ownerText(owner)} lies in no pool; ${counted(held.length, 'address')} of it in use`,
    ...(claimedAt === undefined ? {} : { since: claimedAt }),
    evidence: { owner: ownerText(owner), version: seen.version, ...addressesEvidence(held) },
    ...(isEmpty && owner !== undefined
      ? { fix: { write: 'release-affinity', owner: ownerText(owner), block: name } as const }
      : {}),
    ...(held.length > 0
      ? { advice: 'Restart the workloads that have its addresses, or make the pool again.' }
      : {}),
  });
}

function oddlySized({ pools }: Survey, { seen, held }: BlockNow): IpamFinding {
  const { name, owner, range, claimedAt } = seen;
  const pool = poolWith(range.address, pools)!;
  return found('CAL3011', {
    subject: { kind: 'block', name },
    message: `block ${name} of ${ownerText(owner)} is a /${range.prefix}, and the blocks of pool ${pool.name} are /${pool.blockSize}`,
    ...(claimedAt === undefined ? {} : { since: claimedAt }),
    evidence: {
      owner: ownerText(owner),
      version: seen.version,
      pool: { name: pool.name, cidr: formatCidr(pool.range), blockSize: pool.blockSize },
      ...addressesEvidence(held),
    },
    advice: 'Restart the workloads that have its addresses, so that the block empties.',
  });
}
