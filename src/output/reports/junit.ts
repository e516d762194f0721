import type { Examined, Finding, ReportResult } from '../../core/result.ts';
import { placedWords, words } from './words.ts';

/** A resource, or a document that is none, and what was found in it. */
interface Case {
  readonly name: string;
  readonly line: number;
  readonly findings: Finding[];
}

/** JUnit's XML: a test suite for each file, a test case for each resource; what makes the command fail is a failure. */
export function junitReport(report: ReportResult): string {
  const suites = suitesOf(report);
  const isFailure = ({ severity }: Finding) => severity === 'error' || report.failOn === 'warning';
  const all = [...suites].map(([file, cases]) => suiteText(file, [...cases], isFailure));
  const [tests, failures] = [all.map(({ tests }) => tests), all.map(({ failures }) => failures)].map(sum);
  const attributes = attributesText({ name: 'calicoctl validate', tests, failures, errors: 0, time: 0 });
  const body = all.map(({ text }) => text).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes}>\n${body}</testsuites>\n`;
}

/** Resources by name in a file, in order: several may bear one name. */
function suitesOf({ examined = [], findings }: ReportResult): Map<string, Set<Case>> {
  const suites = new Map<string, Set<Case>>();
  const named = new Map<string, Case[]>();
  const add = (file: string, name: string, line: number): Case => {
    const added = { name, line, findings: [] };
    suites.set(file, (suites.get(file) ?? new Set()).add(added));
    const key = JSON.stringify([file, name]);
    const same = named.get(key);
    if (same === undefined) named.set(key, [added]);
    else same.push(added);
    return added;
  };
  for (const { resource, file, line } of examined) add(fileName(file), resource, line ?? 0);
  for (const finding of findings) {
    const file = fileName(finding.place?.file);
    const name = nameOf(finding);
    const same = named.get(JSON.stringify([file, name])) ?? [];
    const line = finding.place?.line;
    const concerned = line === undefined ? same[0] : (same.findLast((one) => one.line <= line) ?? same[0]);
    (concerned ?? add(file, name, line ?? 0)).findings.push(finding);
  }
  return suites;
}

function fileName(file: Examined['file']): string {
  return file === undefined ? 'resources' : file === '-' ? 'standard input' : file;
}

/** A document that is no resource goes by its place. */
function nameOf({ resource, place }: Finding): string {
  if (resource !== undefined) return resource;
  return place?.line === undefined ? 'file' : `document at line ${place.line}`;
}

function suiteText(file: string, cases: readonly Case[], isFailure: (finding: Finding) => boolean) {
  const inOrder = [...cases].sort((a, b) => a.line - b.line);
  const failures = sum(inOrder.map((one) => (one.findings.some(isFailure) ? 1 : 0)));
  const tests = cases.length;
  const attributes = { name: file, tests, failures, errors: 0, skipped: 0, time: 0 };
  const body = inOrder.map((one) => caseText(file, one, isFailure)).join('');
  return {
    ...{ tests, failures },
    text: `  <testsuite${attributesText(attributes)}>\n${body}  </testsuite>\n`,
  };
}

function caseText(file: string, { name, findings }: Case, isFailure: (finding: Finding) => boolean): string {
  const head = `    <testcase${attributesText({ name, classname: file, time: 0 })}`;
  if (findings.length === 0) return `${head}/>\n`;
  const [failing, others] = [findings.filter(isFailure), findings.filter((one) => !isFailure(one))];
  const failure = failing.length === 0 ? '' : failureText(failing);
  const notes = others.map((finding) => `Warning: ${placedWords(finding)}\n`).join('');
  const output = notes === '' ? '' : `      <system-out>${escaped(notes)}</system-out>\n`;
  return `${head}>\n${failure}${output}    </testcase>\n`;
}

/** One for all: Jenkins, Azure and others show the first failure of a case and no more. */
function failureText(failing: readonly Finding[]): string {
  const others = failing.length === 1 ? '' : ` (and ${failing.length - 1} more)`;
  const attributes = attributesText({ message: words(failing[0]!) + others, type: failing[0]!.rule });
  return `      <failure${attributes}>${escaped(failing.map(placedWords).join('\n'))}</failure>\n`;
}

function attributesText(attributes: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replace(/[\t\r\n]/g, reference)}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text of XML 1.0; characters that it cannot have, even as references, are replaced. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replaceAll('\r', reference);
}

/** A character that a reader of XML would otherwise take for a blank, or another line end. */
function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
