import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind } from '../../../src/resources/kind.ts';
import { allKinds } from '../../../src/resources/registry.ts';
import { linesOfSchema } from './flatten.ts';

/** Kinds that no definition checks: their recorded lines are taken for names and types only. */
const UNDEFINED_KINDS: ReadonlySet<string> = new Set(['Profile', 'WorkloadEndpoint']);

function recorded(kind: string): readonly string[] {
  return readFileSync(join(import.meta.dirname, `${kind.toLowerCase()}.txt`), 'utf8')
    .trimEnd()
    .split('\n');
}

function declared({ spec, status }: Kind): readonly string[] {
  return [...linesOfSchema(spec, 'spec'), ...(status === undefined ? [] : linesOfSchema(status, 'status'))];
}

function typeOnly(line: string): string {
  const space = line.indexOf(' ');
  return `${line.slice(0, space)} ${(JSON.parse(line.slice(space + 1)) as { type: string }).type}`;
}

const kinds = new Map(allKinds().map((entry) => [entry.kind.toLowerCase(), entry]));
const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));

describe('declared fields are those of the custom resource definition', () => {
  for (const file of files) {
    test(file, async () => {
      const entry = kinds.get(file.replace('.txt', ''))!;
      const ours = declared((await entry.load()).default);
      const theirs = recorded(entry.kind);
      if (UNDEFINED_KINDS.has(entry.kind)) expect(ours.map(typeOnly)).toEqual(theirs.map(typeOnly));
      else expect(ours).toEqual([...theirs]);
    });
  }
});
