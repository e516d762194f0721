import { describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMMANDS, GROUPS } from '../src/cli/commands.ts';
import { describeFields } from '../src/resources/describe.ts';
import { allKinds } from '../src/resources/registry.ts';

/** A thing exists because its file does; here is named whatever else should exist and does not. */

const root = resolve(import.meta.dirname, '..');
const kinds = await Promise.all(allKinds().map(async (entry) => (await entry.load()).default));
const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.test.ts'),
);

function missing(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !existsSync(join(root, path)));
}

describe('completeness', () => {
  test('every kind that users write has a fixture and a page', () => {
    const shown = kinds.filter((kind) => !kind.internal).map((kind) => kind.kind.toLowerCase());
    expect(missing(shown.flatMap((name) => [`test/fixtures/${name}.yaml`, `docs/kinds/${name}.md`]))).toEqual(
      [],
    );
  });

  test('every kind and every field says what it is for', () => {
    const silent = kinds.flatMap((kind) => [
      ...(kind.doc === '' ? [kind.kind] : []),
      ...describeFields(kind.spec, `${kind.kind}.spec`)
        .filter((field) => field.doc.length < 4)
        .map((field) => field.path),
    ]);
    expect(silent).toEqual([]);
  });

  test('every heading of a table has a column', () => {
    const absent = kinds.flatMap((kind) =>
      [...kind.narrow, ...kind.wide]
        .filter((heading) => kind.columns[heading] === undefined)
        .map((heading) => `${kind.kind} ${heading}`),
    );
    expect(absent).toEqual([]);
  });

  test('rule ids are unique and in their form', () => {
    const ids = kinds.flatMap((kind) =>
      [...new Set(kind.rules.map((rule) => rule.id))].map((id) => ({ id, kind })),
    );
    expect(ids.filter(({ id }) => !/^CAL\d{4}$/.test(id))).toEqual([]);
    const docs = new Map<string, Set<string>>();
    for (const kind of kinds)
      for (const rule of kind.rules) docs.set(rule.id, (docs.get(rule.id) ?? new Set()).add(rule.doc));
    expect([...docs].filter(([, texts]) => texts.size > 1).map(([id]) => id)).toEqual([]);
  });

  test('every command has a test of its own, examples and a page', async () => {
    const lacking: string[] = [];
    for (const { words, load } of COMMANDS) {
      const name = words.join('/');
      if (!tests.includes(`commands/${name}.test.ts`)) lacking.push(`test/commands/${name}.test.ts`);
      if (!existsSync(join(root, `docs/commands/${words.join('-')}.md`)))
        lacking.push(`docs/commands/${words.join('-')}.md`);
      if ((await load()).default.examples.length === 0) lacking.push(`examples of ${name}`);
    }
    expect(lacking).toEqual([]);
  });

  test('every folder of commands says what it is about', () => {
    const folders = new Set(
      COMMANDS.filter(({ words }) => words.length > 1).map(({ words }) => words.slice(0, -1).join(' ')),
    );
    expect([...folders].filter((folder) => !GROUPS.some(({ words }) => words.join(' ') === folder))).toEqual(
      [],
    );
  });

  test('every declared option has an effect: its name is used by a command that declares it', async () => {
    const unused: string[] = [];
    const shared = [
      'src/kit/manifests.ts',
      'src/kit/report.ts',
      'src/kit/resource-set.ts',
      'src/kit/target.ts',
    ]
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .join('\n');
    for (const { words, load } of COMMANDS) {
      const text = readFileSync(join(root, `src/commands/${words.join('/')}.ts`), 'utf8');
      for (const option of Object.keys((await load()).default.options)) {
        const used =
          new RegExp(`\\binput\\.${option}\\b`).test(text) ||
          (/manifestsGiven|reporter|writeAll|targetOf/.test(text) &&
            new RegExp(`\\b${option}\\b`).test(shared));
        if (!used) unused.push(`${words.join(' ')} --${option}`);
      }
    }
    expect(unused).toEqual([]);
  });
});
