import type { Explanation } from '../rule.ts';

/** Explanations of rules about Felix (CAL152x). */
export const FELIX: Readonly<Record<string, Explanation>> = {};
