import type { Fix } from '../core/errors.ts';
import { addressBits, parseAddress } from './net/address.ts';
import { type Cidr, formatCidr, networkOf } from './net/cidr.ts';

/**
 * What was certainly meant by a value at fault, in the form of a part of a fault; empty where that is not certain.
 * `validate --fix` writes it without asking, so a guess has no place here.
 */
export type Meant = { readonly fix?: Fix };

const UNCERTAIN: Meant = {};

/** The one word that differs in letter case only. */
export function wordMeant(value: unknown, words: readonly unknown[]): Meant {
  if (typeof value !== 'string') return UNCERTAIN;
  const wanted = value.toLowerCase();
  const found = words.filter((word) => typeof word === 'string' && word.toLowerCase() === wanted);
  return found.length === 1 ? { fix: { value: found[0] as string } } : UNCERTAIN;
}

/** The network of a CIDR that has host bits. A part of the network before `/0` says that not every address is meant. */
export function networkMeant(cidr: Cidr): Meant {
  return cidr.prefix === 0 ? UNCERTAIN : { fix: { value: formatCidr(networkOf(cidr)) } };
}

/** The network of one address. An address that ends in zeros may as well lack the length of a larger network. */
export function hostMeant(text: string): Meant {
  const address = parseAddress(text);
  if (address === undefined || (address.family === 4 && text.includes(':'))) return UNCERTAIN;
  const end = address.family === 4 ? 0xffn : 0xffffn;
  if ((address.value & end) === 0n) return UNCERTAIN;
  return { fix: { value: formatCidr({ address, prefix: addressBits(address.family) }) } };
}

/** A range of ports that is written with a dash. */
export function portRangeMeant(text: string): Meant {
  const [, first, last] = /^([1-9]\d{0,4})-([1-9]\d{0,4})$/.exec(text) ?? [];
  if (first === undefined || Number(first) > Number(last) || Number(last) > 65535) return UNCERTAIN;
  return { fix: { value: `${first}:${last}` } };
}

/** The number that stands in quotation marks. */
export function numberMeant(value: unknown): Meant {
  const isNumber = typeof value === 'string' && /^(0|-?[1-9]\d{0,14})$/.test(value);
  return isNumber ? { fix: { value: Number(value) } } : UNCERTAIN;
}
