import { isError } from '../../core/errors.ts';
import { textIn } from '../../core/json.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { releaseAffinity } from '../../operations/ipam/affinities.ts';
import { blockOf, isEmpty } from '../../operations/ipam/block.ts';
import { cooldownSeconds } from '../../operations/ipam/config.ts';
import {
  affinityOwner,
  affinityRef,
  blockRef,
  cidrIn,
  formatOwner,
  parseOwner,
} from '../../operations/ipam/objects.ts';
import { allPools, poolWith } from '../../operations/ipam/pools.ts';
import type { Ref, Resource } from '../../resources/kind.ts';
import { parseCidr } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import type { Fix } from '../finding.ts';
import { CHANGED, fixedMeanwhile, judge, type Repair, type Run, settled, type Verdict } from './run.ts';
import { unlessChanged } from './store.ts';
import { attempted } from './work.ts';

/** Affinities, empty blocks and stale endpoints. */

type FixOf<W extends Fix['write']> = Extract<Fix, { write: W }>;

/** Carries out fixes of one kind, each for itself. */
export function each<W extends Fix['write']>(
  mend: (run: Run, fix: FixOf<W>, code: string) => Promise<Verdict>,
): (run: Run, repairs: readonly Repair[]) => Promise<void> {
  return (run, repairs) =>
    attempted(
      run,
      repairs.map((repair) => [repair]),
      async ([repair]) => judge(run, repair!, await mend(run, repair!.fix as FixOf<W>, repair!.code)),
    );
}

/** The object as the finding saw it, or the verdict where it is not so any more. */
async function asFound(run: Run, ref: Ref, version: string): Promise<Resource | Verdict> {
  const stored = await unlessNotFound(run.store.get(ref));
  if (stored === undefined) return fixedMeanwhile('it is gone already');
  return run.isExpected(ref, stored.metadata.resourceVersion, version) ? stored : CHANGED;
}

async function remove(run: Run, write: Fix['write'], ref: Ref, stored: Resource): Promise<Verdict> {
  const gone = unlessChanged(run.storeFor({ write }).delete(ref, stored.metadata.resourceVersion));
  return (await gone) === undefined ? CHANGED : { is: 'done' };
}

/** An affinity goes only while its block is not there, or somebody else's. */
export async function deleteAffinity(run: Run, fix: FixOf<'delete-affinity'>): Promise<Verdict> {
  const ref = { kind: await kindOf('BlockAffinity'), name: fix.affinity };
  const found = await asFound(run, ref, fix.version);
  if ('is' in found) return found;
  const state = found.spec['state'];
  // Who claims a block makes the affinity first; it is pending until the block is there.
  if (state === 'pending') {
    await settled(run);
    if (run.signal.aborted) return { is: 'untried' };
  }
  const range = cidrIn(found.spec);
  const block = range && (await unlessNotFound(run.store.get(await blockRef(range))));
  const owner = affinityOwner(found);
  if (block?.spec['affinity'] === formatOwner(owner)) return { is: 'passed', why: 'its block is there' };
  return remove(run, fix.write, ref, found);
}

/**
 * A block is taken from its owner where that is a node that is not there, or where it is empty and giving it up was
 * begun already, or no pool has it.
 */
export async function giveUpBlock(run: Run, fix: FixOf<'release-affinity'>): Promise<Verdict> {
  const owner = parseOwner(fix.owner) ?? { type: 'host' as const, name: fix.owner };
  const range = parseCidr(fix.block);
  if (range === undefined) return { is: 'left', why: `"${fix.block}" is not a block` };
  const affinity = await unlessNotFound(run.store.get(await affinityRef(owner, range)));
  if (affinity === undefined) return fixedMeanwhile('it is gone already');
  const isGone = owner.type === 'host' && !(await isNode(run, owner.name));
  // An owner that is there takes up again what it began to give up, and may have given out addresses of it since.
  const mustBeEmpty = !isGone;
  const isBegun = affinity.spec['state'] === 'pendingDeletion';
  if (!isGone && !isBegun && poolWith(range.address, await allPools(run.store)) !== undefined)
    return { is: 'passed', why: owner.type === 'host' ? `node ${owner.name} is there` : 'a pool has it' };
  const store = run.storeFor({ write: 'release-affinity' });
  const seconds = await cooldownSeconds(run.store);
  try {
    await releaseAffinity(store, owner, range, { mustBeEmpty, cooldownSeconds: seconds });
    return { is: 'done' };
  } catch (error) {
    if (!mustBeEmpty || !isError(error, 'not-supported')) throw error;
    return { is: 'passed', why: 'it has addresses in use now' };
  }
}

async function isNode(run: Run, name: string): Promise<boolean> {
  return (await unlessNotFound(run.store.get({ kind: await kindOf('Node'), name }))) !== undefined;
}

/** A block goes only while it is empty and nobody's. */
export async function deleteBlock(run: Run, fix: FixOf<'delete-block'>): Promise<Verdict> {
  const range = parseCidr(fix.block);
  if (range === undefined) return { is: 'left', why: `"${fix.block}" is not a block` };
  const ref = await blockRef(range);
  const found = await asFound(run, ref, fix.version);
  if ('is' in found) return found;
  const block = blockOf(found);
  if (block.spec.affinity) return { is: 'passed', why: `${block.spec.affinity} owns it now` };
  if (!isEmpty(block)) return { is: 'passed', why: 'it has addresses in use now' };
  return remove(run, fix.write, ref, found);
}

/** An endpoint goes only while it is what the finding saw. */
export async function deleteEndpoint(
  run: Run,
  fix: FixOf<'delete-endpoint'>,
  code: string,
): Promise<Verdict> {
  const ref = { kind: await kindOf('WorkloadEndpoint'), namespace: fix.namespace, name: fix.name };
  const found = await asFound(run, ref, fix.version);
  if ('is' in found) return found;
  const node = textIn(found.spec['node']);
  if (found.spec['orchestrator'] === 'openstack')
    return { is: 'left', why: 'hosts of OpenStack are no nodes of Calico' };
  if (code === 'CAL3023' && (await isNode(run, node)))
    return { is: 'passed', why: `node ${node} is there now` };
  try {
    return await remove(run, fix.write, ref, found);
  } catch (error) {
    if (!isError(error, 'not-supported')) throw error;
    return { is: 'left', why: 'endpoints are what the API server makes of pods: delete its pod' };
  }
}
