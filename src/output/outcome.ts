import { type CalicoctlError, formatError } from '../core/errors.ts';
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
  const { verb, total, handled, kind, errors, stopped } = outcome;
  if (total === 0) return { out: 'No resources specified\n', err: '', status: 0 };
  const failures = [
    ...errors.map((error) => describeFailure(verb, error)),
    ...(stopped === undefined ? [] : [`Stopped: ${stopped}.`]),
  ];
  const err = failures.map((line) => `${line}\n`).join('');
  if (failures.length === 0) return { out: `${success(verb, handled, kind)}\n`, err, status: 0 };
  return { out: partly(outcome), err, status: 1 };
}

function success(verb: BulkVerb, count: number, kind: string | undefined): string {
  if (verb === 'patch') return `Successfully patched ${count} '${kind}' resource`;
  return `Successfully ${DONE[verb]} ${count}${kind === undefined ? '' : ` '${kind}'`} resource(s)`;
}

function partly({ verb, total, handled, kind }: OutcomeResult): string {
  if (handled === 0) return '';
  if (verb === 'delete') return `${success(verb, handled, kind)}\n`;
  return `Partial success: ${DONE[verb]} ${handled} out of ${total}${kind === undefined ? '' : ` '${kind}'`} resources\n`;
}

function describeFailure(verb: BulkVerb, error: CalicoctlError): string {
  return `Failed to ${verb}: ${formatError(error)}`;
}
