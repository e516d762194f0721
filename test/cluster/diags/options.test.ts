import { describe, expect, test } from 'bun:test';
import { readOptions } from '../../../src/cluster/diags/options.ts';

const USUAL = { since: undefined, maxLogs: '5', maxParallelism: '10', focusNodes: undefined };

describe('options of cluster diags', () => {
  test('as they are unless given', () => {
    expect(readOptions(USUAL)).toEqual({
      sinceSeconds: undefined,
      maxLogs: 5,
      maxParallelism: 10,
      focusNodes: [],
    });
  });

  test.each([
    ['', undefined],
    ['0s', undefined],
    ['90s', 90],
    ['5m', 300],
    ['2h', 7200],
    ['99999999999999h', 2_147_483_647],
  ])('--since %s', (since, sinceSeconds) => {
    expect(readOptions({ ...USUAL, since }).sinceSeconds).toBe(sinceSeconds);
  });

  test.each(['1d', '5', 'm', '-5m', '1h30m', '5M', ' 5m'])('--since %s is none', (since) => {
    expect(() => readOptions({ ...USUAL, since })).toThrow(
      `invalid duration for since flag (try 10s, 5m, or 1h): ${since}`,
    );
  });

  test('less than none at once means as many as are sensible', () => {
    expect(readOptions({ ...USUAL, maxParallelism: '-3' }).maxParallelism).toBe(64);
    expect(readOptions({ ...USUAL, maxParallelism: '100000' }).maxParallelism).toBe(64);
  });

  test('names of nodes, blanks around them taken away', () => {
    expect(readOptions({ ...USUAL, focusNodes: ' a,b , ,c' }).focusNodes).toEqual(['a', 'b', 'c']);
  });
});
