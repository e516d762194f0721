import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringifyJson } from '../../src/core/json.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { attributeAt, blockOf } from '../../src/operations/ipam/block.ts';
import { listed } from '../../src/operations/ipam/objects.ts';
import { lockDatastore } from '../../src/operations/lock.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { blockSpec, put, ref } from '../operations/stores.ts';

/** A small cluster: some blocks, each with leaked addresses beside live ones, and handles without addresses. */

const SIZE = 8;
const LEAKED = [0, 1, 2];
const LIVE = [4, 5];

export const NOTE = { holder: 'ada@laptop', purpose: 'a fault test', since: '2026-01-01T00:00:00Z' };

export interface SmallCluster {
  readonly blocks: readonly string[];
  readonly leaked: ReadonlyMap<string, string>;
  readonly live: ReadonlyMap<string, string>;
  readonly lostHandles: readonly string[];
}

export function smallCluster(blocks: number): SmallCluster {
  const numbers = Array.from({ length: blocks }, (_, index) => index);
  const held = (ordinals: readonly number[]) =>
    new Map(
      numbers.flatMap((index) =>
        ordinals.map((ordinal) => [`10.0.${index}.${ordinal}`, handleOf(index, ordinal)] as const),
      ),
    );
  return {
    blocks: numbers.map((index) => `10.0.${index}.0/29`),
    leaked: held(LEAKED),
    live: held(LIVE),
    lostHandles: numbers.map((index) => `lost-${index}`),
  };
}

/** The first two leaked addresses of a block share a handle. */
function handleOf(block: number, ordinal: number): string {
  return `h-${block}-${ordinal === 1 ? 0 : ordinal}`;
}

/** Writes the cluster, locked with a note. */
export async function build(store: Datastore, { blocks, lostHandles }: SmallCluster): Promise<void> {
  await lockDatastore(store, NOTE);
  await put(store, 'IPPool', 'pods', { cidr: '10.0.0.0/16', blockSize: 29 });
  for (const [index, cidr] of blocks.entries()) {
    const used = Object.fromEntries(
      [...LEAKED, ...LIVE].map((ordinal) => [ordinal, handleOf(index, ordinal)]),
    );
    await put(store, 'IPAMBlock', cidr, blockSpec(cidr, SIZE, used));
    await put(store, 'BlockAffinity', `host/worker-1/${cidr}`, {
      ...{ state: 'confirmed', node: 'worker-1', type: 'host', cidr, deleted: false },
    });
    const handles = new Map<string, number>();
    for (const handle of Object.values(used)) handles.set(handle, (handles.get(handle) ?? 0) + 1);
    for (const [id, count] of handles)
      await put(store, 'IPAMHandle', id, { handleID: id, block: { [cidr]: count }, deleted: false });
  }
  for (const [index, id] of lostHandles.entries())
    await put(store, 'IPAMHandle', id, { handleID: id, block: { [blocks[index]!]: 1 }, deleted: false });
}

/** Writes the report that `ipam check` would make of the cluster as it is now. */
export async function writeReport(
  store: Datastore,
  { leaked, live, lostHandles }: SmallCluster,
  folder: string,
): Promise<string> {
  const information = await store.get(await ref('ClusterInformation', 'default'));
  const record =
    (inUse: boolean) =>
    ([ip, handle]: readonly [string, string]) =>
      [ip, [{ ip, handle, sequenceNumber: 7, inUse, owners: null }]] as const;
  const revisions = new Map<string, string>();
  for await (const { metadata } of listed(store, { kind: await kindOf('IPAMHandle') }))
    revisions.set(metadata.name, metadata.resourceVersion!);
  const report = {
    ...{ version: 'v3.32.0', clusterGUID: information.spec['clusterGUID'], datastoreLocked: true },
    clusterInformationRevision: information.metadata.resourceVersion,
    allocations: Object.fromEntries([...[...leaked].map(record(false)), ...[...live].map(record(true))]),
    leakedHandles: lostHandles.map((ID) => ({ ID, UID: null, Revision: revisions.get(ID) ?? 'gone' })),
  };
  const file = join(folder, 'report.json');
  writeFileSync(file, stringifyJson(report, 2));
  return file;
}

export interface Seen {
  /** Handle by address, of those that are taken. */
  readonly taken: ReadonlyMap<string, string>;
  /** How many addresses each handle counts. */
  readonly handles: ReadonlyMap<string, number>;
  readonly affinities: number;
}

/** Who has what now. Throws where a block contradicts itself. */
export async function look(store: Datastore): Promise<Seen> {
  const taken = new Map<string, string>();
  for await (const stored of listed(store, { kind: await kindOf('IPAMBlock') })) {
    const block = blockOf(stored);
    const { allocations, unallocated } = block.spec;
    const free = allocations.flatMap((index, ordinal) => (index === null ? [ordinal] : []));
    if (String([...unallocated].sort()) !== String(free))
      throw new Error(`${block.spec.cidr} contradicts itself`);
    const base = block.spec.cidr.replace('0/29', '');
    for (const ordinal of allocations.keys()) {
      const attribute = attributeAt(block, ordinal);
      if (attribute !== undefined && attribute.releasedAt === undefined)
        taken.set(`${base}${ordinal}`, attribute.handle_id ?? '');
    }
  }
  const handles = new Map<string, number>();
  for await (const { metadata, spec } of listed(store, { kind: await kindOf('IPAMHandle') }))
    handles.set(
      metadata.name,
      Object.values(spec['block'] as Record<string, number>).reduce((a, b) => a + b, 0),
    );
  let affinities = 0;
  for await (const _ of listed(store, { kind: await kindOf('BlockAffinity') })) affinities++;
  return { taken, handles, affinities };
}
