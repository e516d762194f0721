import { type Cidr, containsCidr, networkOf, overlaps } from '../../resources/net/cidr.ts';

/** A network as messages tell of it: whose it is, and how it is written. */
export interface Named {
  readonly name: string;
  readonly text: string;
}

interface Entry<T> {
  readonly value: T;
  /** A network of this very length; else one that lies within. */
  readonly whole: boolean;
}

/**
 * Networks, among which those that overlap another are found in a time that grows with the number of different prefix
 * lengths, not of networks: of two that overlap one contains the other, so that the shorter begins the longer.
 */
export class Networks<T> {
  readonly #known: { readonly network: Cidr; readonly value: T }[] = [];
  /** For each family and prefix length in use, every known network cut to that length. */
  readonly #byLength = new Map<string, Map<bigint, Entry<T>>>();

  /** The value of a network that overlaps this one. */
  find(cidr: Cidr): T | undefined {
    return this.around(cidr) ?? this.within(cidr);
  }

  /** The value of a network that this one is in, or that is the same. */
  around(cidr: Cidr): T | undefined {
    const { family } = cidr.address;
    for (let length = 0; length <= cidr.prefix; length++) {
      const entry = this.#byLength.get(`${family}/${length}`)?.get(cut(cidr, length));
      if (entry?.whole) return entry.value;
    }
    return undefined;
  }

  /** The value of a network in this one, or that is the same. */
  within(cidr: Cidr): T | undefined {
    return this.#cutTo(cidr.address.family, cidr.prefix).get(cut(cidr, cidr.prefix))?.value;
  }

  add(cidr: Cidr, value: T): void {
    const network = networkOf(cidr);
    const { family } = network.address;
    this.#cutTo(family, network.prefix);
    this.#known.push({ network, value });
    for (const [key, map] of this.#byLength) {
      const length = Number(key.slice(2));
      if (key.startsWith(`${family}/`) && length <= network.prefix) enter(map, network, length, value);
    }
  }

  #cutTo(family: number, length: number): Map<bigint, Entry<T>> {
    const key = `${family}/${length}`;
    let map = this.#byLength.get(key);
    if (map === undefined) {
      map = new Map();
      for (const { network, value } of this.#known)
        if (network.address.family === family && network.prefix >= length) enter(map, network, length, value);
      this.#byLength.set(key, map);
    }
    return map;
  }
}

function enter<T>(map: Map<bigint, Entry<T>>, network: Cidr, length: number, value: T): void {
  const key = cut(network, length);
  const known = map.get(key);
  const whole = network.prefix === length;
  if (known === undefined || (whole && !known.whole)) map.set(key, { value, whole });
}

function cut({ address: { family, value } }: Cidr, length: number): bigint {
  return value >> BigInt((family === 4 ? 32 : 128) - length);
}

/** So many pairs are compared sooner than looked up. */
const FEW_PAIRS = 2000;

/** Every one of them is in one of the others. */
export function allWithin(nets: readonly Cidr[], outers: readonly Cidr[]): boolean {
  if (nets.length * outers.length <= FEW_PAIRS)
    return nets.every((net) => outers.some((outer) => containsCidr(outer, net)));
  const known = networksOf(outers);
  return nets.every((net) => known.around(net) !== undefined);
}

/** None of them overlaps one of the others. */
export function allApart(nets: readonly Cidr[], others: readonly Cidr[]): boolean {
  if (nets.length * others.length <= FEW_PAIRS)
    return !nets.some((net) => others.some((other) => overlaps(net, other)));
  const known = networksOf(others);
  return nets.every((net) => known.find(net) === undefined);
}

function networksOf(nets: readonly Cidr[]): Networks<true> {
  const known = new Networks<true>();
  for (const net of nets) known.add(net, true);
  return known;
}
