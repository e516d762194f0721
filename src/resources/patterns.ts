import { FORMS, KEYWORDS } from './structure.ts';

/** Patterns that are shared by kinds, and what to say of a value that does not match one. */

interface Explained {
  readonly rule: string;
  readonly message: string;
}

const explanations = new Map<string, Explained>();

/** Notes the rule that the pattern stands for, and what to say instead of showing it; returns the pattern. */
export function explainedPattern(
  pattern: string,
  message: string,
  rule: string = KEYWORDS.pattern.id,
): string {
  explanations.set(pattern, { rule, message });
  return pattern;
}

/** The rule that a value breaks which does not match, and what to say of it. */
export function patternFault(pattern: string): Explained {
  return explanations.get(pattern) ?? { rule: KEYWORDS.pattern.id, message: `does not match ${pattern}` };
}

/**
 * Calico's pattern for most durations. Its dot stands behind a doubled backslash, so fractions never match; the API
 * server holds the same pattern, so a laxer one here would only move the refusal.
 */
export const WHOLE_DURATION = explainedPattern(
  String.raw`^([0-9]+(\\.[0-9]+)?(ms|s|m|h))*$`,
  'is not a duration in whole hours, minutes, seconds and milliseconds such as "1m30s"',
  FORMS.duration.id,
);

export const FRACTIONAL_DURATION = explainedPattern(
  String.raw`^([0-9]+(\.[0-9]+)?(ms|s|m|h))*$`,
  'is not a duration in hours, minutes, seconds and milliseconds such as "1m30s" or "1.5s"',
  FORMS.duration.id,
);

/** In Go's spelling; JavaScript would try exponentially many ways to match it. */
export const GO_DURATION_OR_AUTO = String.raw`^(([0-9]*(\.[0-9]*)?(ms|s|h|m|us)+)+|Auto)$`;

/** The same language: `ms` is an `m` and an `s` without a number, so every text matches in one way only. */
export const DURATION_OR_AUTO = explainedPattern(
  String.raw`^(([0-9]*(\.[0-9]*)?(us|[hms]))+|Auto)$`,
  'is neither "Auto" nor a duration such as "20s"',
  FORMS.duration.id,
);

const UP_TO_65535 =
  '([0-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';
const UP_TO_4294967295 =
  '([0-9]|[1-9][0-9]{1,8}|[1-3][0-9]{9}|4[0-1][0-9]{8}|42[0-8][0-9]{7}|429[0-3][0-9]{6}|4294[0-8][0-9]{5}' +
  '|42949[0-5][0-9]{4}|429496[0-6][0-9]{3}|4294967[0-1][0-9]{2}|42949672[0-8][0-9]|429496729[0-5])';

/** A BGP community without leading zeros. */
export const COMMUNITY = explainedPattern(
  `^(${UP_TO_65535}:${UP_TO_65535}|${UP_TO_4294967295}:${UP_TO_4294967295}:${UP_TO_4294967295})$`,
  'is not a BGP community: two numbers up to 65535 such as "64512:100", or three up to 4294967295',
  FORMS.community.id,
);

/** The shape of a community; the numbers' sizes are a rule of their own. */
export const COMMUNITY_SHAPE = explainedPattern(
  String.raw`^(\d+):(\d+)$|^(\d+):(\d+):(\d+)$`,
  'is not a BGP community: two or three numbers such as "64512:100" or "64512:100:1"',
  FORMS.community.id,
);
