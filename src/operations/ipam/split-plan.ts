import { CalicoctlError } from '../../core/errors.ts';
import type { Resource } from '../../resources/kind.ts';
import { addressBits, addressPlus } from '../../resources/net/address.ts';
import { type Cidr, cidrSize, containsCidr, firstAddress, formatCidr } from '../../resources/net/cidr.ts';
import { type Pool, poolOf } from './pools.ts';

/** A pool as one of the parts of another. */
export interface Part {
  readonly name: string;
  readonly range: Cidr;
}

const MOST_PARTS = 1 << 16;

/** The parts of a pool, in the order of their addresses. Throws `input` for a number into which it cannot be split. */
export function partsOf(pool: Pool, count: number): readonly Part[] {
  const refuse = (why: string, hint: string) =>
    new CalicoctlError(
      'input',
      `error splitting the CIDR ${formatCidr(pool.range)} into ${count} CIDRs: ${why}`,
      { resource: `IPPool(${pool.name})`, hint },
    );
  const bits = Math.log2(count);
  if (!Number.isSafeInteger(count) || count < 2 || !Number.isInteger(bits))
    throw refuse(`number to split CIDR into is not a valid power of 2: ${count}`, 'Use 2, 4, 8 and so on.');
  const prefix = pool.range.prefix + bits;
  if (prefix > addressBits(pool.range.address.family))
    throw refuse(
      `the CIDR ${formatCidr(pool.range)} is not large enough to be split into ${count} parts`,
      largest(pool),
    );
  if (prefix > pool.blockSize)
    throw refuse(`its parts would be smaller than its blocks, which are /${pool.blockSize}`, largest(pool));
  if (count > MOST_PARTS) throw refuse('so many pools would be too many for every component', largest(pool));
  const base = firstAddress(pool.range);
  const size = cidrSize({ address: base, prefix });
  return Array.from({ length: count }, (_, index) => ({
    name: partName(pool.name, index),
    range: { address: addressPlus(base, BigInt(index) * size)!, prefix },
  }));
}

function largest({ blockSize, range }: Pool): string {
  const most = Math.min(2 ** (blockSize - range.prefix), MOST_PARTS);
  return most < 2 ? 'A pool of one block cannot be split.' : `It can be split into ${most} parts at most.`;
}

/** Longest name of an object. */
const LONGEST = 253;

/** The pool's name is cut where it has to be, to 245 characters as other programs do, or further. */
function partName(pool: string, index: number): string {
  const whole = `split-${pool}-${index}`;
  if (whole.length <= LONGEST) return whole;
  const room = LONGEST - `split--${index}`.length;
  return `split-${pool.slice(0, Math.min(245, room))}-${index}`;
}

/**
 * Which parts are there already, from a split that broke off. Throws `already-exists` where the name of one is taken by
 * another pool.
 */
export function presentParts(
  pool: Pool,
  parts: readonly Part[],
  stored: ReadonlyMap<string, Resource>,
): ReadonlySet<string> {
  const present = new Set<string>();
  for (const { name, range } of parts) {
    const other = stored.get(name);
    if (other === undefined) continue;
    const found = poolOf(other);
    if (
      found === undefined ||
      formatCidr(found.range) !== formatCidr(range) ||
      found.blockSize !== pool.blockSize
    )
      throw nameTaken(pool, name, range, found);
    present.add(name);
  }
  return present;
}

function nameTaken(pool: Pool, name: string, range: Cidr, found: Pool | undefined): CalicoctlError {
  const isPart =
    found !== undefined && found.blockSize === pool.blockSize && containsCidr(pool.range, found.range);
  const count = isPart ? 2 ** (found.range.prefix - pool.range.prefix) : 1;
  return new CalicoctlError(
    'already-exists',
    `error using unsafe create to make split pool with cidr ${formatCidr(range)}: resource already exists: IPPool(${name})${found === undefined ? '' : ` with CIDR ${formatCidr(found.range)}`}`,
    {
      resource: `IPPool(${name})`,
      hint:
        count > 1
          ? `Nothing was changed. A split of ${pool.name} into ${count} seems to have broken off: repeat that one.`
          : `Nothing was changed. IPPool(${pool.name}) can be split once that pool has gone.`,
    },
  );
}
