/** What went wrong, in the terms a user can act on. The exit status follows from it (see cli/exit.ts). */
export type ErrorClass =
  | 'usage' // the command line itself
  | 'input' // a file or document that cannot be read or decoded
  | 'configuration' // flags, environment or configuration file
  | 'validation' // a resource that breaks a rule
  | 'not-found'
  | 'already-exists'
  | 'conflict' // changed by somebody else since it was read
  | 'not-supported' // this kind, datastore or object does not take the operation
  | 'unauthorized'
  | 'unavailable' // the datastore cannot be reached, or broke off
  | 'timeout'
  | 'corrupt' // a stored entry that cannot be decoded
  | 'version' // cluster and client versions do not go together
  | 'datastore' // anything else the datastore said
  | 'cancelled'; // Ctrl-C

/** Where in the input something stands. `line` and `column` count from 1, columns in characters. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Behind its last character, where it is a key or a scalar. */
  readonly end?: { readonly line: number; readonly column: number };
}

/** Where a field stands in a document. */
export type FieldPath = readonly (string | number)[];

/** What has to be written instead, where there is one right answer: another value, or another name of the field. */
export type Fix = { readonly value: string | number } | { readonly key: string };

/** One fault of a resource: which field, what it holds, why that is wrong. */
export interface Problem {
  /** The rule that is broken, e.g. `CAL1000`; `calicoctl explain CAL1000` tells more. */
  readonly rule?: string;
  readonly fix?: Fix;
  /** Keys and indexes below the document, e.g. `['spec', 'ingress', 0, 'action']`; empty for the whole document. */
  readonly path: FieldPath;
  /** The offending value as given; absent where the fault is that there is none. */
  readonly value?: unknown;
  readonly message: string;
  /** Whether the key or the value is at fault; decides the column that is shown. */
  readonly at?: 'key' | 'value';
  readonly place?: Place;
}

export interface ErrorDetails {
  /** The resource concerned, as `Kind(name)` or `Kind(namespace/name)`. */
  readonly resource?: string;
  readonly problems?: readonly Problem[];
  /** The one fault that the message tells in full, for reports. */
  readonly fault?: Problem;
  readonly place?: Place;
  /** What the user can do about it; one sentence. */
  readonly hint?: string;
  /** The write may have been carried out all the same: only its answer was lost. */
  readonly mayBeDone?: boolean;
  /** Of `already-exists`, where the datastore answered with it: reads what is there. Throws as reading it does. */
  readonly existing?: () => unknown;
  /** Of `unauthorized`: only this resource is refused, others may not be. Absent: whoever asks is refused everything. */
  readonly scope?: 'resource';
  readonly cause?: unknown;
}

/** Every failure a user can meet. Anything else that reaches the top is a bug of ours (exit 70). */
export class CalicoctlError extends Error {
  override readonly name = 'CalicoctlError';
  constructor(
    readonly errorClass: ErrorClass,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }
}

/** True for a CalicoctlError of one of the classes. */
export function isError(error: unknown, ...classes: readonly ErrorClass[]): error is CalicoctlError {
  return error instanceof CalicoctlError && classes.includes(error.errorClass);
}

/** `file:line:column`, as far as known. */
export function formatPlace(place: Place): string {
  return [place.file, place.line, place.line === undefined ? undefined : place.column]
    .filter((part) => part !== undefined)
    .join(':');
}

/** `spec.ingress[0].action`; a key that is not a plain word is quoted in brackets. */
export function formatPath(path: FieldPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (!/^[\w$-]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** A value as it can be shown in one line of an error, quoted and cut to 120 characters. */
export function formatValue(value: unknown): string {
  const text =
    typeof value === 'bigint' ? String(value) : (JSON.stringify(value, bigintAsNumber) ?? String(value));
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function bigintAsNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** The error in one or more lines: what, where, each problem, what to do. No trailing newline. */
export function formatError(error: unknown): string {
  if (!(error instanceof CalicoctlError)) return error instanceof Error ? error.message : String(error);
  const { place, problems = [], hint, fault } = error.details;
  const where = place && !error.message.includes(place.file) ? `${formatPlace(place)}: ` : '';
  const head = `${where}${error.message}${problems.length === 0 ? ruleOf(fault) : ''}`;
  const lines = problems.map((problem) => `  ${formatProblem(problem)}`);
  return [head, ...lines, ...(hint ? [`  ${hint}`] : [])].join('\n');
}

/** `file:line:column: spec.cidr: "x" is not …`. */
export function formatProblem(problem: Problem): string {
  const where = problem.place ? `${formatPlace(problem.place)}: ` : '';
  const field = problem.path.length === 0 ? '' : `${formatPath(problem.path)}: `;
  const value = 'value' in problem && problem.value !== undefined ? `${formatValue(problem.value)} ` : '';
  return `${where}${field}${value}${problem.message}${ruleOf(problem)}`;
}

function ruleOf(problem: Problem | undefined): string {
  return problem?.rule === undefined ? '' : ` [${problem.rule}]`;
}
