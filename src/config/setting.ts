import { CalicoctlError, formatProblem, type Place, type Problem } from '../core/errors.ts';
import type { SettingName, SettingValue } from './settings.ts';

/** Where a value comes from. */
export interface Origin {
  readonly from: 'default' | 'environment' | 'file' | 'flag';
  /** The variable, the flag, `field (file:line:column)`, or for a default the reason for it (may be empty). */
  readonly name: string;
  /** Where it stands, for values from a file. */
  readonly place?: Place;
}

/** A value and where it comes from. `undefined` is "not given"; the empty text of a variable is kept as such. */
export interface Setting<T = SettingValue> {
  readonly value: T | undefined;
  readonly origin: Origin;
}

/** All settings by field name; every declared setting is present. */
export type Settings = ReadonlyMap<SettingName, Setting>;

/** The value of a setting; empty text counts as not given, as it does everywhere in the reference. */
export function settingValue<N extends SettingName>(
  settings: Settings,
  name: N,
): SettingValue<N> | undefined {
  const value = settings.get(name)?.value;
  return value === '' ? undefined : (value as SettingValue<N> | undefined);
}

/** The name under which the user gave the setting: the variable, the flag, or else the field. */
export function givenAs(settings: Settings, name: SettingName): string {
  const origin = settings.get(name)?.origin;
  return origin?.from === 'environment' || origin?.from === 'flag' ? origin.name : name;
}

/** A configuration error about some settings, placed at the first of them that stands in a file. */
export function settingError(
  settings: Settings,
  names: readonly SettingName[],
  message: string,
  details: { readonly hint?: string; readonly cause?: unknown } = {},
): CalicoctlError {
  const place = names.map((name) => settings.get(name)?.origin.place).find((each) => each !== undefined);
  return new CalicoctlError('configuration', message, place ? { ...details, place } : details);
}

/** One fault as one line, several as a list below `head`. */
export function problemsError(head: string, problems: readonly Problem[], hint?: string): CalicoctlError {
  const details = hint === undefined ? {} : { hint };
  const [first, ...others] = problems;
  if (first && others.length === 0) {
    return new CalicoctlError('configuration', formatProblem(first), details);
  }
  return new CalicoctlError('configuration', head, { ...details, problems });
}
