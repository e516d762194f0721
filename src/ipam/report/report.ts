import { CalicoctlError } from '../../core/errors.ts';
import { isObject, type JsonObject, parseJson } from '../../core/json.ts';
import { formatAddress, parseAddress } from '../../resources/net/address.ts';
import { type JsonStream, JsonStreamError, openJsonStream } from './json-stream.ts';

/** What `ipam check -o FILE` writes, the reference's or ours, as far as it says what leaks. */
export interface Report {
  readonly file: string;
  /** Of the calicoctl that wrote it. */
  readonly version: string;
  readonly clusterGUID: string;
  /** Version of ClusterInformation when it was written. */
  readonly clusterInformationRevision: string;
  /** Addresses that nothing uses and that do not rest, by address in normal form. */
  readonly leaks: ReadonlyMap<string, ReportedAddress>;
  /** Handles without addresses, by id. */
  readonly handles: ReadonlyMap<string, ReportedHandle>;
}

export interface ReportedAddress {
  /** `''` where it was taken without one. */
  readonly handle: string;
  readonly sequenceNumber: number | bigint;
}

export interface ReportedHandle {
  readonly id: string;
  /** On etcd there is none. */
  readonly uid: string | undefined;
  readonly revision: string;
}

/** Only what an earlier report has as well is of interest; of a first report everything. */
export type Among = Pick<Report, 'leaks' | 'handles'>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface Draft extends Mutable<Omit<Report, 'leaks' | 'handles'>> {
  leaks: Map<string, ReportedAddress>;
  handles: Map<string, ReportedHandle>;
}

const HEAD = ['version', 'clusterGUID', 'clusterInformationRevision'] as const;

function isHead(key: string): key is (typeof HEAD)[number] {
  return (HEAD as readonly string[]).includes(key);
}

/**
 * Reads a report piece by piece: memory holds what leaks, not what is allocated. Throws `input` for what is no report;
 * a field that decides what is released must be there.
 */
export async function readReport(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  among?: Among,
): Promise<Report> {
  const draft: Draft = {
    ...{ file, version: '', clusterGUID: '', clusterInformationRevision: '' },
    ...{ leaks: new Map(), handles: new Map() },
  };
  const stream = openJsonStream(chunks);
  try {
    if (!(await stream.enter('object'))) throw new ReportFault('it is not a JSON object');
    for (let key = await stream.key(); key !== undefined; key = await stream.key()) {
      if (isHead(key)) draft[key] = text(key, parseJson(await stream.value()));
      else if (key === 'allocations') await readAllocations(stream, draft, among);
      else if (key === 'leakedHandles') await readHandles(stream, draft, among);
      else await stream.skip();
    }
    await stream.end();
  } catch (error) {
    throw refusal(file, error);
  }
  return draft;
}

/** What is wrong with a report that is JSON. */
class ReportFault extends Error {}

function refusal(file: string, error: unknown): unknown {
  const reason =
    error instanceof JsonStreamError
      ? `${error.message} at character ${error.offset + 1}`
      : error instanceof ReportFault || error instanceof SyntaxError
        ? error.message
        : undefined;
  if (reason === undefined) return error;
  return new CalicoctlError('input', `${file} is not a report of \`ipam check\`: ${reason}`, {
    place: { file },
    hint: 'Make one with `calicoctl ipam check -o FILE` while the datastore is locked.',
    cause: error,
  });
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new ReportFault(`its ${name} is not text`);
}

/** In use or resting, as every JSON encoder writes it; such allocations need not be parsed. */
const KEPT = /"(?:inUse|coolingDown)"\s*:\s*true/;

async function readAllocations(
  stream: JsonStream,
  { leaks }: Draft,
  among: Among | undefined,
): Promise<void> {
  if (!(await stream.enter('object'))) return nothing(stream, 'allocations');
  for (let key = await stream.key(); key !== undefined; key = await stream.key()) {
    const value = await stream.value();
    if (KEPT.test(value)) continue;
    const address = parseAddress(key);
    if (address === undefined) throw new ReportFault(`"${key}" in its allocations is not an IP address`);
    const name = formatAddress(address);
    const leak = leakOf(name, parseJson(value));
    if (leak !== undefined && (among === undefined || among.leaks.has(name))) leaks.set(name, leak);
  }
}

/** Of an address that several blocks record the last counts; undefined where one of them is in use. */
function leakOf(address: string, value: unknown): ReportedAddress | undefined {
  const records = Array.isArray(value) ? value : undefined;
  if (records === undefined || !records.every(isObject))
    throw new ReportFault(`the allocations of ${address} are not a list of objects`);
  const leaks = records.map((record) => reported(address, record as JsonObject));
  return leaks.includes(undefined) ? undefined : leaks.at(-1);
}

function reported(address: string, record: JsonObject): ReportedAddress | undefined {
  const { inUse, coolingDown = false, handle = '', sequenceNumber } = record;
  const isNumber = typeof sequenceNumber === 'bigint' || Number.isSafeInteger(sequenceNumber);
  if (typeof inUse !== 'boolean' || typeof coolingDown !== 'boolean' || !isNumber)
    throw new ReportFault(
      `the allocation of ${address} does not say whether it is in use, and under which sequence number`,
    );
  if (inUse || coolingDown) return undefined;
  return { handle: text(`handle of ${address}`, handle), sequenceNumber: sequenceNumber as number | bigint };
}

async function readHandles(stream: JsonStream, { handles }: Draft, among: Among | undefined): Promise<void> {
  if (!(await stream.enter('array'))) return nothing(stream, 'leakedHandles');
  while (await stream.item()) {
    const value = parseJson(await stream.value());
    if (!isObject(value)) throw new ReportFault('one of its leakedHandles is not an object');
    const id = text('handle ID', value['ID']);
    const uid = value['UID'] == null ? undefined : text('handle UID', value['UID']);
    const handle = { id, uid, revision: text('handle Revision', value['Revision']) };
    if (among === undefined || among.handles.has(id)) handles.set(id, handle);
  }
}

/** A list of nothing may be written as null. */
async function nothing(stream: JsonStream, name: string): Promise<void> {
  if ((await stream.value()) !== 'null')
    throw new ReportFault(`its ${name} are something else than a list of them`);
}
