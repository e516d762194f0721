import type { Datastore } from '../../datastore/datastore.ts';
import { formatOwner } from '../../operations/ipam/objects.ts';
import type { IpamFinding } from '../finding.ts';
import { affinityAgain, blocksNow, lookedAt, nodeAgain, rangeText } from '../survey/again.ts';
import type { Allocation } from '../survey/allocation.ts';
import type { Survey, SurveyedAffinity } from '../survey/survey.ts';
import { addressesAre, addressesEvidence } from './evidence.ts';
import { found } from './finding.ts';

/** Blocks of nodes that are not there (CAL3017), and addresses recorded for them (CAL3018). */
export default async function* nodesGone(survey: Survey, store: Datastore): AsyncGenerator<IpamFinding> {
  const gone = await goneNodes(survey, store);
  if (gone.size === 0) return;
  const theirs = survey.affinities.filter(({ owner }) => owner.type === 'host' && gone.has(owner.name));
  yield* lookedAt(store, theirs, (affinity) => affinityFinding(store, affinity));
  const told = new Set(theirs.map(({ owner, range }) => `${formatOwner(owner)} ${rangeText({ range })}`));
  const rest = [...survey.blocks].filter(
    ({ owner, name }) =>
      owner?.type === 'host' && gone.has(owner.name) && !told.has(`${formatOwner(owner)} ${name}`),
  );
  for await (const { seen } of blocksNow(store, survey, rest))
    yield found('CAL3017', {
      subject: { kind: 'block', name: seen.name },
      message: `block ${seen.name} belongs to node ${seen.owner!.name}, which is not there and has no affinity to it`,
      ...(seen.claimedAt === undefined ? {} : { since: seen.claimedAt }),
      owner: `Node(${seen.owner!.name})`,
      evidence: { affinity: formatOwner(seen.owner!), version: seen.version },
    });
  yield* addressFindings(survey, store, gone);
}

async function goneNodes(
  { nodes, affinities, blocks, counts }: Survey,
  store: Datastore,
): Promise<Set<string>> {
  const named = new Set<string>();
  for (const { owner } of affinities) if (owner.type === 'host') named.add(owner.name);
  for (const { owner } of blocks) if (owner?.type === 'host') named.add(owner.name);
  for (const name of counts.byNode.keys()) if (name !== '') named.add(name);
  const missing = [...named].filter((name) => !nodes.has(name));
  const gone = new Set<string>();
  const isGone = async (name: string) => ((await nodeAgain(store, name)) === undefined ? name : undefined);
  for await (const name of lookedAt(store, missing, isGone)) gone.add(name);
  return gone;
}

async function affinityFinding(
  store: Datastore,
  affinity: SurveyedAffinity,
): Promise<IpamFinding | undefined> {
  const { owner, name, state, version } = affinity;
  const stored = await affinityAgain(store, affinity);
  if (stored === undefined) return undefined;
  const { creationTimestamp } = stored.metadata;
  const block = rangeText(affinity);
  return found('CAL3017', {
    subject: { kind: 'affinity', name },
    message: `block ${block} is owned by node ${owner.name}, which is not there`,
    ...(creationTimestamp === undefined ? {} : { since: creationTimestamp }),
    owner: `Node(${owner.name})`,
    evidence: { state: state === '' ? 'confirmed' : state, version },
    fix: { write: 'release-affinity', owner: formatOwner(owner), block },
  });
}

/** One for each node. Who borrowed an address stands in any block, so all are read where there are such. */
async function* addressFindings(
  survey: Survey,
  store: Datastore,
  gone: ReadonlySet<string>,
): AsyncGenerator<IpamFinding> {
  if (![...survey.counts.byNode.keys()].some((name) => gone.has(name))) return;
  const held = new Map<string, Allocation[]>();
  for await (const now of blocksNow(store, survey, [...survey.blocks])) {
    const owner = now.seen.owner?.type === 'host' ? now.seen.owner.name : '';
    for (const allocation of now.held) {
      const node = allocation.attributes['node'] ?? owner;
      if (!gone.has(node)) continue;
      const list = held.get(node);
      if (list === undefined) held.set(node, [allocation]);
      else list.push(allocation);
    }
  }
  for (const [name, allocations] of held)
    yield found('CAL3018', {
      subject: { kind: 'node', name },
      message: `${addressesAre(allocations.length)} recorded for node ${name}, which is not there`,
      evidence: addressesEvidence(allocations),
    });
}
