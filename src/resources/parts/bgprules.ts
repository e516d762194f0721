import type { FieldPath } from '../../core/errors.ts';
import { networkMeant } from '../fixes.ts';
import type { Fault } from '../kind.ts';
import { firstAddress, formatCidr, networkOf, parseCidr } from '../net/cidr.ts';
import { COMMUNITY_SHAPE } from '../patterns.ts';

/** What is wrong with a CIDR that must be of one family (where one is named) and without host bits. */
export function* networkFaults(value: string | undefined, path: FieldPath, family?: 4 | 6): Iterable<Fault> {
  const cidr = parseCidr(value ?? '');
  if (cidr === undefined) return;
  if (family !== undefined && cidr.address.family !== family)
    yield { path, value, message: `is not an IPv${family} network, but the list is for IPv${family}` };
  else if (firstAddress(cidr).value !== cidr.address.value)
    yield {
      path,
      value,
      message: `has host bits: the CIDR of the network is ${formatCidr(networkOf(cidr))}`,
      ...networkMeant(cidr),
    };
}

/** What to say of numbers in the shape of a community that are too great. */
export function oversizedCommunity(value: string): string {
  const most = value.split(':').length === 2 ? '65535' : '4294967295';
  return `is not a BGP community: its numbers go up to ${most}`;
}

/** What to say of a text that is neither a community nor a known name. */
export function notCommunity(value: string): string {
  return new RegExp(COMMUNITY_SHAPE).test(value)
    ? oversizedCommunity(value)
    : 'is neither a BGP community such as "64512:100" nor the name of one in spec.communities';
}
