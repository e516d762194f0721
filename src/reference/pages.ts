import { dump } from 'js-yaml';
import type { FindingKind } from '../ipam/catalogue.ts';
import type { RuleEntry, RuleScope } from '../validation/rulebook/index.ts';
import type { FieldPage } from './explain.ts';

/** Pages of `explain` as text. */

type Line = readonly [heading: string, value: string | undefined];

/** Of a kind or a field; `tree` leaves out all but the fields. */
export function fieldText(page: FieldPage, tree: boolean): string {
  const { names, namespaced, onlyName, field, type, required, deprecated } = page;
  const head = heads([
    ['KIND', page.kind],
    ['APIVERSION', page.apiVersion],
    ['NAMES', names?.join(', ')],
    ['SCOPE', namespaced === undefined ? undefined : namespaced ? 'a namespace' : 'the cluster'],
    ['ONLY NAME', onlyName],
    ['FIELD', field],
    ['TYPE', type && `${type}${required ? ', required' : ''}`],
    ['LIMITS', page.limits],
    ['FORM', page.form],
    ['UNIT', page.unit],
    ['DEFAULT', defaultText(page)],
    ['DEPRECATED', deprecated === undefined ? undefined : 'yes'],
    ['ASSUMED', page.assumed && `${page.assumed} when absent, not written`],
  ]);
  const fields = section('FIELDS', fieldTable(page));
  if (tree) return `${head}\n${fields}`;
  const rules = page.rules.map(({ id, severity, doc }) => [
    id,
    severity === 'warning' ? `Warning: ${doc}` : doc,
  ]);
  const parts = [
    section('DESCRIPTION', wrapped(page.description)),
    section('RULES', table(rules)),
    fields,
    section('EXAMPLE', exampleText(page)),
  ];
  return [head, ...parts.filter((part) => part !== '')].join('\n');
}

function defaultText({ default: only, defaults }: FieldPage): string | undefined {
  if (defaults !== undefined)
    return `such as ${defaults.map((value) => JSON.stringify(value)).join(' or ')}, by other fields; written`;
  return only === undefined ? undefined : `${JSON.stringify(only)}, written`;
}

function exampleText({ example, field, rules }: FieldPage): string {
  if (example !== undefined) return yaml(example);
  return field !== undefined && rules.length > 0 ? 'None was found that keeps the rules.' : '';
}

function fieldTable({ fields }: FieldPage): string {
  return table(
    fields.map(({ name, type, required, description }) => [
      name,
      `${type}${required ? ', required' : ''}`,
      description,
    ]),
  );
}

const LOOKED_AT: Readonly<Record<RuleScope, string>> = {
  resource: 'by `validate` and before every write',
  write: 'before a create and an update; `validate` of files passes it, as the reference calicoctl does',
  update: 'before an update, and by `validate --live -f`',
  stored: 'in what the datastore holds: before a write and by `validate --live`',
  across: 'by `validate` among all resources of its input, and with `--live` those of the datastore too',
  lint: 'by `validate`, unless it is told `--no-lint`',
};

/** When a rule is looked at, as Markdown. */
export function lookedAt({ scope }: RuleEntry): string {
  return LOOKED_AT[scope];
}

/** Of a rule. */
export function ruleText(rule: RuleEntry): string {
  const { id, severity, offline, kinds, doc, why, wrong, right, stored, command } = rule;
  const commands = command && `calicoctl ${command.wrong}`;
  const parts = [
    heads([
      ['RULE', id],
      ['SEVERITY', severity === offline ? severity : `${severity}; ${offline} where only files are known`],
      ['KINDS', kinds.length === 0 ? 'all' : kinds.join(', ')],
      ['CHECKED', lookedAt(rule).replaceAll('`', '')],
    ]),
    section('DESCRIPTION', wrapped(doc)),
    section('WHY', wrapped(why)),
    section('STORED BEFORE', stored ?? ''),
    section('COMMAND', commands ?? ''),
    section('WRONG', wrong),
    section('RIGHT', right),
    section(
      'RIGHT COMMAND',
      command === undefined || command.right === command.wrong ? '' : `calicoctl ${command.right}`,
    ),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** Of a finding of `ipam check`. */
export function findingText(id: string, { severity, title, why, remedy }: FindingKind): string {
  const parts = [
    heads([
      ['FINDING', id],
      ['SEVERITY', severity],
      ['TITLE', title],
    ]),
    section('WHY', wrapped(why.replaceAll('`', ''))),
    section('REMEDY', wrapped(remedy.replaceAll('`', ''))),
  ];
  return parts.join('\n');
}

function yaml(value: unknown): string {
  return dump(value, { lineWidth: -1, noRefs: true });
}

function heads(lines: readonly Line[]): string {
  const given = lines.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(...given.map(([heading]) => heading.length)) + 3;
  return given.map(([heading, value]) => `${`${heading}:`.padEnd(width)}${value}\n`).join('');
}

/** Of a terminal, less the indentation of a section. */
const WIDTH = 80 - 2;

/** Prose in lines that a terminal of the usual width does not break. */
function wrapped(text: string): string {
  let line = '';
  const lines = text.split(' ').flatMap((word) => {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      const full = line;
      line = word;
      return [full];
    }
    line += line === '' ? word : ` ${word}`;
    return [];
  });
  return [...lines, line].join('\n');
}

function section(heading: string, text: string): string {
  if (text === '') return '';
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`));
  return `${heading}:\n${lines.join('\n')}\n`;
}

/** Columns with two blanks between; the last one is as wide as it is. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)) + 2);
  return rows
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!))).join(''),
    )
    .join('\n');
}
