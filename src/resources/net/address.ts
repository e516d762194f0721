/** An IP address as a number. An IPv4-mapped IPv6 address is IPv4, as everywhere in Calico. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

export type Family = 4 | 6;

/** The number of bits of an address. */
export function addressBits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Reads what Go's net.ParseIP reads: no leading zeros in IPv4, IPv6 in any case, no zone. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) return addressOf(4, parseV4(text));
  const value = parseV6(text);
  return value !== undefined && value >> 32n === MAPPED ? addressOf(4, value & V4_MASK) : addressOf(6, value);
}

/** The upper 96 bits of an IPv4-mapped address, ::ffff:0:0/96. */
const MAPPED = 0xffffn;
const V4_MASK = 0xffffffffn;

function addressOf(family: Family, value: bigint | undefined): Address | undefined {
  return value === undefined ? undefined : { family, value };
}

function parseV4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet))) return undefined;
  if (octets.some((octet) => Number(octet) > 255)) return undefined;
  return octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

/** The 128 bits of an IPv6 text, mapped or not. Used where the textual family matters, as in prefix lengths. */
export function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [groupsOf(halves[0]!, halves.length === 1), groupsOf(halves[1] ?? '', true)];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<bigint>(missing).fill(0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** The 16-bit groups of one side of `::`; only at the very end may the last two be written as IPv4. */
function groupsOf(text: string, atEnd: boolean): readonly bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const last = parts.at(-1)!;
  const embedded = atEnd && last.includes('.') ? parseV4(last) : undefined;
  const plain = embedded === undefined ? parts : parts.slice(0, -1);
  if (!plain.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined;
  const groups = plain.map((part) => BigInt(`0x${part}`));
  return embedded === undefined ? groups : [...groups, embedded >> 16n, embedded & 0xffffn];
}

/** The address as Go prints it: dotted, or RFC 5952 (lower case, the longest run of zero groups as `::`). */
export function formatAddress(address: Address): string {
  return address.family === 4 ? formatV4(address.value) : formatV6(address.value);
}

function formatV4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}

function formatV6(value: bigint): string {
  if (value >> 32n === MAPPED) return `::ffff:${formatV4(value & V4_MASK)}`;
  const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  const hex = (part: readonly bigint[]) => part.map((group) => group.toString(16)).join(':');
  const { start, length } = longestZeros(groups);
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** The first of the longest runs of zero groups. */
function longestZeros(groups: readonly bigint[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0n) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}

/** Order of addresses: IPv4 before IPv6, then by number; usable as a sort function. */
export function compareAddresses(left: Address, right: Address): number {
  if (left.family !== right.family) return left.family - right.family;
  if (left.value === right.value) return 0;
  return left.value < right.value ? -1 : 1;
}

/** The address `offset` further on; undefined beyond the ends of the family's range. */
export function addressPlus(address: Address, offset: bigint): Address | undefined {
  const value = address.value + offset;
  if (value < 0n || value >> BigInt(addressBits(address.family)) !== 0n) return undefined;
  return { family: address.family, value };
}
