import { networkMeant } from '../fixes.ts';
import type { Fault, Rule } from '../kind.ts';
import { type Cidr, firstAddress, formatCidr, networkOf, overlaps, parseCidr } from '../net/cidr.ts';

/** Rules of IP pools that need nothing but the pool. */

interface PoolSpec {
  readonly cidr?: string;
  readonly vxlanMode?: string;
  readonly ipipMode?: string;
  readonly disabled?: boolean;
  readonly disableBGPExport?: boolean;
  readonly blockSize?: number;
  readonly nodeSelector?: string;
  readonly namespaceSelector?: string;
  readonly allowedUses?: readonly string[];
}

/** Prefix length of blocks where a pool does not say, by address family. */
export const DEFAULT_BLOCK_SIZE = { 4: 26, 6: 122 } as const;

/** Least and greatest prefix length of blocks, by address family. */
const BLOCK_SIZES = { 4: [20, 32], 6: [116, 128] } as const;

const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'].map((text) => parseCidr(text)!);

/** A rule about the CIDR, not asked where there is none that can be read: the schema says that already. */
function cidrRule(
  id: string,
  doc: string,
  check: (cidr: Cidr, spec: PoolSpec) => (Omit<Fault, 'path'> & { readonly field?: string }) | undefined,
): Rule<PoolSpec> {
  return {
    id,
    doc,
    *check({ spec }) {
      const cidr = parseCidr(spec.cidr ?? '');
      const found = cidr && check(cidr, spec);
      if (!found) return;
      const { field = 'cidr', ...fault } = found;
      yield { path: ['spec', field], ...fault };
    },
  };
}

function rule(
  id: string,
  doc: string,
  check: (spec: PoolSpec) => (Omit<Fault, 'path'> & { readonly field: string })[],
): Rule<PoolSpec> {
  return {
    id,
    doc,
    check: ({ spec }) => check(spec).map(({ field, ...fault }) => ({ path: ['spec', field], ...fault })),
  };
}

function uses(spec: PoolSpec, use: string): boolean {
  return spec.allowedUses?.includes(use) ?? false;
}

function isOn(mode: string | undefined): boolean {
  return mode !== undefined && mode !== '' && mode !== 'Never';
}

const WRAPPINGS = [
  { field: 'ipipMode', name: 'IPIP' },
  { field: 'vxlanMode', name: 'VXLAN' },
] as const;

