import type { RuleSummary } from '../core/result.ts';
import type { AcrossRule, LintRule } from './rule.ts';

/** Every rule beyond those of single kinds; `lint: false` leaves out those that go beyond the rules of Calico. */
export async function acrossRules({ lint = true } = {}): Promise<readonly AcrossRule[]> {
  const { ACROSS } = await import('./across/index.ts');
  return lint ? ACROSS : ACROSS.filter(({ id }) => !id.startsWith('CAL2'));
}

export async function lintRules(): Promise<readonly LintRule[]> {
  return (await import('./lint/index.ts')).LINT;
}

/** What is to be told about rules beside their breaches. */
export async function summariesOf(ids: ReadonlySet<string>): Promise<readonly RuleSummary[]> {
  const { allRules } = await import('./rulebook/index.ts');
  return (await allRules()).filter(({ id }) => ids.has(id));
}
