import type { Io } from '../../core/io.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { openExportFile } from '../document/file.ts';
import { Wanted } from '../document/wanted.ts';
import { attempted, type Check, ok } from './checks.ts';
import { reportOf, unopened } from './file.ts';
import { lookAround } from './surroundings.ts';
import { type MappingRow, mappingRows } from './table.ts';
import { type TargetRequest, targetChecks } from './target.ts';

/** What an import would do, and all that stands in its way. Changes nothing and takes no lock. */
export interface Preflight {
  readonly checks: readonly Check[];
  readonly mapping: readonly MappingRow[];
}

export interface PreflightRequest extends Pick<TargetRequest, 'group' | 'missingRights'> {
  readonly file: string;
  readonly io: Io;
  readonly store: Datastore;
}

export async function preflight(request: PreflightRequest): Promise<Preflight> {
  const { store, io, group, missingRights } = request;
  const opened = await attempted(() => openExportFile(request.file, io));
  if ('fault' in opened) {
    const rest = await targetChecks({ store, group, missingRights, sha256: undefined, guid: '' });
    return { checks: [unopened(opened.fault), ...rest], mapping: [] };
  }
  const file = opened.value;
  try {
    const { sha256, size, name } = file;
    const report = await reportOf(file, new Wanted(store.capabilities.name), io.signal);
    const { first, addresses, guid } = report;
    const checks = [
      ok('file', `${name} has three parts, ${size} bytes, SHA-256 ${sha256}`),
      ...report.checks,
      ...(await targetChecks({ store, group, missingRights, sha256, guid })),
    ];
    // What cannot be reached now cannot be asked more.
    if (checks.some(({ check, verdict }) => check === 'datastore' && verdict === 'error'))
      return { checks, mapping: await mappingRows(first, addresses, 0, store) };
    const around = await lookAround(store, first);
    const mapping = await mappingRows(first, addresses, around.missingNodes, store);
    return { checks: [...checks, ...around.checks], mapping };
  } finally {
    await file.close();
  }
}
