import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { cooldownSeconds } from '../../operations/ipam/config.ts';
import { handleRef } from '../../operations/ipam/objects.ts';
import { allPools, type Pool } from '../../operations/ipam/pools.ts';
import { type Address, formatAddress } from '../../resources/net/address.ts';
import { containsAddress, formatCidr, networkOf } from '../../resources/net/cidr.ts';
import { readReservations } from '../survey/settings.ts';
import type { Reservation } from '../survey/survey.ts';
import type { AddressReport, PoolPlace } from './report.ts';
import { sightingsOf } from './sighting.ts';
import { OWN_FIELDS, usersOf } from './users.ts';
import { reasons } from './why.ts';

/** What is the same for all addresses of one question. */
export interface Surroundings {
  readonly pools: readonly Pool[];
  readonly reservations: readonly Reservation[];
  readonly cooldown: number;
}

export async function readSurroundings(store: Datastore): Promise<Surroundings> {
  const [pools, reservations, cooldown] = await Promise.all([
    allPools(store),
    readReservations(store),
    cooldownSeconds(store),
  ]);
  return { pools, reservations, cooldown };
}

/** All that is known of an address, whether its pool is there or not. */
export async function lookUp(
  store: Datastore,
  address: Address,
  surroundings: Surroundings,
): Promise<AddressReport> {
  const blocks = await sightingsOf(store, address);
  const taken = blocks.find(({ state }) => state === 'allocated');
  const handle = taken?.handle;
  const [{ users, unseen }, found] = await Promise.all([
    usersOf(store, address, blocks),
    handle === undefined ? undefined : handleRef(handle).then((ref) => unlessNotFound(store.get(ref))),
  ]);
  const facts = {
    address: formatAddress(address),
    ...{ blocks, users, unseen },
    pools: placesOf(address, surroundings.pools),
    reservations: surroundings.reservations
      .filter(({ range }) => containsAddress(range, address))
      .map(({ name, range }) => ({ name, cidr: formatCidr(range) })),
    ...(handle === undefined ? {} : { handleExists: found !== undefined }),
  };
  const state = stateOf(facts);
  const report = { ...facts, state, why: [] };
  return { ...report, why: reasons(report, surroundings.cooldown) };
}

/** The first enabled pool is the one that gives the address out. */
function placesOf(address: Address, pools: readonly Pool[]): readonly PoolPlace[] {
  return pools
    .filter(({ range }) => containsAddress(range, address))
    .sort((a, b) => Number(a.disabled) - Number(b.disabled))
    .map(({ name, range, blockSize, disabled }) => ({
      ...{ name, cidr: formatCidr(networkOf(range)), blockSize, disabled },
    }));
}

type Facts = Pick<AddressReport, 'blocks' | 'users' | 'unseen' | 'reservations' | 'pools'>;

function stateOf({ blocks, users, unseen, reservations, pools }: Facts): AddressReport['state'] {
  const states = new Set(blocks.map(({ state }) => state));
  if (states.has('allocated')) {
    if (users.length > 0) return 'in use';
    return unseen.length > 0 ? 'allocated' : 'allocated, but nothing uses it';
  }
  const isNodes = users.length > 0 && users.every(({ field }) => OWN_FIELDS.has(field));
  if (isNodes && blocks.length === 0) return 'address of a node';
  if (users.length > 0) return 'in use, but not allocated';
  if (states.has('reserved for Windows')) return 'reserved for Windows';
  if (states.has('resting')) return 'resting';
  if (reservations.length > 0) return 'reserved';
  return pools.length > 0 || blocks.length > 0 ? 'free' : 'unknown';
}
