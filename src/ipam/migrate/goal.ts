import { CalicoctlError } from '../../core/errors.ts';
import { poolOf } from '../../operations/ipam/pools.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Cidr, formatCidr, networkOf, overlaps, parseCidr } from '../../resources/net/cidr.ts';
import { manifestOf, type PoolManifest } from './note.ts';

/** What a migration is to lead to, as the command line says it. */
export interface Wishes {
  /** A pool that is there. */
  readonly to?: string;
  readonly toCidr?: string;
  readonly toBlockSize?: number;
  /** Name of the pool to make. */
  readonly toName?: string;
  /** Range of the temporary pool. */
  readonly viaCidr?: string;
}

export interface Goal {
  readonly to: PoolManifest;
  readonly existing?: Resource;
  /** The pool that stands in while one range is cut anew. */
  readonly via?: PoolManifest;
}

/** The pools that a migration goes through. Throws `usage` where the wishes make no sense together. */
export function goalOf(source: Resource, pools: readonly Resource[], wishes: Wishes): Goal {
  const { name } = source.metadata;
  const pool = poolOf(source);
  if (pool === undefined)
    throw new CalicoctlError(
      'not-supported',
      `the CIDR of IPPool(${name}) cannot be read, so it cannot be migrated`,
    );
  if (wishes.to !== undefined) return towards(source, pools, wishes, wishes.to);
  const { toCidr, toBlockSize } = wishes;
  if (toCidr === undefined && toBlockSize === undefined) throw nothingWished(name);
  const range = toCidr === undefined ? networkOf(pool.range) : rangeIn('--to-cidr', toCidr, pool.range);
  const blockSize = toBlockSize ?? pool.blockSize;
  const same = formatCidr(range) === formatCidr(networkOf(pool.range));
  if (same && blockSize === pool.blockSize)
    throw usage(`IPPool(${name}) is ${formatCidr(range)} with blocks of /${blockSize} already`);
  const manifest = manifestOf(source);
  const inPlace = overlaps(range, pool.range);
  const to = {
    ...manifest,
    name: wishes.toName ?? (inPlace ? name : nameFor(name, range)),
    spec: { ...manifest.spec, cidr: formatCidr(range), blockSize },
  };
  if (!inPlace) {
    if (wishes.viaCidr !== undefined)
      throw usage('--via-cidr is for ranges that overlap: this migration needs no pool in between');
    if (to.name === name) throw usage(`--to-name must be another name than that of the pool itself, ${name}`);
    return { to };
  }
  return { to, via: between(manifest, pool.range, pool.blockSize, wishes.viaCidr) };
}

function between(
  manifest: PoolManifest,
  old: Cidr,
  blockSize: number,
  viaCidr: string | undefined,
): PoolManifest {
  const cidr = viaCidr === undefined ? '' : formatCidr(rangeIn('--via-cidr', viaCidr, old));
  const spec = { ...manifest.spec, cidr, blockSize };
  return { ...manifest, name: `${manifest.name.slice(0, 240)}-migration`, spec };
}

function towards(source: Resource, pools: readonly Resource[], wishes: Wishes, to: string): Goal {
  const { name } = source.metadata;
  const others = Object.entries(wishes).filter(([key, value]) => key !== 'to' && value !== undefined);
  if (others.length > 0)
    throw usage('--to names a pool that is there: leave out the flags that describe a new one');
  if (to === name) throw usage('--to must be another pool');
  const existing = pools.find(({ metadata }) => metadata.name === to);
  if (existing === undefined)
    throw new CalicoctlError('not-found', `resource does not exist: IPPool(${to})`, {
      hint: '--to takes a pool that is there; --to-cidr makes a new one.',
    });
  const family = poolOf(existing)?.range.address.family;
  if (family !== poolOf(source)?.range.address.family)
    throw usage(`--to ${to} is a pool of the other IP version than ${name}`);
  return { to: { name: to, spec: existing.spec }, existing };
}

function rangeIn(flag: string, text: string, like: Cidr): Cidr {
  const range = parseCidr(text);
  if (range === undefined) throw usage(`${flag} '${text}' is not a CIDR`);
  if (range.address.family !== like.address.family)
    throw usage(`${flag} ${text} is of the other IP version than the pool's ${formatCidr(like)}`);
  return networkOf(range);
}

/** `default-pool` becomes `default-pool-10-60-0-0-16`. */
function nameFor(name: string, range: Cidr): string {
  const suffix = formatCidr(range)
    .replace(/[.:/]+/g, '-')
    .replace(/^-/, '');
  return `${name.slice(0, 250 - suffix.length)}-${suffix}`;
}

function usage(message: string): CalicoctlError {
  return new CalicoctlError('usage', message);
}

function nothingWished(name: string): CalicoctlError {
  return new CalicoctlError('usage', `no migration of IPPool(${name}) is under way; say where it should go`, {
    hint: 'Give --to-cidr for a new range, --to-block-size for another size of blocks, or --to for a pool that is there.',
  });
}
