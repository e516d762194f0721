import { type Address, addressBits, formatAddress, parseAddress, parseV6 } from './address.ts';

/** An address with a prefix length; the address may have host bits set. */
export interface Cidr {
  readonly address: Address;
  readonly prefix: number;
}

/**
 * Reads what Go's net.ParseCIDR reads: an address, `/` and a decimal length, leading zeros of which are allowed.
 * An IPv4-mapped network is its IPv4 network, as Go prints it; one wider than the mapped range stays IPv6.
 */
export function parseCidr(text: string): Cidr | undefined {
  const [addressText = '', prefixText = '', ...more] = text.split('/');
  const address = parseAddress(addressText);
  if (!address || more.length > 0 || !/^\d+$/.test(prefixText)) return undefined;
  const prefix = Number(prefixText);
  const mapped = address.family === 4 && addressText.includes(':');
  if (prefix > (mapped ? 128 : addressBits(address.family))) return undefined;
  if (!mapped) return { address, prefix };
  if (prefix >= 96) return { address, prefix: prefix - 96 };
  return { address: { family: 6, value: parseV6(addressText)! }, prefix };
}

/** A CIDR, or a bare address as the network that holds it alone. */
export function parseCidrOrAddress(text: string): Cidr | undefined {
  if (text.includes('/')) return parseCidr(text);
  const address = parseAddress(text);
  return address && { address, prefix: addressBits(address.family) };
}

/** `address/prefix`, host bits as they are. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.address)}/${cidr.prefix}`;
}

/** How many bits number the addresses of the network. */
export function hostBits(cidr: Cidr): number {
  return addressBits(cidr.address.family) - cidr.prefix;
}

/** How many addresses the network has. */
export function cidrSize(cidr: Cidr): bigint {
  return 1n << BigInt(hostBits(cidr));
}

/** The network mask as an address, e.g. 255.255.255.0. */
export function maskOf(cidr: Cidr): Address {
  const { family } = cidr.address;
  const all = (1n << BigInt(addressBits(family))) - 1n;
  return { family, value: all ^ (cidrSize(cidr) - 1n) };
}

/** The network's first address, all host bits 0. */
export function firstAddress(cidr: Cidr): Address {
  const { family, value } = cidr.address;
  return { family, value: value & maskOf(cidr).value };
}

/** The network's last address, all host bits 1. */
export function lastAddress(cidr: Cidr): Address {
  const { family, value } = cidr.address;
  return { family, value: value | (cidrSize(cidr) - 1n) };
}

/** The network itself: the same prefix without host bits. */
export function networkOf(cidr: Cidr): Cidr {
  return { address: firstAddress(cidr), prefix: cidr.prefix };
}

/** True where no host bit is set. */
export function isStrictlyMasked(cidr: Cidr): boolean {
  return firstAddress(cidr).value === cidr.address.value;
}

/** True where the address is one of the network's. */
export function containsAddress(cidr: Cidr, address: Address): boolean {
  if (cidr.address.family !== address.family) return false;
  const shift = BigInt(hostBits(cidr));
  return cidr.address.value >> shift === address.value >> shift;
}

/** True where every address of `inner` is one of `outer`'s. */
export function containsCidr(outer: Cidr, inner: Cidr): boolean {
  return outer.prefix <= inner.prefix && containsAddress(outer, inner.address);
}

/** True where the two networks share an address: of networks, one then contains the other. */
export function overlaps(left: Cidr, right: Cidr): boolean {
  return containsCidr(left, right) || containsCidr(right, left);
}
