import type { JsonObject } from '../../core/json.ts';
import { type Area, CAUSES, type CauseCode, type CauseSeverity } from './catalogue.ts';

/** What a cause is about. */
export interface Subject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** One thing that is wrong with the cluster; many objects with the same trouble are one cause. */
export interface Cause {
  readonly code: CauseCode;
  readonly severity: CauseSeverity;
  readonly area: Area;
  /** In the order of their names; empty where it is about the whole cluster. */
  readonly subjects: readonly Subject[];
  /** What is wrong, in one line with names and values. */
  readonly message: string;
  /** What was read that shows it. */
  readonly evidence: JsonObject;
  /** What to do, in one sentence. */
  readonly advice: string;
  /** The command line that does it, or shows more. */
  readonly command?: string;
}

type Told = Omit<Cause, 'code' | 'severity' | 'area'>;

/** A cause with what the catalogue says of its code. */
export function cause(code: CauseCode, told: Told): Cause {
  const { severity, area } = CAUSES[code];
  return { code, severity, area, ...told };
}

/** Why something is not known. `not-configured`: nothing says where to look, so nobody expects an answer. */
export type UnknownReason = 'forbidden' | 'unreachable' | 'not-configured' | 'failed';

/** What could not be looked at. */
export interface Unknown {
  /** In words, e.g. `nodes of Kubernetes`. */
  readonly what: readonly string[];
  readonly reason: UnknownReason;
  readonly why: string;
  readonly advice?: string;
}

const ORDER: readonly CauseSeverity[] = ['critical', 'error', 'warning'];

/** The worst first; what is as bad in the order in which it was found. */
export function worstFirst(causes: readonly Cause[]): readonly Cause[] {
  return causes.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** So many names stand in a line. */
const NAMED = 5;

/** `a, b and 12 more`. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMED);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Subjects of a kind by name. */
export function subjects(kind: string, names: Iterable<string>): readonly Subject[] {
  return [...names].sort().map((name) => ({ kind, name }));
}
