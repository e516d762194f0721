/** 422 in words: every field the server names, with what it holds and why that is wrong. */
import type { FieldPath, Problem } from '../../../core/errors.ts';
import { parseJson } from '../../../core/json.ts';
import { type Refusal, subject, type Told } from './status.ts';

/** The server's causes as problems of the object. */
export function invalid({ action, status }: Refusal): Told {
  const who = subject(action);
  const problems = status.causes.map(problemOf);
  if (problems.length === 0) return { errorClass: 'validation', message: `${who}: ${status.message}` };
  return { errorClass: 'validation', message: `${who} is refused by the API server`, problems };
}

const CAUSE =
  /^(?:Invalid|Unsupported|Required|Duplicate|Forbidden|Too long|Too many|Not found|Internal)[^:]*(?:: (?<rest>.*))?$/s;

function problemOf({ field, message, reason }: Refusal['status']['causes'][number]): Problem {
  const path = parsePath(field);
  const rest = CAUSE.exec(message)?.groups?.['rest'];
  const split = rest === undefined ? undefined : splitValue(rest);
  if (split !== undefined && /Invalid|NotSupported|Duplicate/.test(reason)) {
    return { path, value: split.value, message: split.why || wordsOf(reason) };
  }
  return { path, message: rest ?? (message || wordsOf(reason)) };
}

function wordsOf(reason: string): string {
  return (
    reason
      .replace(/^FieldValue/, '')
      .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toLowerCase() || 'is refused'
  );
}

/** `"x": must be …` or `5: should be …`: a JSON value, then the reason. */
function splitValue(rest: string): { value: unknown; why: string } | undefined {
  for (let at = rest.indexOf(': '); ; at = rest.indexOf(': ', at + 1)) {
    const head = at < 0 ? rest : rest.slice(0, at);
    try {
      return { value: parseJson(head), why: at < 0 ? '' : rest.slice(at + 2) };
    } catch {
      if (at < 0) return undefined;
    }
  }
}

/** `spec.ingress[0].action`, `metadata.labels[a.b/c]`, `<nil>` for the whole object. */
export function parsePath(field: string): FieldPath {
  if (field === '' || field === '<nil>' || field === '.') return [];
  const path: (string | number)[] = [];
  for (const [, name, bracket] of field.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    if (name !== undefined) path.push(name);
    else path.push(/^\d+$/.test(bracket!) ? Number(bracket) : bracket!.replace(/^(['"])(.*)\1$/, '$2'));
  }
  return path;
}
