import { formatAddress } from '../../resources/net/address.ts';
import { parseCidrOrAddress } from '../../resources/net/cidr.ts';
import type { BlockTable } from './block-table.ts';
import { formatV4Number, plainV4 } from './plain-address.ts';
import { ALLOCATED, IN_USE, type SurveyedBlock, type Use } from './survey.ts';

/** Notes who uses which address, in the states of blocks. */
export interface UseLedger {
  /** Someone uses the address at the beginning of `text`. Returns its normal form; undefined where there is none. */
  note(text: string, owner: () => string): (() => string) | undefined;
  /** Uses of addresses that no block has allocated. */
  readonly unallocated: Use[];
  /** Addresses that were noted more than once. */
  readonly repeated: ReadonlySet<string>;
  /** Different addresses noted. */
  readonly addresses: number;
  /** Who uses an address; only where owners are kept. */
  ownersOf(address: string): readonly string[];
}

/** In normal form; undefined for what is no address. */
export function addressText(text: string): string | undefined {
  const number = plainV4(text);
  if (number >= 0) return formatV4Number(number);
  const parsed = parseCidrOrAddress(text);
  return parsed && formatAddress(parsed.address);
}

/** An empty ledger. `keepOwners` takes memory for every address in use. */
export function useLedger(blocks: BlockTable, keepOwners: boolean): UseLedger {
  const unallocated: Use[] = [];
  const repeated = new Set<string>();
  const elsewhere = new Set<string>();
  const owners = new Map<string, string | string[]>();
  let addresses = 0;
  let [had, allocated, found] = [false, false, false];
  const see = ({ states }: SurveyedBlock, ordinal: number) => {
    const state = states[ordinal]!;
    states[ordinal] = state | IN_USE;
    found = true;
    had ||= (state & IN_USE) !== 0;
    allocated ||= (state & ALLOCATED) !== 0;
  };
  const record = (address: () => string, owner: () => string) => {
    if (!found) {
      had = elsewhere.has(address());
      elsewhere.add(address());
    }
    if (had) repeated.add(address());
    else addresses++;
    if (!allocated) unallocated.push({ address: address(), owner: owner() });
    if (keepOwners) keep(owners, address(), owner());
    return address;
  };
  return {
    unallocated,
    repeated,
    get addresses() {
      return addresses;
    },
    ownersOf: (address) => [owners.get(address) ?? []].flat(),
    note(text, owner) {
      [had, allocated, found] = [false, false, false];
      const number = plainV4(text);
      if (number >= 0) {
        blocks.eachV4(number, see);
        return record(() => formatV4Number(number), owner);
      }
      const parsed = parseCidrOrAddress(text);
      if (parsed === undefined) return undefined;
      blocks.each(parsed.address, see);
      return record(() => formatAddress(parsed.address), owner);
    },
  };
}

function keep(owners: Map<string, string | string[]>, address: string, owner: string): void {
  const known = owners.get(address);
  owners.set(address, known === undefined ? owner : [known, owner].flat());
}
