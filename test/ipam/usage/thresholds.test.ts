import { describe, expect, test } from 'bun:test';
import { exceeded, parseThreshold, thresholdsOf } from '../../../src/ipam/usage/thresholds.ts';
import type { PoolUsage } from '../../../src/ipam/usage/usage.ts';
import { parseCidr } from '../../../src/resources/net/cidr.ts';

function pool(inUse: bigint, free: bigint, more: { disabled?: boolean; reserved?: bigint } = {}): PoolUsage {
  const { disabled = false, reserved = 0n } = more;
  const range = parseCidr('10.0.0.0/24')!;
  return {
    pool: { name: 'pods', range, blockSize: 26, disabled, nodeSelector: '' },
    ...{ total: inUse + free + reserved, inUse, free, reserved, blocks: [] },
  };
}

const levels = (usage: PoolUsage, warn?: string, crit?: string) =>
  exceeded([usage], thresholdsOf(warn, crit)).map(({ level }) => level);

describe('thresholds', () => {
  test('are reached by exactly so many per cent, and not by one address less', () => {
    expect(levels(pool(80n, 20n), '80')).toEqual(['warning']);
    expect(levels(pool(79n, 21n), '80')).toEqual([]);
    expect(levels(pool(1n << 100n, 1n << 100n), '50')).toEqual(['warning']);
    expect(levels(pool((1n << 100n) - 1n, (1n << 100n) + 1n), '50')).toEqual([]);
    expect(levels(pool(925n, 75n), '92.5')).toEqual(['warning']);
    expect(levels(pool(924n, 76n), '92.5')).toEqual([]);
  });

  test('of two tell the higher that is reached', () => {
    expect(levels(pool(96n, 4n), '80', '95')).toEqual(['critical']);
    expect(levels(pool(90n, 10n), '80', '95')).toEqual(['warning']);
    expect(levels(pool(96n, 4n), undefined, '95')).toEqual(['critical']);
  });

  test('measure what can be given out: a pool with nothing free is full', () => {
    expect(levels(pool(10n, 0n, { reserved: 90n }), '100')).toEqual(['warning']);
    expect(levels(pool(0n, 0n, { reserved: 100n }), '0')).toEqual([]);
  });

  test('pass over disabled pools', () => {
    expect(levels(pool(100n, 0n, { disabled: true }), '80', '95')).toEqual([]);
  });

  test('name the pool and its numbers', () => {
    expect(exceeded([pool(243n, 13n)], thresholdsOf('80%', undefined))[0]?.message).toBe(
      'warning: pool pods (10.0.0.0/24) has 243 of 256 usable addresses in use, 94.9% (threshold 80%); 13 free',
    );
  });

  test.each(['', 'x', '-1', '101', '100.1', '1e2', '80 %', '1234', ' 5'])('are not %p', (text) => {
    expect(parseThreshold(text)).toBeUndefined();
    expect(() => thresholdsOf(text, undefined)).toThrow(`'${text}'`);
  });

  test('refuse a warning above the critical one', () => {
    expect(() => thresholdsOf('90', '80.5')).toThrow('--warn 90 is above --crit 80.5');
    expect(thresholdsOf('80', '80')).toMatchObject({ warn: { units: 80n }, crit: { units: 80n } });
  });
});
