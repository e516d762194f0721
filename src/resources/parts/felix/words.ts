import { DURATION_OR_AUTO, explainedPattern, GO_DURATION_OR_AUTO } from '../../patterns.ts';
import { type FieldOptions, text } from '../../schema.ts';

/** Patterns and sets of words that only FelixConfiguration uses. */

export { FRACTIONAL_DURATION, WHOLE_DURATION } from '../../patterns.ts';

export const ENABLED_DISABLED = ['Enabled', 'Disabled'] as const;
export const SEVERITIES = ['Trace', 'Debug', 'Info', 'Warning', 'Error', 'Fatal'] as const;

export const INT64 = { format: 'int64' } as const;

export const FEATURE_OVERRIDES = explainedPattern(
  '^([a-zA-Z0-9-_]+=(true|false|),)*([a-zA-Z0-9-_]+=(true|false|))?$',
  'is not a list of features such as "SNATFullyRandom=true,MASQFullyRandom=false"',
);

export const FEATURE_GATES = explainedPattern(
  '^([a-zA-Z0-9-_]+=([^=]+),)*([a-zA-Z0-9-_]+=([^=]+))?$',
  'is not a list of switches such as "Feature=enabled,Other=disabled"',
);

export const LOG_PREFIX = explainedPattern(
  '^([a-zA-Z0-9%: /_-])*$',
  'has a character that a log prefix may not have: use letters, digits, blanks and %:/_-',
);

export const RATE = explainedPattern(
  String.raw`^[1-9]\d{0,3}/(?:second|minute|hour|day)$`,
  'is not a rate such as "100/minute": a number up to 9999, then /second, /minute, /hour or /day',
);

/** A time limit of the eBPF connection table: "Auto" takes the kernel's. */
export function timeout(doc: string, options: FieldOptions = {}) {
  return text(doc, { ...options, pattern: DURATION_OR_AUTO, goPattern: GO_DURATION_OR_AUTO });
}
