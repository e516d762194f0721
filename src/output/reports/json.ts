import { type Fix, formatPath, formatValue } from '../../core/errors.ts';
import type { Finding, ReportResult, Severity } from '../../core/result.ts';
import { toJson } from '../formats/json.ts';
import { filesConcerned, rulesBroken, totalsOf } from './counts.ts';

/** The report of `-o json`; docs/reports.md tells about it. Fields are only ever added. What is not known is absent. */
export interface JsonReport {
  readonly version: 1;
  readonly totals: {
    readonly resources: number;
    /** Resources without an error; absent where a document could not be read. */
    readonly valid?: number;
    readonly errors: number;
    readonly warnings: number;
    readonly suppressed: number;
  };
  readonly findings: readonly JsonFinding[];
  /** With --live: something could not be looked at, for want of rights. */
  readonly incomplete?: true;
  /** Only with --summary. */
  readonly summary?: {
    readonly rules: readonly { rule: string; severity: Severity; count: number; doc?: string }[];
    readonly files: readonly { file?: string; errors: number; warnings: number }[];
  };
}

export interface JsonFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly resource?: string;
  /** `spec.ingress[0].action`; empty for the whole resource. */
  readonly field: string;
  readonly path: readonly (string | number)[];
  /** As given; the beginning of its JSON where that is longer than 120 characters. */
  readonly value?: unknown;
  readonly valueCut?: true;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly fix?: Fix;
  /** With --live and files: so it is in the datastore already, and the change has no part in it. */
  readonly already?: true;
}

export async function jsonReport(report: ReportResult): Promise<string> {
  const { total, valid, findings, suppressed, incomplete, summary } = report;
  const { error: errors, warning: warnings } = totalsOf(findings);
  const value: JsonReport = {
    version: 1,
    totals: { resources: total, ...(valid !== undefined && { valid }), errors, warnings, suppressed },
    findings: findings.map(jsonFinding),
    ...(incomplete && { incomplete }),
    ...(summary && { summary: await summaryOf(report) }),
  };
  return `${toJson(value)}\n`;
}

function jsonFinding(finding: Finding): JsonFinding {
  const { rule, severity, resource, path, message, place, fix, already } = finding;
  const { file, line, column, end } = place ?? {};
  return {
    ...{ rule, severity },
    ...(resource !== undefined && { resource }),
    ...{ field: formatPath(path), path },
    ...shownValue(finding),
    message,
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(end && { endLine: end.line, endColumn: end.column }),
    ...(fix && { fix }),
    ...(already && { already }),
  };
}

function shownValue({ value }: Finding): Pick<JsonFinding, 'value' | 'valueCut'> {
  if (value === undefined) return {};
  const text = formatValue(value);
  return text.endsWith('...') && text.length === 120 ? { value: text, valueCut: true } : { value };
}

async function summaryOf({ findings, explain }: ReportResult): Promise<NonNullable<JsonReport['summary']>> {
  const rules = rulesBroken(findings);
  const known = await explain(new Set(rules.map(({ rule }) => rule)));
  const docs = new Map(known.map(({ id, doc }) => [id, doc]));
  return {
    rules: rules.map((entry) => {
      const doc = docs.get(entry.rule);
      return { ...entry, ...(doc !== undefined && { doc }) };
    }),
    files: filesConcerned(findings).map(({ file, ...counts }) => ({
      ...(file !== undefined && { file }),
      ...counts,
    })),
  };
}
