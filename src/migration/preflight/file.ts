import { type CalicoctlError, formatError } from '../../core/errors.ts';
import { writtenForm } from '../../operations/write.ts';
import { check } from '../../resources/check.ts';
import { formatRef, refOf } from '../../resources/kind.ts';
import { type Manifest, problemsError } from '../../resources/manifest.ts';
import { addressesIn } from '../document/addresses.ts';
import type { ExportFile } from '../document/file.ts';
import { readInformation } from '../document/information.ts';
import { type FirstPart, readFirstPart } from '../document/resources.ts';
import type { Wanted } from '../document/wanted.ts';
import { attempted, type Check, Faults, failed, ok } from './checks.ts';

/** What a file holds, and everything that is wrong with it. */
export interface FileReport {
  readonly checks: readonly Check[];
  readonly first: FirstPart;
  /** Objects of address management by kind. */
  readonly addresses: ReadonlyMap<string, number>;
  readonly guid: string;
}

export async function reportOf(file: ExportFile, wanted: Wanted, signal: AbortSignal): Promise<FileReport> {
  const faults = new Faults();
  const onFault = (error: CalicoctlError) => faults.add(error);
  const first = await readFirstPart(file.parts[0], { wanted, signal, onFault });
  for await (const manifest of first) for (const fault of faultsOf(manifest)) faults.add(fault);
  const identity = await attempted(() => readInformation(file.parts[1]));
  const addresses = new Map<string, number>();
  const broken = new Faults();
  const third = await attempted(async () => {
    const options = { wanted, signal, onFault: (error: CalicoctlError) => broken.add(error) };
    for await (const { kind } of addressesIn(file.parts[2], options))
      addresses.set(kind.kind, (addresses.get(kind.kind) ?? 0) + 1);
  });
  if ('fault' in third) broken.add(third.fault);
  const checks = [
    faults.check('resources', ok('resources', `${first.total} can be written`)),
    'fault' in identity
      ? failed('identity', [identity.fault])
      : ok(
          'identity',
          `the cluster has ${identity.value.guid ? `the GUID ${identity.value.guid}` : 'no GUID'}`,
        ),
    broken.check('addresses', addressesCheck(addresses, wanted)),
  ];
  return { checks, first, addresses, guid: 'fault' in identity ? '' : identity.value.guid };
}

function addressesCheck(addresses: ReadonlyMap<string, number>, { store }: Wanted): Check {
  const count = [...addresses.values()].reduce((sum, each) => sum + each, 0);
  if (count > 0 || store !== 'kubernetes') return ok('addresses', `${count} object(s) of address management`);
  const text = 'the file has none: the import does all else, and fails at its end';
  return { check: 'addresses', verdict: 'warning', details: [text] };
}

function faultsOf({ kind, resource, place }: Manifest): readonly CalicoctlError[] {
  const problems = check(kind, writtenForm(kind, resource));
  return problems.length === 0
    ? []
    : [problemsError('validation', formatRef(refOf(kind, resource)), problems, place)];
}

/** The faults of a file that could not be opened at all. */
export function unopened(fault: CalicoctlError): Check {
  return { check: 'file', verdict: 'error', details: [formatError(fault)] };
}
