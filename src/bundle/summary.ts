import type { About } from './bundle.ts';
import type { StepResult } from './step.ts';

/** The summary of a bundle: what it is, and every step with its result. */
export function summaryText({ title, facts }: About, results: readonly StepResult[]): string {
  const names = Object.keys(facts).map((name) => name.length + 2);
  const width = Math.max(0, ...names);
  const head = Object.entries(facts).map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`);
  return `${[title, '', ...head, '', ...results.map(stepLine), '', countLine(results)].join('\n')}\n`;
}

function stepLine({ step, outcome, files, reason, took }: StepResult): string {
  const first = `${outcome.padEnd(8)}${step} (${took} ms)`;
  const where =
    files.length === 0 ? '' : ` -> ${files.length > 3 ? `${files.length} files` : files.join(', ')}`;
  const why = reason === undefined ? '' : `\n        ${reason.replaceAll('\n', '\n        ')}`;
  return `${first}${where}${why}`;
}

/** `31 steps: 27 done, 1 failed, 3 skipped`. */
export function countLine(results: readonly StepResult[]): string {
  const count = (outcome: StepResult['outcome']) => results.filter((step) => step.outcome === outcome).length;
  const total = `${results.length} ${results.length === 1 ? 'step' : 'steps'}`;
  return `${total}: ${count('done')} done, ${count('failed')} failed, ${count('skipped')} skipped`;
}

/** A line for each step that gave less than it should, for the end of a command. */
export function shortcomings(results: readonly StepResult[]): readonly string[] {
  return results
    .filter(({ outcome }) => outcome !== 'done')
    .map(({ step, outcome, reason }) => `${outcome}: ${step}: ${(reason ?? '').split('\n')[0]}`);
}
