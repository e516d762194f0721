import type { FieldPath } from '../../../core/errors.ts';
import type { Fault, Rule } from '../../kind.ts';
import { parseAddress } from '../../net/address.ts';
import { parseCidrOrAddress } from '../../net/cidr.ts';
import { parseDuration } from '../../net/duration.ts';

/** Rules of FelixConfiguration beyond its schema. */

interface TableRange {
  readonly min?: number;
  readonly max?: number;
}

interface Felix {
  readonly nodeSelector?: string;
  readonly openstackRegion?: string;
  readonly kubeNodePortRanges?: readonly (number | string)[];
  readonly externalNodesList?: readonly string[];
  readonly natOutgoingAddress?: string;
  readonly deviceRouteSourceAddress?: string;
  readonly deviceRouteSourceAddressIPv6?: string;
  readonly healthTimeoutOverrides?: readonly { readonly name?: string; readonly timeout?: string }[];
  readonly routeTableRange?: TableRange;
  readonly routeTableRanges?: readonly TableRange[];
  readonly bpfLogFilters?: Readonly<Record<string, string>>;
  readonly serviceLoopPrevention?: string;
  readonly workloadSourceSpoofing?: string;
}

const LONGEST_REGION = 46;
const LAST_TABLE = 4294967295;
const MOST_TABLES = 65535;

function* selectorFaults(name: string, { nodeSelector }: Felix): Iterable<Fault> {
  if (nodeSelector === undefined || !(name === 'default' || name.startsWith('node.'))) return;
  yield {
    path: ['spec', 'nodeSelector'],
    value: nodeSelector,
    message: `cannot be set in ${name}, whose nodes are known by its name: use a configuration of another name`,
  };
}

function* regionFaults({ openstackRegion: value }: Felix): Iterable<Fault> {
  if (!value) return;
  const path = ['spec', 'openstackRegion'];
  if (value.length > LONGEST_REGION)
    yield {
      path,
      value,
      message: `is longer than ${LONGEST_REGION} characters, so keys made from it would be too long`,
    };
  else if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value))
    yield {
      path,
      value,
      message: 'is not a DNS label: use lower-case letters, digits and "-", a letter or digit at both ends',
    };
}

function* portFaults({ kubeNodePortRanges = [] }: Felix): Iterable<Fault> {
  for (const [index, value] of kubeNodePortRanges.entries())
    if (typeof value === 'string' && !/^\d+:\d+$/.test(value))
      yield {
        path: ['spec', 'kubeNodePortRanges', index],
        value,
        message: 'is a name: use a number or a range such as "30000:32767"',
      };
}

function* externalFaults({ externalNodesList = [] }: Felix): Iterable<Fault> {
  for (const [index, value] of externalNodesList.entries())
    if (parseCidrOrAddress(value)?.address.family !== 4)
      yield {
        path: ['spec', 'externalNodesList', index],
        value,
        message: 'is not an IPv4 range or address such as "192.0.2.0/24"',
      };
}

const ADDRESSES = [
  { field: 'natOutgoingAddress', family: 4, example: '192.0.2.10' },
  { field: 'deviceRouteSourceAddress', family: 4, example: '192.0.2.10' },
  { field: 'deviceRouteSourceAddressIPv6', family: 6, example: '2001:db8::10' },
] as const;

function* addressFaults(spec: Felix): Iterable<Fault> {
  for (const { field, family, example } of ADDRESSES) {
    const value = spec[field];
    const mapped = family === 4 && value?.includes(':');
    if (value && (mapped || parseAddress(value)?.family !== family))
      yield { path: ['spec', field], value, message: `is not an IPv${family} address such as "${example}"` };
  }
}

function* rangeFaults({ min = 0, max = 0 }: TableRange, path: FieldPath, last: number): Iterable<Fault> {
  if (min < 1) yield { path: [...path, 'min'], value: min, message: 'is less than 1, the first table' };
  if (min > max) yield { path: [...path, 'max'], value: max, message: `is less than min, ${min}` };
  if (max > last)
    yield { path: [...path, 'max'], value: max, message: `is more than ${last}, the last table` };
}

/** Numbers beyond ±2^53, which no table has, come as BigInt. */
function tablesIn(min: number | bigint = 0, max: number | bigint = 0): number {
  return Math.max(0, Number(max) - Number(min) + 1);
}

