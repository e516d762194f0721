import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { type Address, formatAddress } from '../../resources/net/address.ts';
import { type Cidr, containsAddress, formatCidr, networkOf } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { unlessNotFound } from '../initialise.ts';
import { inParallel } from '../parallel.ts';
import { untilUndisturbed } from '../retry.ts';
import { releaseAffinity } from './affinities.ts';
import { advanced, blockOf, collectGarbage, isEmpty } from './block.ts';
import { cooldownSeconds } from './config.ts';
import { type Freed, freeAddresses, type ReleaseRequest } from './free.ts';
import { decrementHandle } from './handles.ts';
import { blockRef, cidrIn, listed, withSpec } from './objects.ts';
import { allPools, blockRange, excludesNode, type Pool, poolWith } from './pools.ts';

/** Addresses stand in the order in which they were asked for, each once. */
export interface ReleaseOutcome {
  readonly released: readonly Address[];
  /** Addresses that nobody has, resting ones among them. */
  readonly notAllocated: readonly Address[];
  /** What went wrong, by block; nothing of such a block was released. */
  readonly errors: readonly CalicoctlError[];
  /** Tidying that failed: handles that count too many now, which readers put up with, and blocks that stay. */
  readonly warnings: readonly CalicoctlError[];
}

/** Per block, and many blocks are under way. */
const HANDLES_AT_ONCE = 4;

interface Run {
  readonly store: Datastore;
  readonly pools: readonly Pool[];
  readonly cooldown: number;
  /** As text. */
  readonly released: Set<string>;
  readonly notAllocated: Set<string>;
  readonly warnings: CalicoctlError[];
  /** Labels of nodes by name; undefined for nodes that are not there. */
  readonly labels: Map<string, Promise<Readonly<Record<string, string>> | undefined>>;
}

/** Gives back addresses, block by block: first the block, then its handles. A block that fails stops no other. */
export async function releaseAddresses(
  store: Datastore,
  requests: readonly ReleaseRequest[],
): Promise<ReleaseOutcome> {
  if (requests.length === 0) return { released: [], notAllocated: [], errors: [], warnings: [] };
  const [pools, cooldown] = await Promise.all([allPools(store), cooldownSeconds(store)]);
  const run: Run = {
    ...{ store, pools, cooldown },
    ...{ released: new Set(), notAllocated: new Set(), warnings: [], labels: new Map() },
  };
  const groups = await byBlock(run, requests);
  const { failures } = await inParallel(groups, store.capabilities.concurrency, (group) =>
    releaseInBlock(run, group),
  );
  const asked = new Map(requests.map(({ address }) => [formatAddress(address), address]));
  const those = (texts: ReadonlySet<string>) =>
    [...asked].flatMap(([text, address]) => (texts.has(text) ? [address] : []));
  const { released, notAllocated, warnings } = run;
  return { released: those(released), notAllocated: those(notAllocated), errors: failures, warnings };
}

function addAll(texts: Set<string>, addresses: readonly Address[]): void {
  for (const address of addresses) texts.add(formatAddress(address));
}

interface Group {
  readonly range: Cidr;
  readonly requests: ReleaseRequest[];
}

/** Which block each address is in. Those of no pool are looked for in all blocks: their pool may be gone. */
async function byBlock(run: Run, requests: readonly ReleaseRequest[]): Promise<readonly Group[]> {
  const groups = new Map<string, Group>();
  const add = (range: Cidr, request: ReleaseRequest) => {
    const group = groups.get(formatCidr(range)) ?? { range, requests: [] };
    groups.set(formatCidr(range), group);
    group.requests.push(request);
  };
  const stray: ReleaseRequest[] = [];
  for (const request of requests) {
    const pool = poolWith(request.address, run.pools);
    if (pool === undefined) stray.push(request);
    else add(blockRange(request.address, pool), request);
  }
  for (const { request, range } of await findBlocks(run.store, stray)) {
    if (range === undefined) addAll(run.notAllocated, [request.address]);
    else add(range, request);
  }
  return [...groups.values()];
}

