import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CAUSES } from '../../../src/cluster/health/catalogue.ts';
import { STEPS } from '../../../src/doctor/steps/index.ts';

const docs = (name: string) => readFileSync(join(import.meta.dirname, '../../../docs', name), 'utf8');

test('docs/cluster.md has every cause as the catalogue has it', () => {
  const lines = Object.entries(CAUSES).map(
    ([code, { severity, area, title }]) => `| \`${code}\` | ${severity} | ${area} | ${title} |`,
  );
  expect(docs('cluster.md').match(/^\| `.*$/gm)).toEqual(expect.arrayContaining(lines));
});

test('docs/doctor.md has every step', () => {
  const told = [...docs('doctor.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, id]) => id!);
  expect(told).toEqual(STEPS.map(({ id }) => id));
});
