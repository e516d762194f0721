import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { checkedForm } from '../../src/operations/write.ts';
import { check } from '../../src/resources/check.ts';
import { decodeDocument } from '../../src/resources/document.ts';
import { API_VERSION } from '../../src/resources/kind.ts';
import { kindOf } from '../../src/resources/registry.ts';

interface Group {
  readonly kinds: readonly string[];
  readonly metadata: object;
  /** Specs. */
  readonly passes?: readonly string[];
  /** Ids of the broken rules, in order, and the spec. */
  readonly fails?: readonly string[];
}

const groups = load(readFileSync(join(import.meta.dirname, 'verdicts.yaml'), 'utf8')) as readonly Group[];

/** Ids of the rules that `validate` finds broken, each once, in order. */
async function broken(kindName: string, metadata: object, spec: string): Promise<string> {
  const kind = await kindOf(kindName);
  const value = { apiVersion: API_VERSION, kind: kindName, metadata, spec: load(spec) };
  const { resource, problems } = decodeDocument(kind, value);
  const all = problems.length > 0 ? problems : check(kind, checkedForm(kind, resource), 'validate');
  return [...new Set(all.map(({ rule }) => rule))].sort().join(' ');
}

/** Each kind with its metadata, a list of cases, and what the test is called. */
const all = groups.flatMap(({ kinds, metadata, passes, fails }) =>
  kinds.map((kind) => ({ kind, metadata, passes, fails, title: `${kind} ${JSON.stringify(metadata)}` })),
);

for (const { kind, metadata, passes, fails, title } of all) {
  if (passes !== undefined)
    test(`${title}: ${passes.length} pass`, async () => {
      const found = await Promise.all(passes.map((spec) => broken(kind, metadata, spec)));
      expect(passes.filter((_spec, index) => found[index] !== '')).toEqual([]);
    });
  if (fails !== undefined)
    test(`${title}: ${fails.length} fail`, async () => {
      const specs = fails.map((line) => line.slice(line.indexOf('{')));
      const found = await Promise.all(specs.map((spec) => broken(kind, metadata, spec)));
      expect(found.map((ids, index) => `${ids} ${specs[index]}`)).toEqual([...fails]);
    });
}