async function findBlocks(
  store: Datastore,
  requests: readonly ReleaseRequest[],
): Promise<readonly { readonly request: ReleaseRequest; readonly range: Cidr | undefined }[]> {
  if (requests.length === 0) return [];
  const found = new Map<string, Cidr>();
  for await (const { spec } of listed(store, { kind: await kindOf('IPAMBlock') })) {
    const range = cidrIn(spec);
    if (range === undefined) continue;
    for (const { address } of requests)
      if (containsAddress(range, address)) found.set(formatAddress(address), networkOf(range));
  }
  return requests.map((request) => ({ request, range: found.get(formatAddress(request.address)) }));
}

async function releaseInBlock(run: Run, { range, requests }: Group): Promise<void> {
  const freed = await untilUndisturbed(() => freeInBlock(run, range, requests));
  if (freed === undefined) {
    addAll(
      run.notAllocated,
      requests.map(({ address }) => address),
    );
    return;
  }
  if ('refusal' in freed) throw new CalicoctlError('conflict', freed.refusal);
  addAll(run.released, freed.released);
  addAll(run.notAllocated, freed.notAllocated);
  const { failures } = await inParallel([...freed.handles], HANDLES_AT_ONCE, ([id, count]) =>
    decrementHandle(run.store, id, range, count),
  );
  run.warnings.push(...failures);
  if (freed.released.length > 0) await leaveDeselected(run, range, freed.block.spec.affinity ?? '');
}

/** Undefined where there is no such block. */
async function freeInBlock(
  { store, cooldown }: Run,
  range: Cidr,
  requests: readonly ReleaseRequest[],
): Promise<Freed | undefined> {
  const ref = await blockRef(range);
  const stored = await unlessNotFound(store.get(ref));
  if (stored === undefined) return undefined;
  const now = new Date();
  const freed = freeAddresses(collectGarbage(blockOf(stored), cooldown, now), requests, now);
  if ('refusal' in freed || freed.released.length === 0) return freed;
  const block = collectGarbage(freed.block, cooldown, now);
  const removed = isEmpty(block) && !block.spec.affinity;
  const write = removed
    ? store.delete(ref, stored.metadata.resourceVersion)
    : store.update(ref, withSpec(stored, advanced(block)));
  return (await unlessNotFound(write)) === undefined ? undefined : freed;
}

/** A node that its pool does not select any more loses the block once nobody uses it; it may as well stay. */
async function leaveDeselected(run: Run, range: Cidr, affinity: string): Promise<void> {
  const enabled = run.pools.filter(({ disabled }) => !disabled);
  const pool = poolWith(range.address, enabled);
  if (pool === undefined || ['', 'all()'].includes(pool.nodeSelector) || !affinity.startsWith('host:'))
    return;
  const name = affinity.slice('host:'.length);
  try {
    const labels = await labelsOf(run, name);
    if (labels === undefined || !excludesNode(pool, labels)) return;
    const options = { mustBeEmpty: true, cooldownSeconds: run.cooldown };
    await releaseAffinity(run.store, { type: 'host', name }, range, options);
  } catch (error) {
    // The addresses are free, which is what was asked for; the next release in the block tries this again.
    if (!(error instanceof CalicoctlError)) throw error;
    if (!isError(error, 'not-supported')) run.warnings.push(error);
  }
}

function labelsOf(run: Run, name: string): Promise<Readonly<Record<string, string>> | undefined> {
  let labels = run.labels.get(name);
  if (labels === undefined) {
    labels = kindOf('Node')
      .then((kind) => unlessNotFound(run.store.get({ kind, name })))
      .then((node) => node && (node.metadata.labels ?? {}));
    run.labels.set(name, labels);
  }
  return labels;
}
