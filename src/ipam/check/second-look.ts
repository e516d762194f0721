import type { Datastore, Version } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { cleanHandle, isWindowsHandle } from '../../operations/ipam/block.ts';
import { poolWith } from '../../operations/ipam/pools.ts';
import { pause } from '../../operations/retry.ts';
import type { Resource } from '../../resources/kind.ts';
import { parseAddress } from '../../resources/net/address.ts';
import { kindOf } from '../../resources/registry.ts';
import { lookedAt } from '../survey/again.ts';
import type { LeakedHandle, Survey, SurveyedBlock, Use } from '../survey/survey.ts';
import { networksOf } from '../survey/users.ts';
import { addressText } from '../survey/uses.ts';
import { type Judge, judgeOf, type Verdict } from './judge.ts';
import { type AddressRecord, recordsOf } from './records.ts';
import { blocksAgain } from './reread.ts';
import { suspectBlocks } from './suspects.ts';

/** An address of a block that was read again. */
export interface Judged extends AddressRecord {
  readonly verdict: Verdict;
}

export interface BlockAgain {
  readonly name: string;
  /** As the survey has it; absent for one that is new. */
  readonly before: SurveyedBlock | undefined;
  readonly stored: Resource;
  readonly records: readonly Judged[];
}

/** What was confirmed besides leaks, once all blocks were read again. */
export interface Confirmed {
  /** Who uses what no block has, by address. */
  readonly outside: ReadonlyMap<string, readonly Use[]>;
  /** The same, of addresses of active pools. */
  readonly unallocated: ReadonlyMap<string, readonly Use[]>;
  readonly leakedHandles: readonly LeakedHandle[];
  /** Handles that do not exist: how many addresses they have in which block. */
  readonly missingHandles: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Addresses taken so shortly ago, or by such, that nobody can say whether they are in use. */
  readonly unjudged: number;
}

export interface SecondLook {
  /** Blocks worth a second look, or all of them; to be read to the end. */
  blocks(): AsyncIterable<BlockAgain>;
  /** To be asked for behind `blocks`. */
  rest(): Promise<Confirmed>;
}

/**
 * Looks again at what seems to be wrong. A survey is no picture of one moment: while it is made, workloads come and go,
 * so that an address may seem to be used by nobody, or not to be allocated, and a handle to have no addresses. `everything`
 * reads all blocks, suspicious or not.
 */
export function lookAgain(store: Datastore, survey: Survey, everything = false): SecondLook {
  const doubts = doubtsOf(store, survey);
  const judge = judgeOf(store, survey);
  return {
    async *blocks() {
      const names = suspectBlocks(survey);
      if (names === 'all' || names.size > 0) await settled(survey);
      for await (const [name, range, stored] of blocksAgain(store, everything ? 'all' : names)) {
        const before = survey.blocks.named(name);
        const records = await judged(judge, before, stored, recordsOf(stored, range));
        for (const record of records) doubts.take(name, record);
        yield { name, before, stored, records };
      }
    },
    async rest() {
      const still = await stillUsed(store, doubts.uses);
      const active = survey.pools.filter(({ disabled }) => !disabled);
      const isInside = (text: string) => {
        const address = parseAddress(text);
        return address !== undefined && poolWith(address, active) !== undefined;
      };
      return {
        outside: new Map([...still].filter(([address]) => !isInside(address))),
        unallocated: new Map([...still].filter(([address]) => isInside(address))),
        leakedHandles: await stillThere(store, [...doubts.leaked.values()]),
        missingHandles: doubts.missing,
        unjudged: doubts.unjudged(),
      };
    },
  };
}

/** Between two steps of an assignment or a release, and of the start or end of a pod, hardly anybody takes longer. */
const STEP_MS = 500;

/**
 * Waits until whoever was in the middle of something when it was read is done: a handle is written before its addresses,
 * an endpoint goes before its address. Large clusters take longer to read anyhow; nobody does anything in a locked one.
 */
async function settled({ cluster, handles, times }: Survey): Promise<void> {
  const since = handles.leaked.length > 0 ? times.handles : times.endpoints;
  const left = since + STEP_MS - Date.now();
  if (!cluster.locked && left > 0) await pause(left);
}

