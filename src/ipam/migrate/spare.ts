import { addressPlus } from '../../resources/net/address.ts';
import {
  type Cidr,
  cidrSize,
  containsCidr,
  firstAddress,
  networkOf,
  overlaps,
  parseCidr,
} from '../../resources/net/cidr.ts';

/** Ranges that anybody may use for themselves, the roomiest first. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8'].map((text) => parseCidr(text)!);

const TRIES = 4096n;

/**
 * A private range as large as this one that overlaps none of those taken: the nearest behind it where it is private
 * itself. Undefined where there is none. Only what Calico knows is looked at.
 */
export function spareRange(like: Cidr, taken: readonly Cidr[]): Cidr | undefined {
  const range = networkOf(like);
  const homes = PRIVATE.filter((home) => home.address.family === range.address.family);
  const own = homes.filter((home) => containsCidr(home, range));
  for (const home of new Set([...own, ...homes])) {
    if (home.prefix > range.prefix) continue;
    const size = cidrSize(range);
    const count = cidrSize(home) / size;
    const start = containsCidr(home, range) ? (range.address.value - home.address.value) / size : 0n;
    for (let step = 0n; step < count && step < TRIES; step++) {
      const address = addressPlus(firstAddress(home), ((start + step) % count) * size)!;
      const candidate = { address, prefix: range.prefix };
      if (!taken.some((each) => overlaps(each, candidate))) return candidate;
    }
  }
  return undefined;
}
