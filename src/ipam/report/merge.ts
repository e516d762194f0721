import { CalicoctlError } from '../../core/errors.ts';
import { textIn } from '../../core/json.ts';
import { CALICO_VERSION } from '../../core/version.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { clusterInformation, lockStateOf } from '../../operations/lock.ts';
import { type Among, type Report, readReport } from './report.ts';

/** What leaks by every report. */
export interface Leaks extends Among {
  /** What was passed over because of `force`, in the reference's words. */
  readonly warnings: readonly string[];
}

export interface ReportSource {
  /** At least one, in the order of their writing. */
  readonly files: readonly string[];
  readonly open: (file: string) => AsyncIterable<Uint8Array>;
  /** Take reports of another version, and go on though the datastore is not locked. */
  readonly force: boolean;
}

/**
 * Reads reports and makes sure that they can be acted upon: they are of this cluster and version, the last change of the
 * cluster's state, such as its lock, is older than one of them, and the datastore is locked. What only some of them name
 * is left out.
 */
export async function readReports(store: Datastore, source: ReportSource): Promise<Leaks> {
  const stored = await clusterInformation(store);
  if (stored === undefined)
    throw new CalicoctlError('not-found', 'resource does not exist: ClusterInformation(default)', {
      resource: 'ClusterInformation(default)',
      hint: 'The datastore was never initialised, so no report can be about it.',
    });
  const guid = textIn(stored.spec['clusterGUID']);
  const warnings: string[] = [];
  let leaks: Among | undefined;
  let isFresh = false;
  for (const file of source.files) {
    const report = await readReport(file, source.open(file), leaks);
    warnings.push(...judge(report, guid, source.force));
    isFresh ||= report.clusterInformationRevision === stored.metadata.resourceVersion;
    leaks = leaks === undefined ? report : inBoth(leaks, report);
  }
  if (!isFresh) throw stale();
  if (!lockStateOf(stored).locked) warnings.push(unlocked(source.force));
  return { leaks: leaks?.leaks ?? new Map(), handles: leaks?.handles ?? new Map(), warnings };
}

function judge({ file, clusterGUID, version }: Report, guid: string, force: boolean): readonly string[] {
  if (clusterGUID !== guid)
    throw new CalicoctlError(
      'input',
      `cluster does not match the provided report (${file}): mismatched cluster GUID. Refusing to release`,
      { place: { file }, hint: `The report is of cluster "${clusterGUID}", the datastore of "${guid}".` },
    );
  if (version === CALICO_VERSION) return [];
  if (force)
    return [
      'WARNING: Report was produced using a different version of calicoctl. Ignoring due to --force option',
    ];
  throw new CalicoctlError(
    'input',
    `the provided report (${file}) was produced using a different version (${version}) of calicoctl. Refusing to release`,
    {
      place: { file },
      hint: 'Make the reports anew with this calicoctl, or take them as they are with --force.',
    },
  );
}

function stale(): CalicoctlError {
  return new CalicoctlError(
    'input',
    'the provided reports are all stale - at least one should be up-to-date. Please generate a new report while the data store is locked and try again',
    { hint: 'Locking the datastore makes earlier reports stale: lock it first, then make the last report.' },
  );
}

function unlocked(force: boolean): string {
  if (force) return 'WARNING: Data store is not locked. Ignoring due to --force option';
  throw new CalicoctlError(
    'not-supported',
    'data store is not locked. Either lock the data store, or re-run with --force',
    { hint: 'Lock it with `calicoctl datastore migrate lock`, and make the last report after that.' },
  );
}

/**
 * What both name, as the later one has it. An address that was taken anew in between is in use for all that is known:
 * its new owner was seen by the later report alone.
 */
function inBoth(earlier: Among, later: Among): Among {
  const leaks = [...later.leaks].filter(([address, { handle, sequenceNumber }]) => {
    const before = earlier.leaks.get(address);
    return before?.handle === handle && BigInt(before.sequenceNumber) === BigInt(sequenceNumber);
  });
  const handles = [...later.handles].filter(
    ([id, { revision }]) => earlier.handles.get(id)?.revision === revision,
  );
  return { leaks: new Map(leaks), handles: new Map(handles) };
}
