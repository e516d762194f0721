import type { Explanation } from '../rule.ts';

/** Explanations of rules about all other kinds (CAL1060, CAL13xx, CAL158x, CAL166x). */
export const OTHERS: Readonly<Record<string, Explanation>> = {};
