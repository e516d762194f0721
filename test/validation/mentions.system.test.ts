import { afterAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { formatPlace, formatValue } from '../../src/core/errors.ts';
import { isObject } from '../../src/core/json.ts';
import type { JsonReport } from '../../src/output/reports/json.ts';
import { calicoctl, temporaryFolder } from '../faults/program.ts';

/**
 * What `validate` says of every recorded manifest that the reference refuses: it names the field by its path and the
 * value that is wrong, as the manifest has them, for each fault; and what the scenario itself asks to be mentioned.
 */

const CASES = resolve(import.meta.dirname, '../../../shared/conformance/cases/validate');

interface Step {
  readonly args: readonly string[];
  readonly exit?: number;
  readonly mentions?: readonly (string | number)[];
}

interface Scenario {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly failing: readonly Step[];
}

const folder = temporaryFolder();
afterAll(() => folder.remove());

function scenarios(): Scenario[] {
  const files = readdirSync(CASES).filter((file) => file.endsWith('.yaml'));
  return files.map((file) => {
    const text = readFileSync(join(CASES, file), 'utf8');
    const [scenario] = loadAll(text) as [{ files?: Scenario['files']; steps: Step[] }];
    const golden = JSON.parse(readFileSync(join(CASES, file.replace('.yaml', '.golden.json')), 'utf8'));
    const [recorded] = Object.values(golden) as { steps: { exit: number }[] }[];
    const { files: given = {}, steps } = scenario;
    const failing = steps.filter(
      ({ args, exit }, index) => args[0] === 'validate' && (exit ?? recorded!.steps[index]!.exit) !== 0,
    );
    return { name: file.replace('.yaml', ''), files: given, failing };
  });
}

type Finding = JsonReport['findings'][number];

/** The document of a file that a finding is about: the one whose lines it stands among. */
function documentOf(text: string, line: number): unknown {
  const before = text.split('\n').slice(0, line).join('\n');
  const index = before.split(/^---.*$/m).filter((part) => part.trim() !== '').length - 1;
  return loadAll(text, { json: true } as object).filter((value) => value !== undefined)[Math.max(index, 0)];
}

function valueAt(root: unknown, path: Finding['path']): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], root);
}

/** Of one finding, what the text lacks. */
function missing(finding: Finding, out: string, manifest: string | undefined): string[] {
  const { field, path, resource, file, line, column } = finding;
  const words: string[] = [];
  if (file !== undefined) words.push(formatPlace({ file, ...(line && { line }), ...(column && { column }) }));
  if (resource !== undefined) words.push(resource, field);
  if (manifest !== undefined && line !== undefined && resource !== undefined) {
    const document = documentOf(manifest, line);
    const parent = valueAt(document, path.slice(0, -1));
    if (!isObject(parent) && !Array.isArray(parent) && valueAt(document, path.slice(0, -2)) === undefined)
      words.push(`a path into the document, which ${field} is not`);
    const value = valueAt(document, path);
    if (typeof value !== 'object' && value !== undefined && value !== '') words.push(shown(value));
    else if (finding.value !== undefined)
      words.push(finding.valueCut ? String(finding.value) : shown(finding.value));
  }
  return words.filter((word) => !out.includes(word));
}

/** As messages have it; what the program reads in another order or form is shown as it is read. */
function shown(value: unknown): string {
  return typeof value === 'object' ? formatValue(value) : formatValue(value).replace(/^"|"$/g, '');
}

const PRESENT = existsSync(CASES);

describe.if(PRESENT)('what is recorded as refused', () => {
  for (const { name, files, failing } of PRESENT ? scenarios() : []) {
    if (failing.length === 0) continue;
    test(name, async () => {
      const base = join(folder.path, name);
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(base, file)), { recursive: true });
        folder.write(join(name, file), text);
      }
      await Promise.all(failing.map((step) => checkStep(step, base)));
    });
  }
});

async function checkStep({ args, mentions = [] }: Step, base: string): Promise<void> {
  const env = { HOME: base, PWD: base };
  const [text, json] = await Promise.all([
    calicoctl(args, env, base),
    calicoctl([...args, '-o', 'json'], env, base),
  ]);
  const said = text.out + text.err;
  expect({ args, status: text.status, json: json.status }).toEqual({ args, status: 1, json: 1 });
  const lacks = mentions.map(String).filter((word) => !said.toLowerCase().includes(word.toLowerCase()));
  expect({ args, lacks, said }).toEqual({ args, lacks: [], said });
  // What is wrong with the command line itself is no report.
  if (!args.some((word) => word.startsWith('-f') || word.startsWith('--filename'))) return;
  const report = JSON.parse(json.out) as JsonReport;
  const findings = report.findings.filter(({ severity }) => severity === 'error');
  expect(findings).not.toEqual([]);
  for (const finding of findings) {
    const { file } = finding;
    const manifest = file === undefined ? undefined : readFileSync(resolve(base, file), 'utf8');
    const lacks = missing(finding, said, manifest);
    expect({ args, finding, lacks, said }).toEqual({ args, finding, lacks: [], said });
  }
}

test('the recorded behaviour is at hand', () => {
  if (!PRESENT) console.error(`Skipped: there is no ${CASES}.`);
  expect(PRESENT || !process.env['CI']).toBe(true);
});
