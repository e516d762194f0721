import type { Finding } from '../core/result.ts';
import type { Resource } from '../resources/kind.ts';

/** Which findings a user does not want to hear of. Errors are never hidden: only warnings can be. */
export interface Suppression {
  /** `resource` is the one that the finding is about, where it is at hand. */
  hides(finding: Finding, resource: Resource | undefined): boolean;
}

export const NOTHING_SUPPRESSED: Suppression = { hides: () => false };
