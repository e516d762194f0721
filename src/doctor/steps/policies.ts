import type { Finding as LintFinding } from '../../core/result.ts';
import { counted } from '../../core/words.ts';
import { Examination } from '../../validation/examination.ts';
import { acrossRules, lintRules, summariesOf } from '../../validation/index.ts';
import { LiveExamination } from '../../validation/live.ts';
import { type Finding, ok, skipped, type Todo } from '../step.ts';
import type { Surroundings } from '../surroundings.ts';

/** So many rules are told, the commonest. */
const LINES = 5;

/** What `validate --live` says of all that is stored: how often which rule is broken. */
export async function policies({ settings, store, takes, signal }: Surroundings): Promise<Finding> {
  const { type } = await settings();
  const warnings: string[] = [];
  const across = await acrossRules();
  const examination = new Examination({
    ...{ namespaces: {}, across: [], lint: await lintRules(), written: true, live: true },
  });
  const live = new LiveExamination(examination, {
    ...{ store: await store(), namespace: undefined, across, signal },
    takes: (kind, write) => takes(type, kind, write),
    warn: (text) => warnings.push(text.replace(/^Warning: /, '').trim()),
  });
  await live.everything();
  const { total, findings } = examination.finish();
  if (total === 0 && warnings.length > 0) return skipped(`nothing could be looked at: ${warnings[0]!}`);
  const rest = warnings.splice(LINES);
  if (rest.length > 0) warnings.push(`and ${rest.length} more like it`);
  const summary = `${counted(total, 'resource')} looked at`;
  if (findings.length === 0) return ok(`${summary}, nothing wrong`, warnings);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const lines = await linesOf(findings);
  return {
    outcome: errors > 0 ? 'error' : 'warning',
    message: `${summary}: ${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}`,
    details: [...lines, ...warnings],
    todo: [todoOf(findings.length, errors, lines[0]!)],
  };
}

function todoOf(all: number, errors: number, first: string): Todo {
  return {
    urgency: errors > 0 ? 'error' : 'warning',
    problem: `${counted(all, 'finding')} in what is stored; the gravest and commonest: ${first}`,
    what: 'Look at each; `calicoctl explain RULE` says why a rule holds.',
    command: 'calicoctl validate --live --summary',
  };
}

async function linesOf(findings: readonly LintFinding[]): Promise<readonly string[]> {
  const groups = [...Map.groupBy(findings, ({ rule }) => rule)];
  const rank = (group: readonly LintFinding[]) => (group[0]?.severity === 'error' ? 0 : 1);
  groups.sort(([, a], [, b]) => rank(a) - rank(b) || b.length - a.length);
  const docs = new Map(
    (await summariesOf(new Set(groups.map(([id]) => id)))).map(({ id, doc }) => [id, doc]),
  );
  return groups
    .slice(0, LINES)
    .map(
      ([id, group]) =>
        `${group.length} × ${id}: ${docs.get(id) ?? group[0]!.message} E.g. ${exampleOf(group[0]!)}`,
    );
}

function exampleOf({ resource, message }: LintFinding): string {
  return resource === undefined ? message : `${resource}: ${message}`;
}
