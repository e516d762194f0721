import type { Explanation } from '../rule.ts';

/** Explanations of rules about the forms of single values (CAL0020 to CAL0055). */
export const FORMS: Readonly<Record<string, Explanation>> = {};
