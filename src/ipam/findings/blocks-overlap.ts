import type { Datastore } from '../../datastore/datastore.ts';
import { formatAddress } from '../../resources/net/address.ts';
import { containsCidr, firstAddress } from '../../resources/net/cidr.ts';
import type { IpamFinding } from '../finding.ts';
import { type BlockNow, blocksNow, lookedAt, ownerText } from '../survey/again.ts';
import { takerOf } from '../survey/allocation.ts';
import type { Survey, SurveyedBlock } from '../survey/survey.ts';
import { allocationEvidence, sinceOf } from './evidence.ts';
import { found } from './finding.ts';

/** Blocks with addresses in common (CAL3008), and addresses that both have allocated (CAL3009). */
export default async function* blocksOverlap(survey: Survey, store: Datastore): AsyncGenerator<IpamFinding> {
  const pairs = nestedPairs(survey);
  yield* flattened(
    lookedAt(store, pairs, async ([outer, inner]) => {
      const now: BlockNow[] = [];
      for await (const block of blocksNow(store, survey, [outer, inner])) now.push(block);
      const [one, other] = now;
      return one === undefined || other === undefined ? undefined : [...overlapOf(one, other)];
    }),
  );
}

async function* flattened<T>(lists: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const list of lists) yield* list;
}

/** Each block with the smallest other one that has all its addresses: of networks, one contains the other. */
function nestedPairs({ blocks }: Survey): readonly (readonly [SurveyedBlock, SurveyedBlock])[] {
  const sorted = [...blocks].sort(byPlace);
  const around: SurveyedBlock[] = [];
  const pairs: [SurveyedBlock, SurveyedBlock][] = [];
  for (const block of sorted) {
    while (around.length > 0 && !containsCidr(around.at(-1)!.range, block.range)) around.pop();
    const outer = around.at(-1);
    if (outer !== undefined) pairs.push([outer, block]);
    around.push(block);
  }
  return pairs;
}

function byPlace({ range: a }: SurveyedBlock, { range: b }: SurveyedBlock): number {
  if (a.address.family !== b.address.family) return a.address.family - b.address.family;
  const [left, right] = [firstAddress(a).value, firstAddress(b).value];
  return left < right ? -1 : left > right ? 1 : a.prefix - b.prefix;
}

function* overlapOf(outer: BlockNow, inner: BlockNow): Generator<IpamFinding> {
  const [wide, narrow] = [outer.seen, inner.seen];
  yield found('CAL3008', {
    subject: { kind: 'block', name: narrow.name },
    message: `block ${narrow.name} of ${ownerText(narrow.owner)} lies within block ${wide.name} of ${ownerText(wide.owner)}, and both give out its addresses`,
    ...(narrow.claimedAt === undefined ? {} : { since: narrow.claimedAt }),
    evidence: {
      blocks: [wide, narrow].map(({ name, owner, version }) => ({ name, owner: ownerText(owner), version })),
    },
  });
  const held = new Map(outer.held.map((each) => [formatAddress(each.address), each]));
  for (const second of inner.held) {
    const name = formatAddress(second.address);
    const first = held.get(name);
    if (first === undefined) continue;
    const owner = takerOf(second.attributes);
    yield found('CAL3009', {
      subject: { kind: 'address', name },
      message: `${name} is taken in block ${wide.name} by ${takerOf(first.attributes) ?? 'somebody'} and in block ${narrow.name} by ${owner ?? 'somebody'}`,
      ...sinceOf(second),
      ...(owner === undefined ? {} : { owner }),
      evidence: { [wide.name]: allocationEvidence(first), [narrow.name]: allocationEvidence(second) },
    });
  }
}
