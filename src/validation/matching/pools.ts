import type { Resource } from '../../resources/kind.ts';
import { type Cidr, parseCidr } from '../../resources/net/cidr.ts';

/**
 * The range of a pool that gives addresses out. A disabled one gives out nothing: it may stand for a range that is not
 * to be hidden behind nodes.
 */
export function rangeGivenOut({
  spec,
}: Resource): { readonly text: string; readonly range: Cidr } | undefined {
  const text = String(spec['cidr'] ?? '');
  const range = spec['disabled'] === true ? undefined : parseCidr(text);
  return range && { text, range };
}
