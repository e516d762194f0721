import type { Explanation } from '../rule.ts';

/** Explanations of rules about BGP (CAL14xx). */
export const BGP: Readonly<Record<string, Explanation>> = {};
