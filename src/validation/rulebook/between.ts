import type { Explanation } from '../rule.ts';

/** Explanations of rules about what objects ask of each other, and writes of what is stored (CAL18xx). */
export const BETWEEN: Readonly<Record<string, Explanation>> = {};
