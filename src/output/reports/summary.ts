import type { ReportResult } from '../../core/result.ts';
import { columnsTable } from '../formats/columns.ts';
import { filesConcerned, rulesBroken } from './counts.ts';

/** How often each rule was broken, and in which files; both empty where nothing was found. */
export async function summaryTables({ findings, explain, suppressed }: ReportResult): Promise<string> {
  const rules = rulesBroken(findings);
  const known = await explain(new Set(rules.map(({ rule }) => rule)));
  const docs = new Map(known.map(({ id, doc }) => [id, doc]));
  const byRule = rules.map(({ rule, severity, count }) => [
    ...[rule, severity, String(count)],
    docs.get(rule) ?? '',
  ]);
  const byFile = filesConcerned(findings).map(({ file = '', errors, warnings }) => [
    file,
    String(errors),
    String(warnings),
  ]);
  const hidden = suppressed === 0 ? '' : `Suppressed: ${suppressed}\n`;
  if (rules.length === 0) return `Nothing was found.\n${hidden}`;
  const tables = [
    columnsTable(['RULE', 'SEVERITY', 'COUNT', 'WHAT HAS TO HOLD'], byRule),
    columnsTable(['FILE', 'ERRORS', 'WARNINGS'], byFile),
  ];
  return `${tables.map((table) => `\n${table.trimEnd().replace(/ +$/gm, '')}\n`).join('')}${hidden}`;
}
