import type { Datastore } from '../../datastore/datastore.ts';
import { writtenForm } from '../../operations/write.ts';
import { BUILT_IN_TIERS } from '../../resources/parts/tiers.ts';
import type { FirstPart } from '../document/resources.ts';

/** What becomes of the objects of one kind. */
export interface MappingRow {
  readonly kind: string;
  readonly inFile: number;
  readonly toWrite: number;
  /** How what is written differs from what stands in the file; empty where it does not. */
  readonly changed: string;
  /** Why some are not written; empty where all are. */
  readonly skipped: string;
}

interface Draft {
  inFile: number;
  toWrite: number;
  defaulted: number;
  present: number;
  readonly skipped: string[];
}

/** A row a kind, in the order of the file. */
export async function mappingRows(
  first: FirstPart,
  addresses: ReadonlyMap<string, number>,
  missingNodes: number,
  store: Datastore,
): Promise<readonly MappingRow[]> {
  const isKubernetes = store.capabilities.name === 'kubernetes';
  const drafts = new Map<string, Draft>(
    [...first.counts].map(([kind, count]) => [kind, draft(count, count)]),
  );
  for await (const { kind, resource } of first) {
    const row = drafts.get(kind.kind)!;
    const { spec } = writtenForm(kind, resource);
    if (JSON.stringify(spec) !== JSON.stringify(resource.spec)) row.defaulted++;
    if (kind.kind === 'Tier' && Object.hasOwn(BUILT_IN_TIERS, resource.metadata.name)) row.present++;
  }
  for (const { kind, reason, count } of first.leftOut) {
    const row = drafts.get(kind) ?? draft(0, 0);
    row.inFile += count;
    row.skipped.push(`${count} ${reason}`);
    drafts.set(kind, row);
  }
  const nodes = drafts.get('Node');
  if (nodes !== undefined && missingNodes > 0) {
    nodes.toWrite -= missingNodes;
    nodes.skipped.push(`${missingNodes} unknown to Kubernetes`);
  }
  const rows = [...drafts].map(([kind, row]) => rowOf(kind, row, isKubernetes && kind === 'Node'));
  return [...rows, ...[...addresses].map(([kind, count]) => rowOf(kind, draft(count, count), false))];
}

function draft(inFile: number, toWrite: number): Draft {
  return { inFile, toWrite, defaulted: 0, present: 0, skipped: [] };
}

function rowOf(
  kind: string,
  { inFile, toWrite, defaulted, present, skipped }: Draft,
  onNodes: boolean,
): MappingRow {
  const changed = [
    ...(onNodes ? ['annotations of the nodes of Kubernetes'] : []),
    ...(defaulted > 0 && !onNodes ? [`${defaulted} with defaults filled in`] : []),
    ...(present > 0 ? [`${present} are in every cluster and become as in the file`] : []),
  ];
  return { kind, inFile, toWrite, changed: changed.join('; '), skipped: skipped.join('; ') };
}
