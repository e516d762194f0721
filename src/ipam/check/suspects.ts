import { blockRange, poolWith } from '../../operations/ipam/pools.ts';
import { parseAddress } from '../../resources/net/address.ts';
import { formatCidr } from '../../resources/net/cidr.ts';
import { ALLOCATED, COOLING, IN_USE, type Survey } from '../survey/survey.ts';

/** More blocks than that are read as a list. */
const MOST_BY_NAME = 64;

/**
 * Which blocks have to be read again to be sure of what seems to be wrong, by name; `'all'` where they are many, or where
 * nobody knows which.
 */
export function suspectBlocks(survey: Survey): ReadonlySet<string> | 'all' {
  if (survey.handles.missing > 0) return 'all';
  const names = new Set<string>();
  for (const name of namesOf(survey)) if (names.add(name).size > MOST_BY_NAME) return 'all';
  return names;
}

function* namesOf({ blocks, handles, unallocated, pools }: Survey): Generator<string> {
  for (const { name, states } of blocks) if (hasSuspect(states)) yield name;
  for (const { blocks: counted } of handles.leaked) yield* Object.keys(counted);
  for (const { address: text } of unallocated) {
    const address = parseAddress(text);
    if (address === undefined) continue;
    for (const { name } of blocks.having(address)) yield name;
    const pool = poolWith(address, pools);
    if (pool !== undefined) yield formatCidr(blockRange(address, pool));
  }
}

/** Whether an address is taken, in use by nobody and not resting. */
export function isSuspect(state: number): boolean {
  return (state & (ALLOCATED | IN_USE | COOLING)) === ALLOCATED;
}

function hasSuspect(states: Uint8Array): boolean {
  for (let ordinal = 0; ordinal < states.length; ordinal++) if (isSuspect(states[ordinal]!)) return true;
  return false;
}
