import { isDeepStrictEqual } from 'node:util';
import { isError } from '../../core/errors.ts';
import { groupBy } from '../../core/group.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import {
  type Attribute,
  advanced,
  attributeAt,
  type Block,
  blockOf,
  cleanHandle,
  collectGarbage,
  isEmpty,
  ordinalOf,
} from '../../operations/ipam/block.ts';
import { cooldownSeconds } from '../../operations/ipam/config.ts';
import { freeAddresses } from '../../operations/ipam/free.ts';
import { decrementHandle } from '../../operations/ipam/handles.ts';
import { blockRef, withSpec } from '../../operations/ipam/objects.ts';
import { inParallel } from '../../operations/parallel.ts';
import { untilUndisturbed } from '../../operations/retry.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Address, formatAddress, parseAddress } from '../../resources/net/address.ts';
import { type Cidr, parseCidr } from '../../resources/net/cidr.ts';
import type { Fix } from '../finding.ts';
import { doubtOf, keptFor } from './keep.ts';
import { CHANGED, fixedMeanwhile, judge, type Repair, type Run, settled, type Verdict } from './run.ts';
import type { UsesNow } from './uses.ts';
import { attempted } from './work.ts';

/**
 * Giving back addresses that nobody uses. What an address is known by is read, then it is looked who uses any address,
 * then the block is written if the address is still known by the same: whoever takes an address writes its block, so
 * nobody took it in between without being seen.
 */

type ReleaseFix = Extract<Fix, { write: 'release-address' }>;

/** An address that may be given back, as it was before it was looked who uses addresses. */
interface Candidate {
  readonly repair: Repair;
  readonly address: Address;
  readonly attribute: Attribute;
  readonly sequenceNumber: bigint;
  /** Why it may be in the making; undefined where it is old enough. */
  readonly doubt?: ReturnType<typeof doubtOf>;
}

interface Group {
  readonly range: Cidr;
  readonly candidates: readonly Candidate[];
}

/** Releases addresses, block by block. */
export async function repairAddresses(run: Run, repairs: readonly Repair[]): Promise<void> {
  if (repairs.length === 0) return;
  const groups: Group[] = [];
  const byBlock = groupBy(repairs, ({ fix }) => (fix as ReleaseFix).block);
  await attempted(run, [...byBlock.values()], async (group) => {
    const candidates = await candidatesOf(run, group);
    if (candidates !== undefined) groups.push(candidates);
  });
  const all = groups.flatMap(({ candidates }) => candidates);
  if (all.length === 0 || run.signal.aborted) return;
  const unknown = all.some(({ doubt }) => doubt?.is === 'unknown');
  if (unknown && (await run.locked())) await settled(run);
  const uses = await run.uses(new Set(all.map(({ address }) => formatAddress(address))));
  const cooldown = await cooldownSeconds(run.store);
  const situation = { ...uses, locked: unknown && (await run.locked()) };
  const works = groups.map(({ range, candidates }) => ({
    range,
    repairs: candidates.map(({ repair }) => repair),
    candidates: candidates.filter((candidate) => {
      const verdict = verdictOf(candidate, situation);
      if (verdict !== undefined) judge(run, candidate.repair, verdict);
      return verdict === undefined;
    }),
  }));
  const open = works.filter(({ candidates }) => candidates.length > 0);
  await attempted(
    run,
    open.map(({ candidates }) => candidates.map(({ repair }) => repair)),
    (_repairs, index) => release(run, open[index]!, cooldown),
  );
}

function requestOf({ fix }: Repair): ReleaseFix {
  return fix as ReleaseFix;
}

/** Judges those that do not stand as the finding has it; undefined where none is left. */
async function candidatesOf(run: Run, repairs: readonly Repair[]): Promise<Group | undefined> {
  const range = parseCidr(requestOf(repairs[0]!).block);
  const stored = range && (await unlessNotFound(run.store.get(await blockRef(range))));
  if (range === undefined || stored === undefined) {
    for (const repair of repairs) judge(run, repair, fixedMeanwhile('its block is gone'));
    return undefined;
  }
  const block = blockOf(stored);
  const candidates = repairs.flatMap((repair) => {
    const found = candidateOf(run, block, repair);
    if ('attribute' in found) return [found];
    judge(run, repair, found);
    return [];
  });
  return candidates.length === 0 ? undefined : { range, candidates };
}

