import { CalicoctlError, isError } from '../../core/errors.ts';
import { groupBy } from '../../core/group.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import type { Fix } from '../finding.ts';
import { repairAddresses } from './addresses.ts';
import { deleteHandles, setHandles } from './handles.ts';
import { deleteAffinity, deleteBlock, deleteEndpoint, each, giveUpBlock } from './objects.ts';
import {
  judge,
  ownVersions,
  type Purpose,
  type Repair,
  type Run,
  type RunOptions,
  type Verdict,
} from './run.ts';
import { type Witness, witnessed } from './store.ts';
import { OUT_OF_REACH } from './work.ts';

/** Whoever is shown the writes of a run, with what they are for. */
export type PurposefulWitness = (...write: [...Parameters<Witness>, Purpose]) => ReturnType<Witness>;

type Mender = (run: Run, repairs: readonly Repair[]) => Promise<void>;

/** In this order: what one leaves behind is seen by the next. */
const MENDERS: Readonly<Record<Fix['write'], Mender>> = {
  'release-address': repairAddresses,
  'set-handle': setHandles,
  'delete-handle': deleteHandles,
  'delete-affinity': each<'delete-affinity'>(deleteAffinity),
  'release-affinity': each<'release-affinity'>(giveUpBlock),
  'delete-block': each<'delete-block'>(deleteBlock),
  'delete-endpoint': each<'delete-endpoint'>(deleteEndpoint),
};

/**
 * Mends what can be mended, each fix under the conditions that it names and that nobody was faster. Every repair has a
 * verdict in the end; nothing is forced, and whatever the run is ended by, all that was written is whole.
 */
export async function repairAll(
  store: Datastore,
  repairs: readonly Repair[],
  options: RunOptions,
  witness: PurposefulWitness,
): Promise<ReadonlyMap<Repair, Verdict>> {
  const own = ownVersions();
  const storeFor = (purpose: Purpose) =>
    witnessed(store, async (write) => {
      const tell = await witness(write, purpose);
      return async (outcome) => {
        if (outcome.done && outcome.version !== undefined) own.note(write.ref, outcome.version);
        await tell(outcome);
      };
    });
  const run: Run = {
    ...options,
    store,
    storeFor,
    isExpected: (ref, found, version) => found === version || own.has(ref, found),
    verdicts: new Map(),
    broken: { is: false },
  };
  const byWrite = groupBy(repairs, ({ fix }) => fix.write);
  for (const [write, mend] of Object.entries(MENDERS))
    await mendAll(run, mend, byWrite.get(write as Fix['write']) ?? []);
  return new Map(repairs.map((repair) => [repair, run.verdicts.get(repair) ?? { is: 'untried' }]));
}

/** What all of them need may fail: then none of those without a verdict was touched. */
async function mendAll(run: Run, mend: Mender, repairs: readonly Repair[]): Promise<void> {
  if (repairs.length === 0 || run.broken.is || run.signal.aborted) return;
  try {
    await mend(run, repairs);
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    if (run.signal.aborted) return;
    run.broken.is ||= isError(error, ...OUT_OF_REACH);
    for (const repair of repairs) if (!run.verdicts.has(repair)) judge(run, repair, { is: 'failed', error });
  }
}
