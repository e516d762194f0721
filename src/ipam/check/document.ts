import { FINDINGS, type FindingCode } from '../catalogue.ts';
import type { IpamFinding } from '../finding.ts';
import type { Survey } from '../survey/survey.ts';

/** All findings as one value, for `-o json|yaml`. */
export function checkDocument(survey: Survey, findings: readonly IpamFinding[], now: Date): object {
  const { cluster, counts, corrupt } = survey;
  const of = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
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
    problems: findings.filter(({ counted }) => counted).length,
    errors: of('error'),
    warnings: of('warning'),
    unreadable: corrupt,
    findings: findings.map((finding) => findingDocument(finding, now)),
  };
}

function findingDocument(finding: IpamFinding, now: Date): object {
  const { code, severity, subject, message, since, owner, evidence, fix, advice } = finding;
  const kind = FINDINGS[code as FindingCode];
  const age = since === undefined ? undefined : ageText(now.getTime() - Date.parse(since));
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

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** A time span by its largest unit, e.g. `3h`; undefined where it is none. */
export function ageText(milliseconds: number): string | undefined {
  if (!(milliseconds >= 0)) return undefined;
  const seconds = Math.trunc(milliseconds / 1000);
  const [unit, size] = UNITS.find(([, each]) => seconds >= each) ?? UNITS.at(-1)!;
  return `${Math.trunc(seconds / size)}${unit}`;
}
