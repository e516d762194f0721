import { isError } from '../../core/errors.ts';
import { counted } from '../../core/words.ts';
import { FINDINGS, type FindingCode } from '../../ipam/catalogue.ts';
import { findAll } from '../../ipam/check/find.ts';
import type { IpamFinding } from '../../ipam/finding.ts';
import { readSurvey } from '../../ipam/survey/read.ts';
import { type Finding, ok, skipped, type Todo } from '../step.ts';
import type { Surroundings } from '../surroundings.ts';

/** So many kinds of findings have a line of their own. */
const LINES = 8;

interface Tally {
  count: number;
  readonly first: IpamFinding;
}

/** What `ipam check` finds, counted. */
export async function addresses({ store }: Surroundings): Promise<Finding> {
  const from = await store();
  const unseen: string[] = [];
  const tallies = new Map<string, Tally>();
  let survey: Awaited<ReturnType<typeof readSurvey>>;
  try {
    survey = await readSurvey(from, { unseen }).catch((error: unknown) => {
      if (!isError(error, 'not-found')) throw error;
      // Where kube-controllers never ran, nothing says which services have addresses of ours.
      return readSurvey(from, { unseen, services: async () => undefined });
    });
  } catch (error) {
    if (!isError(error, 'not-found')) throw error;
    return skipped(`not looked at: ${error.message}`);
  }
  for await (const finding of findAll(from, survey)) {
    const tally = tallies.get(finding.code);
    if (tally === undefined) tallies.set(finding.code, { count: 1, first: finding });
    else tally.count++;
  }
  const hidden = unseen.map((why) => `not seen: ${why}`);
  const services = survey.servicesUnknown ? ['services were not looked at'] : [];
  const { counts, blocks } = survey;
  const summary = `${counts.allocations} allocated in ${counted(blocks.size, 'block')}`;
  if (tallies.size === 0) return ok(`${summary}, nothing wrong`, [...hidden, ...services]);
  return found(summary, [...tallies.values()], [...hidden, ...services]);
}

function found(summary: string, tallies: readonly Tally[], notes: readonly string[]): Finding {
  const rank = ({ first }: Tally) => (first.severity === 'error' ? 0 : 1);
  const sorted = tallies.toSorted((a, b) => rank(a) - rank(b) || b.count - a.count);
  const lines = sorted.map(
    ({ count, first }) => `${count} × ${titleOf(first.code)} (${first.code}), e.g. ${first.message}`,
  );
  const isBad = sorted.some(({ first }) => first.severity === 'error');
  return {
    outcome: isBad ? 'error' : 'warning',
    message: `${summary}; ${counted(tallies.length, 'kind')} of findings`,
    details: [...lines.slice(0, LINES), ...notes],
    todo: todoOf(sorted),
  };
}

function titleOf(code: string): string {
  return FINDINGS[code as FindingCode]?.title ?? code;
}

/** What can be repaired is one thing to do; the rest another. */
function todoOf(sorted: readonly Tally[]): readonly Todo[] {
  const [repairable, others] = [
    sorted.filter(({ first }) => first.fix !== undefined),
    sorted.filter(({ first }) => first.fix === undefined),
  ];
  const told = (tallies: readonly Tally[], what: string, command: string): readonly Todo[] =>
    tallies.length === 0
      ? []
      : [
          {
            urgency: tallies.some(({ first }) => first.severity === 'error') ? 'error' : 'warning',
            problem: `addresses: ${tallies.map(({ count, first }) => `${count} × ${titleOf(first.code)}`).join(', ')}`,
            ...{ what, command },
          },
        ];
  return [
    ...told(others, others[0]?.first.advice ?? 'Look at each finding.', 'calicoctl ipam check -o yaml'),
    ...told(repairable, 'See what would be repaired.', 'calicoctl ipam repair --dry-run'),
  ];
}
