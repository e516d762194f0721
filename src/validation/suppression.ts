import type { Finding, Severity } from '../core/result.ts';
import { IGNORABLE } from './ids.ts';

/** Which findings a user does not want to hear of. Errors are never hidden: only warnings can be. */
export interface Suppression {
  /** Told of a file before its documents are looked at; reads what the user says about files in its folder. */
  enter(file: string): Promise<void>;
  /** `annotation` is what the resource itself says, see IGNORE_ANNOTATION. */
  hides(finding: Finding, annotation: string | undefined): boolean;
  /** Which severity is to make the command fail, where files that were entered say so. */
  readonly failOn?: Severity | undefined;
}

export const NOTHING_SUPPRESSED: Suppression = {
  enter: async () => {},
  hides: (finding, annotation) => finding.severity === 'warning' && isNamed(finding.rule, annotation),
};

/** Ids of rules, or "all": what is not to be said of the resource that has it. */
export const IGNORE_ANNOTATION = 'lint.calicoctl.projectcalico.org/ignore';

/** The ids in a list with commas. */
export function idsIn(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((id) => id !== '');
}

/** The rules that an id, the beginning of one, or "all" means, of those that can be ignored. */
export function ignorableBy(id: string): readonly string[] {
  if (id === 'all') return IGNORABLE;
  return /^CAL\d{1,4}$/.test(id) ? IGNORABLE.filter((rule) => rule.startsWith(id)) : [];
}

/** True where a list of ids names the rule. */
export function isNamed(rule: string, list: string | undefined): boolean {
  return (
    list !== undefined && idsIn(list).some((id) => id === 'all' || (/^CAL\d/.test(id) && rule.startsWith(id)))
  );
}
