import type { Datastore } from '../../datastore/datastore.ts';
import { formatOwner } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import type { Fix, IpamFinding } from '../finding.ts';
import { affinityAgain, blockAgain, lookedAt, ownerText, rangeText, settle } from '../survey/again.ts';
import type { Survey, SurveyedAffinity } from '../survey/survey.ts';
import { found } from './finding.ts';

/** Affinities without block (CAL3013), left half-way (CAL3014), or to a block of somebody else (CAL3015). */
export default async function* affinities(survey: Survey, store: Datastore): AsyncGenerator<IpamFinding> {
  const suspects = survey.affinities.filter((affinity) => isSuspect(survey, affinity));
  const still = [];
  for await (const each of lookedAt(store, suspects, (affinity) => look(store, affinity))) still.push(each);
  const halfWay = still.filter(({ affinity }) => isHalfWay(affinity)).map(({ affinity }) => affinity);
  yield* still.filter(({ affinity }) => !isHalfWay(affinity)).flatMap(confirmedFault);
  if (halfWay.length === 0) return;
  await settle();
  for await (const each of lookedAt(store, halfWay, (affinity) => look(store, affinity)))
    yield unfinished(each);
}

interface Look {
  readonly affinity: SurveyedAffinity;
  readonly stored: Resource;
  /** As it is now; undefined where there is none. */
  readonly block: Resource | undefined;
}

function isHalfWay({ state }: SurveyedAffinity): boolean {
  return state === 'pending' || state === 'pendingDeletion';
}

function isSuspect({ blocks, nodes }: Survey, affinity: SurveyedAffinity): boolean {
  const { owner, range } = affinity;
  // Whose node is not there is told by the rule about those.
  if (owner.type === 'host' && !nodes.has(owner.name)) return false;
  const block = blocks.named(rangeText({ range }));
  return isHalfWay(affinity) || block === undefined || block.affinity !== formatOwner(owner);
}

/** The affinity is read last: where it is still the same, the block was read while it was. */
async function look(store: Datastore, affinity: SurveyedAffinity): Promise<Look | undefined> {
  const block = await blockAgain(store, affinity.range);
  const stored = await affinityAgain(store, affinity);
  return stored && { affinity, stored, block };
}

function about({ affinity, stored, block }: Look) {
  const { owner, version, state } = affinity;
  const { creationTimestamp } = stored.metadata;
  return {
    subject: { kind: 'affinity' as const, name: affinity.name },
    ...(creationTimestamp === undefined ? {} : { since: creationTimestamp }),
    ...(owner.type === 'host' ? { owner: `Node(${owner.name})` } : {}),
    evidence: {
      state: state === '' ? 'confirmed' : state,
      version,
      block: block === undefined ? null : { affinity: affinityOf(block) ?? null },
    },
  };
}

function affinityOf(block: Resource): string | undefined {
  const affinity = block.spec['affinity'];
  return typeof affinity === 'string' && affinity !== '' ? affinity : undefined;
}

function confirmedFault(look: Look): readonly IpamFinding[] {
  const { affinity, block } = look;
  const { owner, name, version } = affinity;
  const range = rangeText(affinity);
  const fix: Fix = { write: 'delete-affinity', affinity: name, version };
  if (block === undefined) {
    const message = `${ownerText(owner)} is recorded as owner of block ${range}, which does not exist`;
    return [found('CAL3013', { ...about(look), message, fix })];
  }
  const real = affinityOf(block);
  if (real === formatOwner(owner)) return [];
  const message = `${ownerText(owner)} is recorded as owner of block ${range}, which belongs to ${real ?? 'nobody'}`;
  return [found('CAL3015', { ...about(look), message, fix })];
}

function unfinished(look: Look): IpamFinding {
  const { affinity, block } = look;
  const doing = affinity.state === 'pending' ? 'claiming' : 'giving up';
  const whose =
    block === undefined ? 'which does not exist' : `which belongs to ${affinityOf(block) ?? 'nobody'}`;
  const fix = unfinishedFix(affinity, block);
  return found('CAL3014', {
    ...about(look),
    message: `${doing} block ${rangeText(affinity)}, ${whose}, was begun for ${ownerText(affinity.owner)} and not ended`,
    ...(fix === undefined
      ? { advice: 'Its owner ends it when it next needs an address; nothing has to be done.' }
      : { fix }),
  });
}

/** A claim whose block is there is left to its owner, whose addresses may be in it. */
function unfinishedFix(affinity: SurveyedAffinity, block: Resource | undefined): Fix | undefined {
  const { name, version, owner, state } = affinity;
  if (state === 'pendingDeletion')
    return { write: 'release-affinity', owner: formatOwner(owner), block: rangeText(affinity) };
  if (block !== undefined && affinityOf(block) === formatOwner(owner)) return undefined;
  return { write: 'delete-affinity', affinity: name, version };
}
