import { describe, expect, test } from 'bun:test';
import { FINDINGS, type FindingCode } from '../../../src/ipam/catalogue.ts';
import { findMore } from '../../../src/ipam/check/find.ts';
import { readSurvey } from '../../../src/ipam/survey/read.ts';
import { CASES } from './cases.ts';
import { plain } from './healthy.ts';
import { findings, inMemory } from './scene.ts';

const line = ([code, subject]: readonly [string, string]) => `${code} ${subject}`;

describe('a fault is found, and nothing beside it', () => {
  test.concurrent.each(CASES.map((each) => [each.name, each] as const))(
    '%s',
    async (_name, { make, finds, fix }) => {
      const found = await findings(await inMemory(make()));
      expect(found.map(({ code, subject }) => line([code, subject.name])).sort()).toEqual(
        finds.map(line).sort(),
      );
      for (const { since } of found)
        if (since !== undefined) expect(since).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      for (const { code, severity } of found) expect(severity).toBe(FINDINGS[code as FindingCode].severity);
      if (fix !== undefined)
        expect(found.find(({ code }) => code === finds[0]![0])?.fix?.write).toBe(fix as never);
    },
  );
});

const ROOM_CODES = ['CAL3029', 'CAL3030', 'CAL3031', 'CAL3032'];

describe('what was mended after the survey is not told', () => {
  const passing = CASES.filter(({ finds }) => !finds.some(([code]) => ROOM_CODES.includes(code)));
  test.concurrent.each(passing.map((each) => [each.name, each] as const))('%s', async (_name, { make }) => {
    const survey = await readSurvey(await inMemory(make()));
    const later = await inMemory(plain(), 1000);
    expect(await Array.fromAsync(findMore(later, survey))).toEqual([]);
  });
});

test('every code of the catalogue is found by a case', () => {
  const raised = new Set(CASES.flatMap(({ finds }) => finds.map(([code]) => code)));
  expect((Object.keys(FINDINGS) as FindingCode[]).filter((code) => !raised.has(code))).toEqual([]);
});
