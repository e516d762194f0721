import { describe, expect, test } from 'bun:test';
import { HEALTHY } from './healthy.ts';
import { findings, inMemory } from './scene.ts';

describe('a healthy cluster raises nothing', () => {
  test.concurrent.each(Object.entries(HEALTHY))('%s', async (_name, make) => {
    expect(await findings(await inMemory(make()))).toEqual([]);
  });
});
