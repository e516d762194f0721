import { groupBy } from '../../core/group.ts';
import type { Finding, Severity } from '../../core/result.ts';

/** `1 error`, `2 errors`. */
export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** How many findings there are of each severity. */
export function totalsOf(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const error = findings.filter(({ severity }) => severity === 'error').length;
  return { error, warning: findings.length - error };
}

/** How often a rule was broken. */
export interface RuleCount {
  readonly rule: string;
  readonly severity: Severity;
  readonly count: number;
}

/** What was found in a file; without a name, in what comes from no file. */
export interface FileCount {
  readonly file: string | undefined;
  readonly errors: number;
  readonly warnings: number;
}

/** Rules by how often they were broken, the most frequent first; a rule of two severities counts for each. */
export function rulesBroken(findings: readonly Finding[]): readonly RuleCount[] {
  const groups = groupBy(findings, ({ rule, severity }) => `${severity} ${rule}`);
  return [...groups.values()]
    .map((group) => ({ rule: group[0]!.rule, severity: group[0]!.severity, count: group.length }))
    .sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1));
}

/** Files with findings in the order of the input. */
export function filesConcerned(findings: readonly Finding[]): readonly FileCount[] {
  const groups = groupBy(findings, ({ place }) => place?.file);
  return [...groups].map(([file, group]) => {
    const { error, warning } = totalsOf(group);
    return { file, errors: error, warnings: warning };
  });
}
