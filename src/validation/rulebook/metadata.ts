import type { Explanation } from '../rule.ts';

/** Explanations of rules about names, namespaces, labels and annotations (CAL0060 to CAL0069). */
export const METADATA: Readonly<Record<string, Explanation>> = {};
