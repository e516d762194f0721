import { resolve } from 'node:path';
import { CalicoctlError, formatError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { readFile } from '../../input/sources.ts';
import { type Leaks, readReports } from '../../ipam/report/merge.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { configOption } from '../../kit/options.ts';
import { deleteHandles, type HandleOutcome } from '../../operations/ipam/leaked-handles.ts';
import { releaseAddresses } from '../../operations/ipam/release.ts';
import { type Address, formatAddress, parseAddress } from '../../resources/net/address.ts';

type Store = Awaited<ReturnType<Context['datastore']>>;

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw new CalicoctlError('usage', `invalid IP address specified: ${text}`);
}

async function releaseOne(store: Store, address: Address, warn: Context['warn']): Promise<Result> {
  const { released, errors, warnings } = await releaseAddresses(store, [{ address }]);
  for (const error of warnings) warn(`Warning: ${formatError(error)}`);
  if (errors[0] !== undefined) throw errors[0];
  if (released.length > 0)
    return { type: 'text', text: `Successfully released IP address ${formatAddress(address)}\n` };
  throw new CalicoctlError('not-found', `IP address ${formatAddress(address)} is not assigned`, {
    hint: '`calicoctl ipam show --ip=ADDRESS` tells what is known of an address.',
  });
}

/** What the reports name is given back; what has changed since is told and left alone, which is no failure. */
async function* releaseLeaks(store: Store, leaks: Leaks, warn: Context['warn']): AsyncGenerator<string> {
  for (const warning of leaks.warnings) yield `${warning}\n`;
  yield* releaseLeakedAddresses(store, leaks, warn);
  yield* deleteLeakedHandles(store, leaks);
  yield 'You may now unlock the data store.\n';
}

/** So many failures are told in full. */
const TOLD = 20;

async function* releaseLeakedAddresses(
  store: Store,
  { leaks }: Leaks,
  warn: Context['warn'],
): AsyncGenerator<string> {
  if (leaks.size === 0) return yield "Report didn't contain any leaked IPs to clean up.\n";
  yield `Releasing ${leaks.size} old IPs...\n`;
  const requests = [...leaks].map(([text, leak]) => ({ address: addressOf(text), ...leak }));
  const { notAllocated, errors, warnings } = await releaseAddresses(store, requests);
  const failures = [...errors, ...warnings];
  for (const error of failures.slice(0, TOLD)) warn(`Warning: ${formatError(error)}`);
  if (failures.length > TOLD) warn(`Warning: ${failures.length - TOLD} more failed in like ways.`);
  if (errors[0] === undefined) yield `Released ${leaks.size - notAllocated.length} IPs successfully\n`;
  else
    yield `An error occurred while releasing some IPs: ${errors[0].message}.  Problems are often caused by an out-of-date IPAM report.  Try regenerating the IPAM report and retry.\n`;
  if (notAllocated.length > 0)
    yield `${notAllocated.length} addresses marked as leaked in the report had already been cleaned up.\n`;
}

const MARKS = { deleted: '.', skipped: 'x' } as const;

async function* deleteLeakedHandles(store: Store, { handles }: Leaks): AsyncGenerator<string> {
  if (handles.size === 0) return yield "Report didn't contain any handles to clean up.\n";
  yield `Deleting ${handles.size} handles...\nKey: '.' = Deleted OK; 'x' = skip, handle missing/changed.\n`;
  const counts = { deleted: 0, skipped: 0 };
  let marks = '';
  await deleteHandles(store, [...handles.values()], ({ id }, outcome: HandleOutcome) => {
    if (typeof outcome !== 'string') {
      marks += `\nDeleting handle ${id} failed: ${outcome.message}.\n`;
      return;
    }
    counts[outcome]++;
    marks += MARKS[outcome];
  });
  const errors = handles.size - counts.deleted - counts.skipped;
  yield `${marks}\nReleased ${counts.deleted} handles; ${counts.skipped} skipped; ${errors} errors.\n`;
}

export default defineCommand({
  summary: 'Release an address, or what leaks by one or more reports of `ipam check`.',
  description: [
    'An address is released whoever has it: make sure that nobody uses it.',
    'Of reports only that is released which leaks in all of them, under the same handle and sequence number; an address that was given to somebody else since is left alone. Reports must be of this cluster and this version of calicoctl, one of them made since the datastore was locked, and it must be locked still. --force takes reports of another version, and goes on without the lock.',
  ].join('\n\n'),
  examples: [
    'ipam release --ip=192.0.2.7',
    'ipam release --from-report=report.json',
    'ipam release --from-report=monday.json --from-report=tuesday.json',
  ],
  args: {},
  options: {
    ip: { type: 'text', value: 'IP', doc: 'Address to release.' },
    fromReport: {
      type: 'list',
      value: 'FILE',
      doc: 'Report of `ipam check -o FILE`; may be repeated, the newest last.',
    },
    force: { type: 'flag', doc: 'Take reports of another version, and go on though nothing is locked.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const address = input.ip ? addressOf(input.ip) : undefined;
    const files = input.fromReport;
    if (files.length === 0 && address === undefined)
      throw new CalicoctlError(
        'usage',
        'nothing to release: name an address with --ip, or a report with --from-report',
      );
    const store = await context.datastore({ config: input.config, access: 'write' });
    if (files.length === 0) return releaseOne(store, address!, context.warn);
    const open = (file: string) => readFile(file, resolve(context.io.cwd, file));
    const leaks = await readReports(store, { files, open, force: input.force });
    return { type: 'stream', chunks: releaseLeaks(store, leaks, context.warn) };
  },
});
