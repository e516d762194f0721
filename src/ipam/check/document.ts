import { stringifyJson } from '../../core/json.ts';
import { formatAge } from '../age.ts';
import { FINDINGS, type FindingCode } from '../catalogue.ts';
import type { IpamFinding } from '../finding.ts';
import type { Survey } from '../survey/survey.ts';

/** What is told once all findings are known. */
class Tally {
  problems = 0;
  errors = 0;
  warnings = 0;

  add({ counted, severity }: IpamFinding): void {
    if (counted) this.problems++;
    if (severity === 'error') this.errors++;
    if (severity === 'warning') this.warnings++;
  }

  get value() {
    return { problems: this.problems, errors: this.errors, warnings: this.warnings };
  }
}

type Findings = AsyncIterable<IpamFinding>;

/** All findings as one value, for `-o yaml`. */
export async function checkDocument(survey: Survey, findings: Findings, now: Date): Promise<object> {
  const tally = new Tally();
  const documents: object[] = [];
  for await (const finding of findings) {
    tally.add(finding);
    documents.push(findingDocument(finding, now));
  }
  return { ...headOf(survey), findings: documents, ...tally.value };
}

/** The same as JSON, finding by finding: there may be a million. */
export async function* checkJson(survey: Survey, findings: Findings, now: Date): AsyncGenerator<string> {
  const tally = new Tally();
  yield `${stringifyJson(headOf(survey), 2).slice(0, -2)},\n  "findings": [`;
  let separator = '\n    ';
  for await (const finding of findings) {
    tally.add(finding);
    yield separator + stringifyJson(findingDocument(finding, now), 2).replaceAll('\n', '\n    ');
    separator = ',\n    ';
  }
  const end = separator.startsWith(',') ? '\n  ]' : ']';
  yield `${end},${stringifyJson(tally.value, 2).slice(1)}\n`;
}

function headOf(survey: Survey): object {
  const { cluster, counts, corrupt } = survey;
  return {
    cluster: { guid: cluster.guid, type: cluster.type, locked: cluster.locked },
    counts: {
      blocks: survey.blocks.size,
      allocations: counts.allocations,
      inUse: counts.inUse,
      workloads: counts.workloads,
      tunnels: counts.tunnels,
      services: counts.services ?? null,
      handles: survey.handles.existing,
    },
    unreadable: corrupt,
  };
}

function findingDocument(finding: IpamFinding, now: Date): object {
  const { code, severity, subject, message, since, owner, evidence, fix, advice } = finding;
  const kind = FINDINGS[code as FindingCode];
  const passed = since === undefined ? Number.NaN : now.getTime() - Date.parse(since);
  const age = passed >= 0 ? formatAge(passed) : undefined;
  return {
    ...{ code, severity },
    ...(kind === undefined ? {} : { title: kind.title }),
    ...{ subject, message },
    ...(since === undefined ? {} : { since }),
    ...(age === undefined ? {} : { age }),
    ...(owner === undefined ? {} : { owner }),
    evidence,
    ...(fix === undefined ? {} : { fix }),
    ...(advice === undefined ? {} : { advice }),
  };
}
