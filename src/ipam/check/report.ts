import { stringifyJson } from '../../core/json.ts';
import { CLIENT_VERSION } from '../../operations/cluster-version.ts';
import { isWindowsHandle } from '../../operations/ipam/block.ts';
import { hostOf } from '../../operations/ipam/objects.ts';
import { parseAddress } from '../../resources/net/address.ts';
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
  const several = new Map<string, string[]>();
  let separator = '\n';
  const write = async (address: string, entries: readonly string[]) => {
    await file.write(`${separator}    "${address}": [\n      ${entries.join(',\n      ')}\n    ]`);
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
function entryOf({ before }: BlockAgain, record: Judged, owners: readonly string[]): string {
  const { address: ip, handle, sequenceNumber, attribute, verdict } = record;
  const { pod, namespace, node: ofNode, type, timestamp } = attribute?.secondary ?? {};
  const host = hostOf(before?.owner);
  const node = ofNode || host;
  const inUse = owners.length > 0 || verdict === 'used' || verdict === 'unjudged';
  const fields = [
    `"ip": ${quoted(ip)}`,
    ...(isWindowsHandle(handle) ? [] : field('handle', handle)),
    `"sequenceNumber": ${sequenceNumber}`,
    ...field('pod', pod),
    ...field('namespace', namespace),
    ...field('node', node),
    ...field('type', type),
    ...field('creationTimestamp', timestamp),
    `"inUse": ${inUse}`,
    ...(node === host ? [] : ['"borrowed": true']),
    ...(verdict === 'cooling' ? ['"coolingDown": true'] : []),
    `"owners": ${listOf(owners)}`,
  ];
  return `{\n        ${fields.join(',\n        ')}\n      }`;
}

function field(name: string, value: string | undefined): readonly string[] {
  return value ? [`"${name}": ${quoted(value)}`] : [];
}

function listOf(owners: readonly string[]): string {
  if (owners.length === 0) return 'null';
  return `[\n          ${owners.map(quoted).join(',\n          ')}\n        ]`;
}

const PLAIN = /^[\w .:/()+=-]*$/;

/** As JSON; nearly every text is one that needs no escapes. */
function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : stringifyJson(text);
}
