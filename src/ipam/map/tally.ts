import type { Pool } from '../../operations/ipam/pools.ts';
import { type AddressSet, addressSet } from '../../resources/net/addressset.ts';
import { type Cidr, formatCidr, networkOf, overlaps } from '../../resources/net/cidr.ts';
import { type BlockUsage, poolCounts } from '../usage/counts.ts';
import type { MapHead } from './data.ts';
import { numberedOwners, type Owners } from './owners.ts';
import type { BlockRow } from './row.ts';
import { type OwnerTally, ownerTable, poolTable, reservationTable, unreadableList } from './tables.ts';

/** What is counted while blocks pass by. */
export interface Tally {
  readonly owners: Owners;
  readonly reserved: AddressSet;
  /** Stored blocks that cannot be understood, and why. */
  readonly unreadable: string[];
  add(usage: BlockUsage, row: BlockRow): void;
  /** The page's tables, as HTML. */
  tables(head: MapHead): string;
}

export function emptyTally(pools: readonly Pool[], reservations: readonly Cidr[]): Tally {
  const owners = numberedOwners();
  const reserved = addressSet(reservations);
  const byPool = new Map<Pool | undefined, BlockUsage[]>([...pools, undefined].map((pool) => [pool, []]));
  const byOwner = new Map<number, OwnerTally>();
  const unreadable: string[] = [];
  return {
    ...{ owners, reserved, unreadable },
    add(usage, row) {
      byPool.get(pools.find(({ range }) => overlaps(range, usage.range)))!.push(usage);
      countOwners(byOwner, row);
    },
    tables(head) {
      const named = [...byOwner].map(([owner, tally]) => [owners.names[owner] ?? '(nobody)', tally] as const);
      const counted = pools.map((pool) => ({
        ...{ name: pool.name, cidr: formatCidr(networkOf(pool.range)), disabled: pool.disabled },
        blocks: byPool.get(pool)!.length,
        ...poolCounts(pool.range, byPool.get(pool)!, reservations),
      }));
      return [
        poolTable(counted, byPool.get(undefined)!),
        ownerTable(named),
        reservationTable(head.reservations),
        unreadableList(unreadable),
      ].join('');
    },
  };
}

function countOwners(byOwner: Map<number, OwnerTally>, { owner, states, borrowed }: BlockRow): void {
  const of = (number: number) => {
    const known = byOwner.get(number) ?? { blocks: 0, inUse: 0, borrowed: 0, resting: 0, free: 0 };
    byOwner.set(number, known);
    return known;
  };
  const own = of(owner);
  own.blocks++;
  for (const letter of states) {
    if (letter === '.') own.free++;
    else if (letter === 'c') own.resting++;
    else if (letter !== 'r' && letter !== 'w') own.inUse++;
  }
  for (let at = 1; at < borrowed.length; at += 2) {
    own.inUse--;
    const borrower = of(borrowed[at]!);
    borrower.inUse++;
    borrower.borrowed++;
  }
}
