import { FINDINGS, type FindingCode } from '../catalogue.ts';
import type { IpamFinding } from '../finding.ts';

/** A finding beyond those of the reference, with the severity of its code. */
export function found(
  code: FindingCode,
  finding: Omit<IpamFinding, 'code' | 'severity' | 'counted'>,
): IpamFinding {
  return { code, severity: FINDINGS[code].severity, ...finding, counted: false };
}
