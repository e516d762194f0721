import { CalicoctlError } from '../../core/errors.ts';
import { formatCidr, networkOf } from '../../resources/net/cidr.ts';
import type { Counts } from './counts.ts';
import type { PoolUsage } from './usage.ts';

/** From how many per cent of use a pool is told; a decimal number, kept exact as `units` of 1 / `scale` per cent. */
export interface Threshold {
  readonly text: string;
  readonly units: bigint;
  readonly scale: bigint;
}

/** Reads `80`, `80%` or `92.5`; undefined for what is no share between 0 and 100. */
export function parseThreshold(text: string): Threshold | undefined {
  const [, whole, fraction = ''] = /^(\d{1,3})(?:\.(\d{1,9}))?%?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const scale = 10n ** BigInt(fraction.length);
  const units = BigInt(whole + fraction);
  return units > 100n * scale ? undefined : { text: text.replace('%', ''), units, scale };
}

/** The two of a command line. Throws `usage` for what cannot be meant. */
export function thresholdsOf(warn: string | undefined, crit: string | undefined): Thresholds {
  const [low, high] = [threshold('--warn', warn), threshold('--crit', crit)];
  if (low !== undefined && high !== undefined && low.units * high.scale > high.units * low.scale)
    throw new CalicoctlError('usage', `--warn ${low.text} is above --crit ${high.text}`);
  return { warn: low, crit: high };
}

function threshold(flag: string, text: string | undefined): Threshold | undefined {
  if (text === undefined) return undefined;
  const parsed = parseThreshold(text);
  if (parsed !== undefined) return parsed;
  throw new CalicoctlError('usage', `${flag} '${text}' is not a number of per cent such as 80 or 92.5`);
}

export interface Thresholds {
  readonly warn: Threshold | undefined;
  readonly crit: Threshold | undefined;
}

export interface Exceeded {
  readonly level: 'warning' | 'critical';
  /** One line. */
  readonly message: string;
}

/**
 * Enabled pools whose use has reached a threshold. What is reserved can never be given out, so use is measured on what
 * can: a pool is full when nothing of it is free.
 */
export function exceeded(pools: readonly PoolUsage[], { warn, crit }: Thresholds): readonly Exceeded[] {
  return pools.flatMap((usage): readonly Exceeded[] => {
    if (usage.pool.disabled) return [];
    const passed =
      crit !== undefined && reaches(usage, crit) ? crit : warn && reaches(usage, warn) ? warn : undefined;
    if (passed === undefined) return [];
    const level = passed === crit ? 'critical' : 'warning';
    return [{ level, message: `${level}: ${sentence(usage, passed)}` }];
  });
}

function reaches({ inUse, free }: Counts, { units, scale }: Threshold): boolean {
  const usable = inUse + free;
  return usable > 0n && inUse * 100n * scale >= units * usable;
}

function sentence({ pool, inUse, free }: PoolUsage, { text }: Threshold): string {
  const usable = inUse + free;
  const tenths = (inUse * 1000n) / usable;
  const share = `${tenths / 10n}.${tenths % 10n}%`;
  const range = formatCidr(networkOf(pool.range));
  return `pool ${pool.name} (${range}) has ${inUse} of ${usable} usable addresses in use, ${share} (threshold ${text}%); ${free} free`;
}
