import type { Fault, UpdateRule } from '../kind.ts';
import { type Cidr, formatCidr, networkOf, parseCidr } from '../net/cidr.ts';
import { DEFAULT_BLOCK_SIZE } from './poolrules.ts';

/** What of an IP pool stays as it was made: addresses have been given out by it. */

interface PoolSpec {
  readonly cidr?: string;
  readonly blockSize?: number;
  readonly allowedUses?: readonly string[];
}

/** Another spelling of the same range is no change. */
function sameRange(a: Cidr, b: Cidr): boolean {
  return formatCidr(networkOf(a)) === formatCidr(networkOf(b));
}

function keepsRange(spec: PoolSpec, stored: PoolSpec): boolean {
  const [range, old] = [parseCidr(spec.cidr ?? ''), parseCidr(stored.cidr ?? '')];
  return range !== undefined && old !== undefined && sameRange(range, old);
}

function blockSizeOf({ cidr, blockSize }: PoolSpec): number | undefined {
  const range = parseCidr(cidr ?? '');
  return range && (blockSize || DEFAULT_BLOCK_SIZE[range.address.family]);
}

const LOAD_BALANCER = 'LoadBalancer';

function usesOf({ allowedUses }: PoolSpec): readonly string[] {
  return allowedUses ?? ['Workload', 'Tunnel'];
}

function updateRule(
  id: string,
  doc: string,
  faultOf: (spec: PoolSpec, stored: PoolSpec) => Fault | undefined,
): UpdateRule<PoolSpec> {
  return {
    id,
    doc,
    *check({ spec }, { spec: stored }) {
      const fault = faultOf(spec, stored);
      if (fault !== undefined) yield fault;
    },
  };
}

export const poolUpdateRules: readonly UpdateRule<PoolSpec>[] = [
  updateRule('CAL1020', 'The CIDR of a pool is never changed.', (spec, stored) => {
    if (keepsRange(spec, stored)) return undefined;
    const message = `cannot be changed: the pool has ${stored.cidr}; create another pool for another range`;
    return { path: ['spec', 'cidr'], value: spec.cidr, message };
  }),
  updateRule('CAL1021', 'The block size of a pool is never changed.', (spec, stored) => {
    const [size, old] = [blockSizeOf(spec), blockSizeOf(stored)];
    // With another range other blocks would be expected: of that change the rule before this one tells.
    if (!keepsRange(spec, stored) || size === old) return undefined;
    const message = `cannot be changed: spec.blockSize of the pool is ${old}, and its blocks are cut to that; not ${size}`;
    return { path: ['spec', 'blockSize'], value: size, message };
  }),
  updateRule('CAL1022', 'A pool for load balancers gets no other use.', (spec, stored) => {
    const other = usesOf(spec).find((use) => use !== LOAD_BALANCER);
    if (!usesOf(stored).includes(LOAD_BALANCER) || other === undefined) return undefined;
    const message = `cannot become ${other}: a pool for load balancers takes no other use`;
    return { path: ['spec', 'allowedUses'], value: spec.allowedUses, message };
  }),
];