export const poolRules: readonly Rule<PoolSpec>[] = [
  cidrRule('CAL1000', 'The CIDR has no host bits.', (cidr, { cidr: value }) =>
    firstAddress(cidr).value === cidr.address.value
      ? undefined
      : {
          value,
          message: `has host bits, so it is not strictly masked: the CIDR of the network is ${formatCidr(networkOf(cidr))}`,
          ...networkMeant(cidr),
        },
  ),
  cidrRule('CAL1001', 'The CIDR is not IPv4 written as IPv6.', (cidr, { cidr: value }) =>
    value?.includes(':') && (cidr.address.family === 4 || cidr.address.value >> 32n === 0xffffn)
      ? {
          value,
          message: 'is IPv4 written as IPv6: give the IPv4 CIDR',
          ...(cidr.address.family === 4 && networkMeant(cidr)),
        }
      : undefined,
  ),
  cidrRule('CAL1002', 'The CIDR has no link-local addresses.', (cidr, { cidr: value }) => {
    const range = LINK_LOCAL.find((known) => overlaps(known, cidr));
    return (
      range && {
        value,
        message: `overlaps the link-local addresses ${formatCidr(range)}, which are not routed`,
      }
    );
  }),
  rule('CAL1003', 'A pool uses IP-in-IP or VXLAN, not both.', ({ ipipMode, vxlanMode }) =>
    isOn(ipipMode) && isOn(vxlanMode)
      ? [
          {
            field: 'vxlanMode',
            value: vxlanMode,
            message: `cannot be on while ipipMode is ${ipipMode}: set one to Never`,
          },
        ]
      : [],
  ),
  cidrRule('CAL1004', 'Only IPv4 pools use IP-in-IP.', (cidr, { ipipMode }) =>
    cidr.address.family === 6 && isOn(ipipMode)
      ? {
          field: 'ipipMode',
          value: ipipMode,
          message: 'cannot be on for an IPv6 pool: IP-in-IP carries IPv4 only; use vxlanMode',
        }
      : undefined,
  ),
  cidrRule(
    'CAL1005',
    'The block size is 20 to 32 for IPv4 and 116 to 128 for IPv6.',
    (cidr, { blockSize }) => {
      const [least, greatest] = BLOCK_SIZES[cidr.address.family];
      return blockSize && (blockSize < least || blockSize > greatest)
        ? {
            field: 'blockSize',
            value: blockSize,
            message: `is not in the range ${least} to ${greatest} for IPv${cidr.address.family} pools`,
          }
        : undefined;
    },
  ),
  cidrRule('CAL1006', 'A pool that is not disabled has room for a block.', (cidr, spec) => {
    const { family } = cidr.address;
    const blockSize = spec.blockSize || DEFAULT_BLOCK_SIZE[family];
    // Of a block size that no pool may have, the rule before this one tells what to do.
    return !spec.disabled && blockSize >= BLOCK_SIZES[family][0] && cidr.prefix > blockSize
      ? {
          value: spec.cidr,
          message: `is too small for its block size, /${blockSize}: give a larger range or a blockSize of ${cidr.prefix} or more`,
        }
      : undefined;
  }),
  rule('CAL1007', 'A LoadBalancer pool has neither IP-in-IP nor VXLAN.', (spec) =>
    WRAPPINGS.filter(({ field }) => uses(spec, 'LoadBalancer') && isOn(spec[field])).map(
      ({ field, name }) => ({
        field,
        value: spec[field],
        message: `cannot be on in a LoadBalancer pool: ${name} is for traffic of workloads; set it to Never`,
      }),
    ),
  ),
  rule('CAL1008', 'The use LoadBalancer stands alone among the uses of a pool.', (spec) =>
    uses(spec, 'LoadBalancer') && (uses(spec, 'Workload') || uses(spec, 'Tunnel'))
      ? [
          {
            field: 'allowedUses',
            value: spec.allowedUses,
            message: 'cannot have LoadBalancer together with Workload or Tunnel: make a pool of its own',
          },
        ]
      : [],
  ),
  rule('CAL1009', 'A LoadBalancer pool does not turn BGP export off.', (spec) =>
    uses(spec, 'LoadBalancer') && spec.disableBGPExport
      ? [
          {
            field: 'disableBGPExport',
            value: true,
            message:
              'cannot be set in a LoadBalancer pool: without BGP export nobody would find its addresses',
          },
        ]
      : [],
  ),
  rule('CAL1010', 'A LoadBalancer pool is for all nodes.', (spec) =>
    uses(spec, 'LoadBalancer') && (spec.nodeSelector ?? 'all()') !== 'all()'
      ? [
          {
            field: 'nodeSelector',
            value: spec.nodeSelector,
            message: 'must be all() in a LoadBalancer pool: its addresses belong to no node',
          },
        ]
      : [],
  ),
  rule('CAL1011', 'A pool with the use Tunnel selects no namespaces.', (spec) =>
    uses(spec, 'Tunnel') && spec.namespaceSelector
      ? [
          {
            field: 'namespaceSelector',
            value: spec.namespaceSelector,
            message:
              'cannot be given in a pool with the use Tunnel: tunnels are in no namespace; set allowedUses to [Workload]',
          },
        ]
      : [],
  ),
  rule('CAL1012', 'The selectors of a pool do not use global().', (spec) =>
    (['nodeSelector', 'namespaceSelector'] as const)
      .filter((field) => spec[field]?.includes('global('))
      .map((field) => ({
        field,
        value: spec[field],
        message: 'cannot use global(), which has a meaning in rules of policies only: use all()',
      })),
  ),
  cidrRule('CAL1013', 'The prefix length of the CIDR has no leading zeros.', (cidr, { cidr: value }) =>
    // A range with host bits is refused for those, and mended with them.
    /\/0\d/.test(value ?? '') && firstAddress(cidr).value === cidr.address.value
      ? { value, message: `has a zero too much: the CIDR is ${formatCidr(cidr)}`, ...networkMeant(cidr) }
      : undefined,
  ),
];
