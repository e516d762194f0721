import { textIn } from '../../core/json.ts';
import type { Attribute, BlockSpec } from '../../operations/ipam/block.ts';
import { isWindowsHandle } from '../../operations/ipam/block.ts';
import { hostOf, parseOwner } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { cidrSize, formatCidr, hostBits, networkOf, parseCidr } from '../../resources/net/cidr.ts';
import { blockFault, partsOf } from './faults.ts';
import { type HandleKey, handleKey } from './handle-table.ts';
import { ALLOCATED, COOLING, type SurveyedBlock, WINDOWS_RESERVED } from './survey.ts';

/** What is counted of the allocations of a block while it is looked at. */
export interface AllocationCounter {
  mention(handle: HandleKey, block: string): void;
  /** So many allocations belong to a node; `''` to none. */
  belong(node: string, count: number): void;
}

/** More addresses than that has no block of Calico. */
const MOST_HOST_BITS = 12;

/** What is kept of a stored block; undefined where its CIDR cannot be read. */
export function surveyBlock(
  stored: Resource,
  counter: AllocationCounter,
  now: number,
): SurveyedBlock | undefined {
  const spec = partsOf(stored.spec);
  const range = parseCidr(textIn(spec.cidr ?? stored.metadata.name));
  if (range === undefined) return undefined;
  const network = networkOf(range);
  const name = formatCidr(network);
  const size = hostBits(network) > MOST_HOST_BITS ? spec.allocations.length : Number(cidrSize(network));
  const affinity = textIn(spec.affinity);
  const owner = parseOwner(affinity);
  const fault = blockFault(spec, cidrSize(network), now);
  return {
    name,
    range: network,
    version: stored.metadata.resourceVersion ?? '',
    owner,
    affinity,
    sequenceNumber: isCount(spec.sequenceNumber) ? spec.sequenceNumber : 0,
    ...(spec.affinityClaimTime === undefined ? {} : { claimedAt: spec.affinityClaimTime }),
    states: statesOf(spec, Math.max(size, spec.allocations.length), name, hostOf(owner), counter),
    ...(fault === undefined ? {} : { fault }),
  };
}

/** Whether it is a number as sequences have it. */
export function isCount(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

interface Known {
  readonly state: number;
  readonly handle: HandleKey | undefined;
  readonly node: string;
}

function statesOf(
  { allocations, attributes }: BlockSpec,
  size: number,
  block: string,
  host: string,
  counter: AllocationCounter,
): Uint8Array {
  const states = new Uint8Array(size);
  const known: Known[] = [];
  let node = host;
  let count = 0;
  for (let ordinal = 0; ordinal < allocations.length; ordinal++) {
    const index = allocations[ordinal];
    if (index === null || index === undefined) continue;
    let of = known[index];
    if (of === undefined) {
      of = knownOf(attributes[index], host);
      known[index] = of;
    }
    states[ordinal] = of.state;
    if (of.handle !== undefined) counter.mention(of.handle, block);
    if (of.node !== node) {
      if (count > 0) counter.belong(node, count);
      count = 0;
      node = of.node;
    }
    count++;
  }
  if (count > 0) counter.belong(node, count);
  return states;
}

function knownOf(attribute: Attribute | undefined, host: string): Known {
  const handle = attribute?.handle_id ?? '';
  const isWindows = handle !== '' && isWindowsHandle(handle);
  const cooling = attribute?.releasedAt === undefined ? 0 : COOLING;
  return {
    state: ALLOCATED | cooling | (isWindows ? WINDOWS_RESERVED : 0),
    handle: handle === '' || isWindows ? undefined : handleKey(handle),
    node: attribute?.secondary?.['node'] || host,
  };
}
