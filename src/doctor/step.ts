/** How urgent something is: `critical` before `error` before `warning`. */
export type Urgency = 'critical' | 'error' | 'warning';

/** Something to be done. */
export interface Todo {
  readonly urgency: Urgency;
  /** What is wrong. */
  readonly problem: string;
  /** What to do about it, in a sentence. */
  readonly what: string;
  /** The exact command line, where one does it or shows more. */
  readonly command?: string;
}

/** What a step found. */
export interface Finding {
  readonly outcome: 'ok' | 'warning' | 'error' | 'skipped';
  /** In one line. */
  readonly message: string;
  /** Further lines. */
  readonly details?: readonly string[];
  readonly todo?: readonly Todo[];
  /** It is about what may not be seen, which the step about rights tells too. */
  readonly forbidden?: true;
}

/** A step that was made, or not. */
export interface StepReport extends Omit<Finding, 'forbidden'> {
  readonly id: StepId;
  readonly title: string;
  /** Milliseconds. */
  readonly took: number;
}

export type StepId =
  | 'configuration'
  | 'credentials'
  | 'name'
  | 'port'
  | 'tls'
  | 'answer'
  | 'login'
  | 'rights'
  | 'clock'
  | 'datastore'
  | 'versions'
  | 'definitions'
  | 'nodes'
  | 'bgp'
  | 'addresses'
  | 'policies'
  | 'health';

export function ok(message: string, details: readonly string[] = []): Finding {
  return { outcome: 'ok', message, ...(details.length === 0 ? {} : { details }) };
}

export function skipped(message: string): Finding {
  return { outcome: 'skipped', message };
}

/** Something wrong with one thing to do about it. */
export function wrong(
  urgency: Urgency,
  message: string,
  what: string,
  more: { readonly command?: string; readonly details?: readonly string[] } = {},
): Finding {
  const { command, details = [] } = more;
  return {
    outcome: urgency === 'warning' ? 'warning' : 'error',
    message,
    ...(details.length === 0 ? {} : { details }),
    todo: [{ urgency, problem: message, what, ...(command === undefined ? {} : { command }) }],
  };
}
