import type { Explanation } from '../rule.ts';

/** Explanations of rules about what the reader, the decoder and the keywords of schemas ask (CAL0001 to CAL0018). */
export const READING_AND_KEYWORDS: Readonly<Record<string, Explanation>> = {};
