import { type Address, addressBits } from '../../resources/net/address.ts';
import { firstAddress } from '../../resources/net/cidr.ts';
import type { BlockIndex, SurveyedBlock } from './survey.ts';

/** Blocks found by name and by address: for each family and prefix length a map of first addresses. */
export interface BlockTable extends BlockIndex {
  add(block: SurveyedBlock): void;
  /** Calls `see` for every block that has the address, with the address's place in it. */
  eachV4(address: number, see: (block: SurveyedBlock, ordinal: number) => void): void;
  each(address: Address, see: (block: SurveyedBlock, ordinal: number) => void): void;
}

/** Blocks of one family and size. First addresses are numbers for IPv4. */
interface Size<Base> {
  readonly prefix: number;
  readonly first: Map<Base, SurveyedBlock>;
}

/** An empty table. */
export function blockTable(): BlockTable {
  const named = new Map<string, SurveyedBlock>();
  const v4: Size<number>[] = [];
  const v6: Size<bigint>[] = [];
  const eachV4: BlockTable['eachV4'] = (address, see) => {
    for (const { prefix, first } of v4) {
      const base = prefix === 0 ? 0 : (address & (-1 << (32 - prefix))) >>> 0;
      const block = first.get(base);
      if (block !== undefined) see(block, address - base);
    }
  };
  const each: BlockTable['each'] = ({ family, value }, see) => {
    if (family === 4) return eachV4(Number(value), see);
    for (const { prefix, first } of v6) {
      const shift = BigInt(addressBits(6) - prefix);
      const base = (value >> shift) << shift;
      const block = first.get(base);
      if (block !== undefined) see(block, Number(value - base));
    }
  };
  return {
    add(block) {
      named.set(block.name, block);
      const { family, value } = firstAddress(block.range);
      if (family === 4) sized(v4, block.range.prefix).set(Number(value), block);
      else sized(v6, block.range.prefix).set(value, block);
    },
    eachV4,
    each,
    get size() {
      return named.size;
    },
    named: (name) => named.get(name),
    having(address) {
      const found: SurveyedBlock[] = [];
      each(address, (block) => found.push(block));
      return found;
    },
    [Symbol.iterator]: () => named.values(),
  };
}

function sized<Base>(sizes: Size<Base>[], prefix: number): Map<Base, SurveyedBlock> {
  let size = sizes.find((known) => known.prefix === prefix);
  if (size === undefined) {
    size = { prefix, first: new Map() };
    sizes.push(size);
  }
  return size.first;
}
