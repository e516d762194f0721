import { defineKind, type Resource } from '../kind.ts';
import { formatCidr, isStrictlyMasked, parseCidr } from '../net/cidr.ts';
import { conditions } from '../parts/conditions.ts';
import { immutable, poolValidations } from '../parts/poolcel.ts';
import { DEFAULT_BLOCK_SIZE, poolRules } from '../parts/poolrules.ts';
import { poolUpdateRules } from '../parts/poolupdate.ts';
import { flag, integer, list, object, oneOf, text, type Value } from '../schema.ts';

const MODES = ['Never', 'Always', 'CrossSubnet'] as const;

const fields = {
  cidr: text('The range itself, in normal form.', {
    presence: 'always',
    required: true,
    maxLength: 48,
    format: 'cidr',
    goName: 'CIDR',
    cel: immutable,
  }),
  vxlanMode: oneOf(MODES, 'When to wrap traffic of this pool in VXLAN.', { goName: 'VXLANMode' }),
  ipipMode: oneOf(MODES, 'When to wrap traffic of this pool in IP-in-IP; IPv4 only.', {
    goName: 'IPIPMode',
  }),
  natOutgoing: flag('Hide pool addresses behind the node when talking to addresses outside all pools.', {
    goName: 'NATOutgoing',
  }),
  disabled: flag('Hand out no new addresses; those in use stay.'),
  disableBGPExport: flag('Keep routes of this pool from being advertised over BGP.', { assumed: 'false' }),
  blockSize: integer(
    'Prefix length of the blocks handed to nodes, in bits: 20 to 32 for IPv4 (26 unless given), 116 to 128 for IPv6 (122).',
    { minimum: 0, maximum: 128, cel: immutable },
  ),
  nodeSelector: text('Which nodes may use the pool.', {
    default: 'all()',
    maxLength: 1024,
    format: 'selector',
  }),
  namespaceSelector: text('Which namespaces may use the pool.', { maxLength: 1024, format: 'selector' }),
  allowedUses: list(
    oneOf(['Workload', 'Tunnel', 'LoadBalancer'], 'A use.'),
    'What the addresses may be used for.',
    { maxItems: 10, set: true },
  ),
  assignmentMode: oneOf(
    ['Automatic', 'Manual'],
    'Whether addresses are given on their own or only when asked for by pool.',
    { default: 'Automatic', presence: 'pointer' },
  ),
};

const spec = object(fields, '', { cel: poolValidations });

type Pool = Resource<Value<typeof spec>>;

/** Also shown of stored pools that lack them. */
function readDefaults(pool: Pool): Pool {
  const family = parseCidr(pool.spec.cidr ?? '')?.address.family;
  const blockSize = family && { blockSize: DEFAULT_BLOCK_SIZE[family] };
  return {
    ...pool,
    spec: {
      vxlanMode: 'Never',
      ipipMode: 'Never',
      nodeSelector: 'all()',
      allowedUses: ['Workload', 'Tunnel'],
      assignmentMode: 'Automatic',
      ...blockSize,
      ...pool.spec,
    },
  };
}

/** A CIDR with host bits is left as given, for the rule that refuses it. */
function defaults(pool: Pool): Pool {
  const filled = readDefaults(pool);
  const cidr = parseCidr(filled.spec.cidr ?? '');
  if (cidr === undefined || !isStrictlyMasked(cidr)) return filled;
  return { ...filled, spec: { ...filled.spec, cidr: formatCidr(cidr) } };
}

export default defineKind({
  kind: 'IPPool',
  plural: 'ippools',
  aliases: ['ipp', 'ipps', 'pool', 'pools'],
  scope: 'cluster',
  doc: 'A range of addresses that workloads, tunnels or services may be given.',
  definition: {
    columns: [
      ['CIDR', 'string', '.spec.cidr'],
      ['VXLAN', 'string', '.spec.vxlanMode'],
      ['IPIP', 'string', '.spec.ipipMode'],
      ['NAT', 'boolean', '.spec.natOutgoing'],
      ['Allocatable', 'string', ".status.conditions[?(@.type=='Allocatable')].status"],
      ['Age', 'date', '.metadata.creationTimestamp'],
    ],
  },
  spec,
  status: object(
    { conditions: conditions('What the controllers have found out about the pool.') },
    'What the controllers report.',
    { presence: 'pointer' },
  ),
  defaults,
  readDefaults,
  rules: poolRules,
  updateRules: poolUpdateRules,
  columns: {
    NAME: (pool) => pool.metadata.name,
    CIDR: (pool) => pool.spec.cidr ?? '',
    NAT: (pool) => String(pool.spec.natOutgoing ?? false),
    IPIPMODE: (pool) => pool.spec.ipipMode ?? 'Never',
    VXLANMODE: (pool) => pool.spec.vxlanMode ?? 'Never',
    DISABLED: (pool) => String(pool.spec.disabled ?? false),
    DISABLEBGPEXPORT: (pool) => String(pool.spec.disableBGPExport ?? false),
    SELECTOR: (pool) => pool.spec.nodeSelector ?? '',
    ASSIGNMENTMODE: (pool) => pool.spec.assignmentMode ?? '<nil>',
  },
  narrow: ['NAME', 'CIDR', 'SELECTOR'],
  wide: [
    'NAME',
    'CIDR',
    'NAT',
    'IPIPMODE',
    'VXLANMODE',
    'DISABLED',
    'DISABLEBGPEXPORT',
    'SELECTOR',
    'ASSIGNMENTMODE',
  ],
});
