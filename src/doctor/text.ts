import type { StepReport, Todo, Urgency } from './step.ts';

const ORDER: readonly Urgency[] = ['critical', 'error', 'warning'];

/** What has to be done, the most urgent first, each once. */
export function todosOf(steps: readonly StepReport[]): readonly Todo[] {
  const seen = new Set<string>();
  const all = steps.flatMap(({ todo = [] }) => todo);
  return all
    .filter(({ problem }) => !seen.has(problem) && seen.add(problem))
    .toSorted((a, b) => ORDER.indexOf(a.urgency) - ORDER.indexOf(b.urgency));
}

export type Marks = Readonly<Record<StepReport['outcome'], string>>;

const SIGNS: Marks = { ok: '✓', warning: '!', error: '✗', skipped: '–' };
const WORDS: Marks = { ok: '[ok]  ', warning: '[warn]', error: '[FAIL]', skipped: '[skip]' };

/** Signs on a terminal that can show them, words elsewhere. */
export function marksFor(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): Marks {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  const isPlain = !isTerminal || env['NO_COLOR'] || env['TERM'] === 'dumb' || !/utf-?8/i.test(locale);
  return isPlain ? WORDS : SIGNS;
}

/** A line for the step, and what it has to add below. */
export function stepText({ outcome, title, message, details = [] }: StepReport, marks: Marks): string {
  const indent = ' '.repeat(marks.ok.length + 1);
  const lines = [`${marks[outcome]} ${title}: ${oneLine(message)}`];
  return `${[...lines, ...details.map((detail) => `${indent}${oneLine(detail)}`)].join('\n')}\n`;
}

/** The end of the report. */
export function todoText(todos: readonly Todo[]): string {
  if (todos.length === 0) return '\nAll is well.\n';
  const lines = todos.flatMap(({ urgency, problem, what, command }, index) => [
    `${String(index + 1).padStart(2)}. ${urgency}: ${oneLine(problem)}`,
    `    ${oneLine(what)}`,
    ...(command === undefined ? [] : [`      $ ${command}`]),
  ]);
  return `\nWhat to do, the most urgent first:\n${lines.join('\n')}\n`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
