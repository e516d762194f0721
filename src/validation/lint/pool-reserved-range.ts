import { type Cidr, overlaps, parseCidr } from '../../resources/net/cidr.ts';
import { rangeGivenOut } from '../matching/pools.ts';
import type { LintRule } from '../rule.ts';

const RANGES = [
  ['0.0.0.0/8', 'which stands for no host ("this network")'],
  ['127.0.0.0/8', 'the loopback range'],
  ['224.0.0.0/4', 'the multicast range'],
  ['192.0.2.0/24', 'a range for documentation'],
  ['198.51.100.0/24', 'a range for documentation'],
  ['203.0.113.0/24', 'a range for documentation'],
  ['::1/128', 'the loopback address'],
  ['ff00::/8', 'the multicast range'],
  ['2001:db8::/32', 'the range for documentation'],
] as const;

let parsed: readonly { readonly text: string; readonly use: string; readonly range: Cidr }[] | undefined;

/** Parsed for the first pool: most runs of validate see none. */
function reserved() {
  parsed ??= RANGES.map(([text, use]) => ({ text, use, range: parseCidr(text)! }));
  return parsed;
}

const rule: LintRule = {
  id: 'CAL2008',
  doc: 'IP pools keep out of ranges that have another use.',
  why: 'Addresses of loopback and multicast do not reach workloads, and what is for documentation is not routed and is often filtered.',
  wrong: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: main}
spec:
  cidr: 224.10.0.0/16
`,
  right: `apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: main}
spec:
  cidr: 10.244.0.0/16
`,
  kinds: ['IPPool'],
  *check(resource) {
    const pool = rangeGivenOut(resource);
    if (pool === undefined) return;
    for (const { text, use, range } of reserved())
      if (overlaps(pool.range, range)) {
        yield { path: ['spec', 'cidr'], value: pool.text, message: `overlaps ${text}, ${use}` };
        return;
      }
  },
};

export default rule;