function* tableFaults({ routeTableRange, routeTableRanges = [] }: Felix): Iterable<Fault> {
  if (routeTableRange) yield* rangeFaults(routeTableRange, ['spec', 'routeTableRange'], 250);
  const path = ['spec', 'routeTableRanges'];
  for (const [index, range] of routeTableRanges.entries())
    yield* rangeFaults(range, [...path, index], LAST_TABLE);
  const tables = routeTableRanges.reduce((sum, { min, max }) => sum + tablesIn(min, max), 0);
  if (tables > MOST_TABLES)
    yield { path, message: `have ${tables} tables; Felix can keep ${MOST_TABLES}: give smaller ranges` };
}

function* healthFaults({ healthTimeoutOverrides = [] }: Felix): Iterable<Fault> {
  for (const [index, { name = '', timeout = '0s' }] of healthTimeoutOverrides.entries()) {
    const path = ['spec', 'healthTimeoutOverrides', index];
    if (!/^[a-zA-Z0-9_ -]+$/.test(name))
      yield {
        path: [...path, 'name'],
        value: name,
        message: 'is not the name of a part of Felix: use letters, digits, blanks, "_" and "-"',
      };
    if ((parseDuration(timeout) ?? 0n) < 0n)
      yield {
        path: [...path, 'timeout'],
        value: timeout,
        message: 'is negative: use 0s to turn the check off',
      };
  }
}

function* logFilterFaults({ bpfLogFilters = {} }: Felix): Iterable<Fault> {
  for (const value of Object.keys(bpfLogFilters))
    if (!/^[a-zA-Z0-9_.-]{1,15}$/.test(value))
      yield {
        path: ['spec', 'bpfLogFilters', value],
        value,
        at: 'key',
        message: 'is not an interface name such as "eth0", nor "all"',
      };
}

/** The reference compares these two exactly, though its schema would not. */
const EXACT = {
  serviceLoopPrevention: ['Drop', 'Reject', 'Disabled'],
  workloadSourceSpoofing: ['Disabled', 'Any'],
} as const;

function* letterCaseFaults(spec: Felix): Iterable<Fault> {
  for (const field of ['serviceLoopPrevention', 'workloadSourceSpoofing'] as const) {
    const value = spec[field];
    const word = EXACT[field].find((known) => known.toLowerCase() === value?.toLowerCase());
    if (word !== undefined && word !== value)
      yield {
        path: ['spec', field],
        value,
        message: `is not supported: letter case counts here, write "${word}"`,
        fix: { value: word },
      };
  }
}

function rule(id: string, doc: string, faults: (spec: Felix) => Iterable<Fault>): Rule<Felix> {
  return { id, doc, check: ({ spec }) => faults(spec) };
}

export const felixRules: readonly Rule<Felix>[] = [
  {
    id: 'CAL1520',
    doc: 'A configuration named default or node.NAME has no nodeSelector.',
    check: ({ metadata, spec }) => selectorFaults(metadata.name, spec),
  },
  rule('CAL1521', 'openstackRegion is a DNS label of at most 46 characters.', regionFaults),
  rule('CAL1522', 'kubeNodePortRanges are numbers and ranges, not names.', portFaults),
  rule('CAL1523', 'externalNodesList has IPv4 ranges and addresses.', externalFaults),
  rule('CAL1524', 'Source addresses are addresses of the family of their field.', addressFaults),
  rule(
    'CAL1525',
    'Ranges of routing tables go upwards, and have no more tables than Felix can keep.',
    tableFaults,
  ),
  rule(
    'CAL1526',
    'Only one of routeTableRange and routeTableRanges is given.',
    function* ({ routeTableRange, routeTableRanges }) {
      if (routeTableRange !== undefined && routeTableRanges !== undefined)
        yield {
          path: ['spec', 'routeTableRange'],
          message: 'cannot be given together with routeTableRanges, which replaces it: leave it out',
        };
    },
  ),
  rule('CAL1527', 'A health time limit names a part of Felix and is not negative.', healthFaults),
  rule(
    'CAL1528',
    'Keys of bpfLogFilters are names of interfaces, or words for several such as all.',
    logFilterFaults,
  ),
  rule(
    'CAL1529',
    'serviceLoopPrevention and workloadSourceSpoofing are written in the right letter case.',
    letterCaseFaults,
  ),
];
