import type { FieldPath } from '../../../core/errors.ts';
import { hostMeant, networkMeant } from '../../fixes.ts';
import type { Fault, Rule } from '../../kind.ts';
import { addressBits, parseAddress } from '../../net/address.ts';
import { type Cidr, formatCidr, isStrictlyMasked, networkOf, parseCidr } from '../../net/cidr.ts';
import type { RuleValue } from './rule.ts';
import { forEachRule, type RuleAt, type WithRules } from './visit.ts';

/**
 * What holds for the networks of rules. The format `net` takes single addresses too, but no rule may hold one; so the
 * lists have no format, and the first rule here says all that is wrong with a text.
 */

interface Net {
  readonly text: string;
  /** Absent where the text is no CIDR. */
  readonly cidr: Cidr | undefined;
  readonly side: 'source' | 'destination';
  readonly field: 'nets' | 'notNets';
  readonly index: number;
}

/** Parsed once for all the rules that look at them. */
const netsOfRules = new WeakMap<RuleValue, readonly Net[]>();

/** The networks of both ends, in the order in which the reference looks at them. */
function netsOf(rule: RuleValue): readonly Net[] {
  let nets = netsOfRules.get(rule);
  if (nets === undefined) {
    nets = (['source', 'destination'] as const).flatMap((side) =>
      (['nets', 'notNets'] as const).flatMap((field) =>
        (rule[side]?.[field] ?? []).map((text, index) => ({
          text,
          cidr: parseCidr(text),
          side,
          field,
          index,
        })),
      ),
    );
    netsOfRules.set(rule, nets);
  }
  return nets;
}

function faultAt(at: RuleAt, { side, field, index, text }: Net, message: string): Fault {
  const path: FieldPath = [...at.path, side, field, index];
  return { path, value: text, message };
}

function version({ address }: Cidr): string {
  return `IPv${address.family}`;
}

function textFault({ text, cidr }: Net): string | undefined {
  if (cidr !== undefined)
    return isStrictlyMasked(cidr)
      ? undefined
      : `has host bits: the network is ${formatCidr(networkOf(cidr))}`;
  const address = parseAddress(text);
  if (address === undefined) return 'is not a CIDR such as "10.0.0.0/16" or "fd00::/64"';
  return `is an address where a CIDR is needed: write ${formatCidr({ address, prefix: addressBits(address.family) })}`;
}

export const netRules: readonly Rule<WithRules>[] = [
  forEachRule(
    'CAL1111',
    'Networks of rules are CIDRs without host bits, single addresses written with /32 or /128.',
    function* (at) {
      for (const net of netsOf(at.rule)) {
        const message = textFault(net);
        if (message === undefined) continue;
        const meant = net.cidr === undefined ? hostMeant(net.text) : networkMeant(net.cidr);
        yield { ...faultAt(at, net, message), ...meant };
      }
    },
  ),
  forEachRule('CAL1112', 'All networks of a rule are of one IP version.', function* (at) {
    const nets = netsOf(at.rule);
    const first = nets.find(({ cidr }) => cidr !== undefined);
    const family = first?.cidr?.address.family;
    const other = nets.find(({ cidr }) => cidr !== undefined && cidr.address.family !== family);
    if (first?.cidr === undefined || other?.cidr === undefined) return;
    const contrast = `is ${version(other.cidr)}, but ${first.text} of the same rule is ${version(first.cidr)}`;
    yield faultAt(at, other, `${contrast}: split the rule into one for IPv4 and one for IPv6`);
  }),
  forEachRule('CAL1113', 'Networks of a rule are of the IP version that the rule names.', function* (at) {
    const { ipVersion } = at.rule;
    if (ipVersion === undefined) return;
    for (const net of netsOf(at.rule))
      if (net.cidr !== undefined && net.cidr.address.family !== ipVersion) {
        const found = `is ${version(net.cidr)}, which does not match the IP version of the rule`;
        yield faultAt(at, net, `${found}: ipVersion is ${ipVersion}`);
      }
  }),
  forEachRule('CAL1114', 'A rule does not exclude every address there is.', function* (at) {
    for (const net of netsOf(at.rule))
      if (net.field === 'notNets' && net.cidr?.prefix === 0)
        yield faultAt(at, net, 'cannot be excluded: it is every address, so the rule would match nothing');
  }),
];