/** What seems to be wrong besides leaks. */
interface Doubts {
  readonly uses: ReadonlyMap<string, readonly Use[]>;
  readonly leaked: ReadonlyMap<string, LeakedHandle>;
  readonly missing: ReadonlyMap<string, ReadonlyMap<string, number>>;
  unjudged(): number;
  /** An address of a block as it is now. */
  take(block: string, record: Judged): void;
}

function doubtsOf(store: Datastore, { unallocated, handles, readAt }: Survey): Doubts {
  const uses = new Map(Map.groupBy(unallocated, ({ address }) => address));
  const leaked = new Map(
    handles.leaked.filter(isOlder(store, readAt)).map((handle) => [cleanHandle(handle.id), handle]),
  );
  const missing = new Map<string, Map<string, number>>();
  let unjudged = 0;
  return {
    ...{ uses, leaked, missing },
    unjudged: () => unjudged,
    take(block, { verdict, address, handle }) {
      if (verdict === 'unjudged') unjudged++;
      const id = cleanHandle(handle);
      if (verdict === 'new') {
        uses.delete(address);
        leaked.delete(id);
      } else if (handles.missing > 0 && id !== '' && !isWindowsHandle(id) && !handles.exists(id)) {
        const blocks = missing.get(id) ?? new Map<string, number>();
        missing.set(id, blocks.set(block, (blocks.get(block) ?? 0) + 1));
      }
    },
  };
}

async function judged(
  judge: Judge,
  before: SurveyedBlock | undefined,
  { metadata }: Resource,
  records: Iterable<AddressRecord>,
): Promise<readonly Judged[]> {
  const found: Judged[] = [];
  for (const record of records) {
    const verdict = judge(before, metadata.resourceVersion ?? '', record);
    found.push({ ...record, verdict: typeof verdict === 'string' ? verdict : await verdict });
  }
  return found;
}

/**
 * A handle is written before the addresses it is for. One that was written while the survey was made may belong to an
 * assignment that is under way; revisions tell, where the datastore has them.
 */
function isOlder({ capabilities }: Datastore, readAt: Version | undefined) {
  const known = capabilities.name !== 'file' && readAt !== undefined && /^\d+$/.test(readAt);
  const limit = known ? BigInt(readAt) : undefined;
  return ({ version }: LeakedHandle) =>
    limit === undefined || !/^\d+$/.test(version) || BigInt(version) <= limit;
}

/** So many do not come and go while a survey is made: they are taken as they are. */
const MOST_LOOKED_UP = 256;

/** Uses of those who still use the address. */
async function stillUsed(
  store: Datastore,
  uses: ReadonlyMap<string, readonly Use[]>,
): Promise<ReadonlyMap<string, readonly Use[]>> {
  if (uses.size > MOST_LOOKED_UP) return uses;
  const all = [...uses.values()].flat();
  const still = lookedAt(store, all, async (use) => ((await isStillUsed(store, use)) ? use : undefined));
  return Map.groupBy(await Array.fromAsync(still), ({ address }) => address);
}

/** Handles that nobody has written or deleted since. */
async function stillThere(
  store: Datastore,
  leaked: readonly LeakedHandle[],
): Promise<readonly LeakedHandle[]> {
  if (leaked.length > MOST_LOOKED_UP) return leaked;
  const kind = await kindOf('IPAMHandle');
  const still = lookedAt(store, leaked, async (handle) => {
    const stored = await unlessNotFound(store.get({ kind, name: handle.id }));
    return stored?.metadata.resourceVersion === handle.version ? handle : undefined;
  });
  return Array.fromAsync(still);
}

async function isStillUsed(store: Datastore, { address, owner }: Use): Promise<boolean> {
  const [, namespace, name] = /^Workload\(([^/]+)\/(.+)\)$/.exec(owner) ?? [];
  if (namespace === undefined || name === undefined) return true;
  const kind = await kindOf('WorkloadEndpoint');
  const endpoint = await unlessNotFound(store.get({ kind, namespace, name }));
  return endpoint !== undefined && networksOf(endpoint).some((network) => addressText(network) === address);
}
