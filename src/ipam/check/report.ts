import { stringifyJson } from '../../core/json.ts';
import { CLIENT_VERSION } from '../../operations/cluster-version.ts';
import { parseAddress } from '../../resources/net/address.ts';
import { hostOf, isWindowsHandle } from '../survey/blocks.ts';
import type { ClusterView, LeakedHandle, Survey } from '../survey/survey.ts';
import { hasOverlaps } from './judge.ts';
import type { WholeFile } from './report-file.ts';
import type { BlockAgain, Judged } from './second-look.ts';

/** The report of all addresses, which `ipam release --from-report` reads. Blocks are written as they come. */
export interface ReportWriter {
  begin(): Promise<void>;
  block(block: BlockAgain): Promise<void>;
  end(leakedHandles: readonly LeakedHandle[]): Promise<void>;
}

/** `ownersOf` tells who uses an address. */
export function reportWriter(
  file: WholeFile,
  survey: Survey,
  ownersOf: (address: string) => readonly string[],
): ReportWriter {
  const overlap = hasOverlaps(survey);
  // Of addresses in several blocks all records stand together, so they wait for the end.
  const several = new Map<string, object[]>();
  let separator = '\n';
  const write = async (address: string, entries: readonly object[]) => {
    await file.write(`${separator}    ${JSON.stringify(address)}: ${indented(entries, 4)}`);
    separator = ',\n';
  };
  const isInSeveral = (address: string) => overlap && survey.blocks.having(parseAddress(address)!).length > 1;
  return {
    begin: () => file.write(head(survey.cluster)),
    async block(block) {
      for (const record of block.records) {
        if (record.verdict === 'new') continue;
        const entry = entryOf(block, record, ownersOf(record.address));
        if (!isInSeveral(record.address)) await write(record.address, [entry]);
        else several.set(record.address, [...(several.get(record.address) ?? []), entry]);
      }
    },
    async end(leakedHandles) {
      for (const [address, entries] of several) await write(address, entries);
      const handles = leakedHandles.map(({ id, uid, version }) => ({ ID: id, UID: uid, Revision: version }));
      const rest = handles.length === 0 ? '' : `,\n  "leakedHandles": ${indented(handles, 2)}`;
      await file.write(`${separator === '\n' ? '' : '\n  '}}${rest}\n}`);
    },
  };
}

function indented(value: unknown, blanks: number): string {
  return stringifyJson(value, 2).replaceAll('\n', `\n${' '.repeat(blanks)}`);
}

function head({ guid, locked, version, type }: ClusterView): string {
  const fields = {
    version: CLIENT_VERSION.version,
    clusterGUID: guid,
    datastoreLocked: locked,
    clusterInformationRevision: version,
    clusterType: type,
  };
  return `${stringifyJson(fields, 2).slice(0, -2)},\n  "allocations": {`;
}

/** Of an address that nobody can judge it says that it is in use, lest it be released. */
function entryOf({ before }: BlockAgain, record: Judged, owners: readonly string[]): object {
  const { address: ip, handle, sequenceNumber, attribute, verdict } = record;
  const { pod, namespace, node: ofNode, type, timestamp } = attribute?.secondary ?? {};
  const host = hostOf(before?.owner);
  const node = ofNode || host;
  return {
    ip,
    ...(handle === '' || isWindowsHandle(handle) ? {} : { handle }),
    sequenceNumber,
    ...(pod ? { pod } : {}),
    ...(namespace ? { namespace } : {}),
    ...(node ? { node } : {}),
    ...(type ? { type } : {}),
    ...(timestamp ? { creationTimestamp: timestamp } : {}),
    inUse: owners.length > 0 || verdict === 'used' || verdict === 'unjudged',
    ...(node === host ? {} : { borrowed: true }),
    ...(verdict === 'cooling' ? { coolingDown: true } : {}),
    owners: owners.length === 0 ? null : owners,
  };
}
