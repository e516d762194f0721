import { formatError } from '../core/errors.ts';
import type { BulkVerb, OutcomeResult } from '../core/result.ts';

const DONE: Readonly<Record<BulkVerb, string>> = {
  create: 'created',
  apply: 'applied',
  replace: 'replaced',
  delete: 'deleted',
  validate: 'validated',
  patch: 'patched',
};

/** An outcome in words: scripts know these lines, so they follow the reference; failures come one by one on stderr. */
export function outcomeText(outcome: OutcomeResult): { out: string; err: string; status: number } {
  const { verb, total, handled, kind, stopped } = outcome;
  if (total === 0) return { out: 'No resources specified\n', err: '', status: 0 };
  const failures = [
    ...failureLines(outcome),
    ...unknownLines(outcome),
    ...leftOutLines(outcome),
    ...stoppedLines(outcome),
  ];
  const err = failures.map((line) => `${line}\n`).join('');
  if (failures.length === 0) return { out: `${success(verb, handled, kind)}\n`, err, status: 0 };
  return { out: partly(outcome), err, status: stopped?.interrupted ? 130 : 1 };
}

/** The line of the reference, which scripts know. */
export function success(verb: BulkVerb, count: number, kind: string | undefined): string {
  if (verb === 'patch') return `Successfully patched ${count} '${kind}' resource`;
  return `Successfully ${DONE[verb]} ${count}${kind === undefined ? '' : ` '${kind}'`} resource(s)`;
}

function partly({ verb, total, handled, kind }: OutcomeResult): string {
  if (handled === 0) return '';
  if (verb === 'delete') return `${success(verb, handled, kind)}\n`;
  return `Partial success: ${DONE[verb]} ${handled} out of ${total}${kind === undefined ? '' : ` '${kind}'`} resources\n`;
}

/** One a failure; many that fail in the same words, as when the datastore goes away, are told once. */
function failureLines({ verb, errors }: OutcomeResult): string[] {
  const counts = new Map<string, number>();
  for (const error of errors) {
    const text = formatError(error);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) =>
    count === 1 ? `Failed to ${verb}: ${text}` : `Failed to ${verb} ${count} resources: ${text}`,
  );
}

function unknownLines({ verb, unknown = [] }: OutcomeResult): string[] {
  return unknown.length === 0 ? [] : [`May or may not have been ${DONE[verb]}: ${unknown.join(', ')}`];
}

function leftOutLines({ leftOut = [] }: OutcomeResult): string[] {
  return leftOut.map(({ kind, namespace, count }) => {
    const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
    return `Not tried: ${count} more ${kind} resource(s)${where}, since all before them were refused`;
  });
}

/** How far it got, where not everything was tried; the numbers add up to the total. */
function stoppedLines(outcome: OutcomeResult): string[] {
  const { verb, total, handled, errors, unknown = [], leftOut = [], stopped } = outcome;
  if (stopped === undefined && leftOut.length === 0) return [];
  const failed = errors.filter(({ details }) => !details.mayBeDone).length;
  const left = total - handled - failed - unknown.length;
  const parts = [
    `${handled} of ${total} resources were ${DONE[verb]}`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(unknown.length === 0 ? [] : [`${unknown.length} may or may not have been ${DONE[verb]}`]),
    ...(left === 0 ? [] : [`${left} were not tried`]),
  ];
  return [`${stopped === undefined ? 'In all' : `Stopped: ${stopped.why}`}: ${parts.join(', ')}.`];
}
