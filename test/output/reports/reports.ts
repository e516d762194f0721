import type { Io } from '../../../src/core/io.ts';
import type { Finding, ReportFormat, ReportResult } from '../../../src/core/result.ts';
import { renderReport } from '../../../src/output/report.ts';

/** Reports for tests of their formats, and what is printed of them. */

export function finding(given: Partial<Finding> = {}): Finding {
  const common = { rule: 'CAL1000', severity: 'error', path: ['spec', 'cidr'], message: 'is wrong' } as const;
  return { ...common, resource: 'IPPool(a)', ...given };
}

/** A finding about the characters between `«` and `»` of a line, at line 7 of `a.yaml`. */
export function marked(line: string, given: Partial<Finding> = {}): Finding {
  const [before = '', value = '', after = ''] = line.split(/[«»]/);
  const column = [...before].length + 1;
  const end = { line: 7, column: column + [...value].length };
  const place = { file: 'a.yaml', line: 7, column, end };
  return finding({ value, place, source: before + value + after, ...given });
}

export function report(
  format: ReportFormat,
  findings: readonly Finding[],
  given: Partial<ReportResult> = {},
): ReportResult {
  const defaults = {
    failOn: 'error',
    summary: false,
    suppressed: 0,
    total: 3,
    valid: 2,
    kind: undefined,
  } as const;
  const explain = async (ids: ReadonlySet<string>) =>
    [...ids]
      .filter((id) => id !== 'CAL9999')
      .map((id) => ({ id, severity: 'error' as const, doc: `Doc of ${id}.`, why: `Why ${id}.` }));
  return { type: 'report', format, findings, explain, ...defaults, ...given };
}

export async function printed(
  result: ReportResult,
  given: { readonly terminal?: boolean; readonly env?: Io['env']; readonly cwd?: string } = {},
): Promise<{ status: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const { terminal = false, env = {}, cwd = '/checkout' } = given;
  const status = await renderReport(result, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdin: async function* () {},
    env,
    cwd,
    terminal: { out: terminal, err: terminal, in: false },
    signal: new AbortController().signal,
  });
  return { status, out, err };
}
