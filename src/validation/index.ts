import type { RuleSummary } from '../core/result.ts';
import type { AcrossRule, LintRule } from './rule.ts';

/** Every rule beyond those of single kinds. */
export async function acrossRules(): Promise<readonly AcrossRule[]> {
  return [];
}

export async function lintRules(): Promise<readonly LintRule[]> {
  return [];
}

/** What is to be told about rules beside their breaches. */
export async function summariesOf(ids: ReadonlySet<string>): Promise<readonly RuleSummary[]> {
  const { allRules } = await import('./rulebook/index.ts');
  return (await allRules()).filter(({ id }) => ids.has(id));
}
