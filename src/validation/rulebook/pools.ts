import type { Explanation } from '../rule.ts';

/** Explanations of rules about IP pools (CAL100x). */
export const POOLS: Readonly<Record<string, Explanation>> = {};
