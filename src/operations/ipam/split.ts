import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { check } from '../../resources/check.ts';
import { API_VERSION, formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import { problemsError } from '../../resources/manifest.ts';
import { formatCidr, networkOf } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { disable, removeDisabled } from '../guards/ippool.ts';
import { withIdentity } from '../identity.ts';
import { lockState } from '../lock.ts';
import { inParallel } from '../parallel.ts';
import { writtenForm } from '../write.ts';
import { listed } from './objects.ts';
import { type Pool, poolOf } from './pools.ts';
import { type Part, partsOf, presentParts } from './split-plan.ts';

/** The pool to split: by name, or by its CIDR letter for letter. */
export type PoolChoice = { readonly name: string } | { readonly cidr: string };

export interface SplitOutcome {
  readonly pool: string;
  readonly parts: readonly Part[];
  /** What an earlier run that broke off had done, in words; absent where it had made no part. */
  readonly resumed?: string;
  /** The pool was disabled before; its parts are not. */
  readonly wasDisabled: boolean;
}

/**
 * Splits a pool into parts of equal size that share its settings. Blocks, affinities and handles stay: they are in the
 * parts by their addresses. All but the number is looked at before the first write. Then the pool is disabled, its parts are
 * made, and it is deleted, so that at any moment every address is in a pool, and repeating a split that broke off
 * finishes it.
 */
export async function splitPool(store: Datastore, choice: PoolChoice, count: number): Promise<SplitOutcome> {
  await refuseUnlocked(store);
  const stored = await storedPools(store);
  const { resource, pool } = chosen(stored, choice);
  const parts = await fittingParts(store, pool, count);
  const present = presentParts(pool, parts, stored);
  const made = await Promise.all(parts.map((part) => partResource(resource, part)));
  const resumed = foundState(pool, parts, present);
  const ref = { kind: await kindOf('IPPool'), name: pool.name };
  const { pool: disabled } = await disable(store, ref, undefined);
  try {
    refuseChanged(pool, disabled);
    await makeParts(
      store,
      made.filter(({ metadata }) => !present.has(metadata.name)),
    );
    await removeDisabled(store, ref, disabled);
  } catch (error) {
    throw brokenOff(error, pool);
  }
  const wasDisabled = pool.disabled;
  return { pool: pool.name, parts, wasDisabled, ...(resumed === undefined ? {} : { resumed }) };
}

/**
 * The reference looks at the number once the pool is disabled, and what it leaves behind is on record: a pool that could not
 * be split is disabled. So is ours, and the message says so. Only what it would delete a pool for, 0, is refused at once.
 */
async function fittingParts(store: Datastore, pool: Pool, count: number): Promise<readonly Part[]> {
  try {
    return partsOf(pool, count);
  } catch (error) {
    if (!isError(error, 'input') || count < 1 || !Number.isSafeInteger(count)) throw error;
    await disable(store, { kind: await kindOf('IPPool'), name: pool.name }, undefined);
    const enable = `calicoctl patch ippool ${pool.name} -p '{"spec":{"disabled":false}}'`;
    throw new CalicoctlError('input', error.message, {
      ...error.details,
      hint: `${error.details.hint} The pool is disabled now, and stays so until it is split, or enabled by \`${enable}\`.`,
    });
  }
}

async function refuseUnlocked(store: Datastore): Promise<void> {
  const { locked } = await lockState(store);
  if (locked) return;
  throw new CalicoctlError(
    'not-supported',
    'datastore is not locked. Run the `calicoctl datastore migrate lock` command in order split the IP pools',
    { hint: 'While it is locked no addresses are handed out, from the pool or its parts.' },
  );
}

async function storedPools(store: Datastore): Promise<ReadonlyMap<string, Resource>> {
  const pools = new Map<string, Resource>();
  for await (const pool of listed(store, { kind: await kindOf('IPPool') }))
    pools.set(pool.metadata.name, pool);
  return pools;
}

function chosen(
  stored: ReadonlyMap<string, Resource>,
  choice: PoolChoice,
): { readonly resource: Resource; readonly pool: Pool } {
  const resource =
    'name' in choice
      ? stored.get(choice.name)
      : [...stored.values()].find(({ spec }) => spec['cidr'] === choice.cidr);
  const pool = resource && poolOf(resource);
  if (resource !== undefined && pool !== undefined)
    return { resource, pool: { ...pool, range: networkOf(pool.range) } };
  const what =
    'name' in choice
      ? `unable to find IP pool with name ${choice.name}: resource does not exist: IPPool(${choice.name})`
      : `unable to find IP pool  covering the specified CIDR ${choice.cidr}`;
  const isSplit = 'name' in choice && stored.has(`split-${choice.name}-0`);
  const hint = isSplit
    ? 'There is a pool named as its first part, so it seems to have been split already.'
    : '`calicoctl get ippool` shows all pools; a CIDR has to be written as there.';
  throw new CalicoctlError('not-found', what, { hint });
}

/** A part: all that the pool has, but enabled, and with a name and range of its own. Throws `validation`. */
async function partResource({ metadata, spec }: Resource, { name, range }: Part): Promise<Resource> {
  const kind = await kindOf('IPPool');
  const { labels, annotations } = metadata;
  const resource = writtenForm(kind, {
    apiVersion: API_VERSION,
    kind: kind.kind,
    metadata: { name, ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: { ...spec, cidr: formatCidr(range), disabled: false },
  });
  const problems = check(kind, resource);
  if (problems.length > 0) throw problemsError('validation', formatRef({ kind, name }), problems);
  return resource;
}

function foundState(pool: Pool, parts: readonly Part[], present: ReadonlySet<string>): string | undefined {
  if (present.size === 0) return undefined;
  const disabled = pool.disabled ? 'disabled' : 'still enabled';
  return `the pool was ${disabled} and ${present.size} of its ${parts.length} parts were there`;
}

/** Nobody may have changed the range in between, as by deleting the pool and making it anew. */
function refuseChanged(pool: Pool, disabled: Resource): void {
  const now = poolOf(disabled);
  if (now !== undefined && formatCidr(networkOf(now.range)) === formatCidr(pool.range)) return;
  throw new CalicoctlError('conflict', `somebody made IPPool(${pool.name}) anew with another CIDR meanwhile`);
}

/** Without the check for overlaps: each lies in the pool that goes when all are there. */
async function makeParts(store: Datastore, parts: readonly Resource[]): Promise<void> {
  const kind = await kindOf('IPPool');
  const { failures } = await inParallel(parts, store.capabilities.concurrency, (part) =>
    makePart(store, { kind, name: part.metadata.name }, part),
  );
  if (failures[0] !== undefined) throw failures[0];
}

/** Made by another run of the same split it is as good. */
async function makePart(store: Datastore, ref: Ref, part: Resource): Promise<void> {
  try {
    await store.create(ref, withIdentity(part));
  } catch (error) {
    if (!isError(error, 'already-exists')) throw error;
    const stored = await store.get(ref);
    if (stored.spec['cidr'] !== part.spec['cidr']) throw error;
  }
}

function brokenOff(error: unknown, { name }: Pool): unknown {
  if (!(error instanceof CalicoctlError)) return error;
  return new CalicoctlError(error.errorClass, `the split of IPPool(${name}) broke off: ${error.message}`, {
    ...error.details,
    hint: 'The pool is there still, disabled, and parts of it may be. Repeat the command to finish.',
    cause: error,
  });
}
