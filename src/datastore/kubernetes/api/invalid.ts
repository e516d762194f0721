/** 422 in words: every field the server names, with what it holds and why that is wrong. */
import type { FieldPath, Problem } from '../../../core/errors.ts';
import { parseJson } from '../../../core/json.ts';
import { type Refusal, subject, type Told } from './status.ts';

/** Said beside the other faults, and of no use to who has to mend them. */
const UNCHECKED = /some validation rules were not checked/;

/** The server's causes as problems of the object. */
export function invalid({ action, status }: Refusal): Told {
  const who = subject(action);
  // The server names them in another order each time.
  const problems = status.causes
    .filter(({ message }) => !UNCHECKED.test(message))
    .map(problemOf)
    .sort((a, b) => comparePaths(a.path, b.path));
  if (problems.length === 0) return { errorClass: 'validation', message: `${who}: ${status.message}` };
  return { errorClass: 'validation', message: `${who} is refused by the API server`, problems };
}

function comparePaths(a: FieldPath, b: FieldPath): number {
  const at = a.findIndex((key, index) => key !== b[index]);
  const [one, other] = [a[at], b[at]];
  if (one === undefined || other === undefined) return a.length - b.length;
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one) < String(other) ? -1 : 1;
}

/** Every cause begins with the kind of fault, which its reason names too. */
const CAUSE =
  /^(?:Invalid|Unsupported|Required|Duplicate|Forbidden|Too long|Too many|Not found|Internal)[^:]*(?:: (?<rest>.*))?$/s;

function problemOf({ field, message, reason }: Refusal['status']['causes'][number]): Problem {
  const path = parsePath(field);
  const known = CAUSE.exec(message);
  const rest = known?.groups?.['rest'];
  if (known !== null && rest === undefined) return { path, message: wordsOf(reason) };
  if (rest === undefined) return { path, message: message || wordsOf(reason) };
  const wrongType = /must be of type (\w+): "(\w+)"$/.exec(rest);
  if (wrongType !== null)
    return {
      path,
      message: `must be of type ${wrongType[1]}, not ${wrongType[2]!.replace(/^int64$/, 'integer')}`,
    };
  const split = splitValue(rest);
  if (split === undefined || !/Invalid|NotSupported|Duplicate/.test(reason)) return { path, message: rest };
  const why = split.why.replace(/^\S+ in body /, '').replace(/^supported values: /, 'is not one of ');
  // Rules of definitions are told with the type of the value instead of the value.
  const isType = split.value === null || TYPES.has(split.value);
  return { path, ...(!isType && { value: split.value }), message: why || wordsOf(reason) };
}

const TYPES: ReadonlySet<unknown> = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean']);

const WORDS: Readonly<Record<string, string>> = {
  FieldValueRequired: 'is required',
  FieldValueDuplicate: 'is given twice',
  FieldValueForbidden: 'is not allowed here',
  FieldValueNotFound: 'does not exist',
  FieldValueTooLong: 'is too long',
  FieldValueTooMany: 'has too many items',
};

function wordsOf(reason: string): string {
  return WORDS[reason] ?? 'is not valid';
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