function candidateOf(run: Run, block: Block, repair: Repair): Candidate | Verdict {
  const fix = requestOf(repair);
  const address = parseAddress(fix.address);
  const ordinal = address && ordinalOf(block, address);
  const attribute = ordinal === undefined ? undefined : attributeAt(block, ordinal);
  if (address === undefined || ordinal === undefined || attribute === undefined)
    return fixedMeanwhile('it is free already');
  if (attribute.releasedAt !== undefined) return fixedMeanwhile('it rests already');
  const sequenceNumber = BigInt(block.spec.sequenceNumberForAllocation[String(ordinal)] ?? 0);
  const held = cleanHandle(attribute.handle_id);
  if (held !== cleanHandle(fix.handle) || sequenceNumber !== BigInt(fix.sequenceNumber))
    return { is: 'passed', why: `it was given out again since, under handle "${held}"` };
  const kept = keptFor(attribute, block.spec.affinity ?? '', run.unseen);
  if (kept !== undefined) return { is: 'left', why: kept };
  const doubt = doubtOf(attribute, run.minAge, Date.now());
  if (doubt?.is === 'young') return { is: 'passed', why: doubt.why };
  return { repair, address, attribute, sequenceNumber, ...(doubt && { doubt }) };
}

/** How things stand once the candidates are known. */
interface Situation extends UsesNow {
  readonly locked: boolean;
}

/** Undefined for what is going to be released. */
function verdictOf(
  { address, attribute, doubt }: Candidate,
  { owners, nodes, starting, locked }: Situation,
): Verdict | undefined {
  const owner = owners.get(formatAddress(address));
  if (owner !== undefined) return { is: 'passed', why: `${owner} uses it now` };
  const { namespace, pod, service } = attribute.secondary ?? {};
  const taker = service === undefined ? `Pod(${namespace}/${pod})` : `Service(${namespace}/${service})`;
  if (starting.has(taker)) return { is: 'passed', why: `${taker} is there and shows no address yet` };
  if (doubt === undefined || locked) return undefined;
  // A node is there before it takes an address for itself, so this one has taken none since it was looked.
  const node = attribute.secondary?.['node'];
  const isTunnels = attribute.secondary?.['type']?.endsWith('TunnelAddress') === true;
  if (isTunnels && node !== undefined && !nodes.has(node)) return undefined;
  return { is: 'left', why: doubt.why };
}

async function release(run: Run, { range, candidates }: Group, cooldown: number): Promise<void> {
  const addresses = candidates.map(({ address }) => formatAddress(address));
  const store = run.storeFor({ write: 'release-address', addresses });
  const ref = await blockRef(range);
  const handles = await untilUndisturbed(async () => {
    const stored = await unlessNotFound(store.get(ref));
    const block = stored && collectGarbage(blockOf(stored), cooldown, new Date());
    const still = candidates.filter((candidate) => isStill(block, candidate));
    for (const candidate of candidates) if (!still.includes(candidate)) judge(run, candidate.repair, CHANGED);
    if (stored === undefined || block === undefined || still.length === 0) return new Map();
    const now = new Date();
    const freed = freeAddresses(
      block,
      still.map(({ address }) => ({ address })),
      now,
    );
    if ('refusal' in freed) return new Map();
    await write(store, stored, collectGarbage(freed.block, cooldown, now), ref);
    for (const { repair } of still) judge(run, repair, { is: 'done' });
    return freed.handles;
  });
  // A handle that counts too many is a finding of its own, which the next run mends.
  await inParallel([...handles], 4, ([id, count]) => decrementHandle(store, id, range, count));
}

function isStill(block: Block | undefined, { address, attribute, sequenceNumber }: Candidate): boolean {
  const ordinal = block && ordinalOf(block, address);
  if (block === undefined || ordinal === undefined) return false;
  return (
    isDeepStrictEqual(attributeAt(block, ordinal), attribute) &&
    BigInt(block.spec.sequenceNumberForAllocation[String(ordinal)] ?? 0) === sequenceNumber
  );
}

async function write(
  store: Run['store'],
  stored: Resource,
  block: Block,
  ref: Awaited<ReturnType<typeof blockRef>>,
): Promise<void> {
  const { resourceVersion } = stored.metadata;
  try {
    if (isEmpty(block) && !block.spec.affinity) await store.delete(ref, resourceVersion);
    else await store.update(ref, withSpec(stored, advanced(block)));
  } catch (error) {
    // Whoever deleted the block freed its addresses; to read again shows it.
    if (!isError(error, 'not-found')) throw error;
  }
}
