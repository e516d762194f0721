import { FINDINGS, type FindingKind } from '../ipam/catalogue.ts';

/** The finding of `ipam check` with that code. */
export function findingNamed(code: string): FindingKind | undefined {
  return Object.hasOwn(FINDINGS, code) ? FINDINGS[code as keyof typeof FINDINGS] : undefined;
}

/** Codes of all findings. */
export function findingIds(): readonly string[] {
  return Object.keys(FINDINGS);
}
