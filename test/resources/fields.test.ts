import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf } from '../../src/resources/registry.ts';
import { fieldsOf } from './fields.ts';

/** Kinds that no custom resource definition holds: names and types of their fields, one a line. */
test.each(['Profile', 'WorkloadEndpoint'])('%s has the fields that Calico gives it', async (name) => {
  const { spec } = await kindOf(name);
  const ours = [...fieldsOf(spec, 'spec')].map(({ path, type }) => `${path} ${type}\n`);
  const recorded = readFileSync(join(import.meta.dirname, `../fixtures/fields/${name}.txt`), 'utf8');
  expect(ours.sort().join('')).toBe(recorded);
});
