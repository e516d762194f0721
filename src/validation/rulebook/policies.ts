import type { Explanation } from '../rule.ts';

/** Explanations of rules about policies and their rules (CAL11xx). */
export const POLICIES: Readonly<Record<string, Explanation>> = {};
