import type { FindingRule } from './rule.ts';

/** What is looked for beyond what the reference finds, in the order told. */
export const RULES: readonly FindingRule[] = [];
