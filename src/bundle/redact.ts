/** Text and objects without what nobody outside may see: keys, tokens, passwords. */

/** Stands where a secret stood. */
export const REDACTED = '<redacted>';
