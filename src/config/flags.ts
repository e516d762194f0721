import { CalicoctlError, formatValue } from '../core/errors.ts';
import type { ConfigurationInput } from './configuration.ts';
import type { Setting } from './setting.ts';
import type { SettingName, SettingValue } from './settings.ts';
import { type Parsed, parseDuration, parseNumber } from './values.ts';

/** The settings that flags give whether or not there is a configuration file. Throws `usage`. */
export function readFlags(input: ConfigurationInput): [SettingName, Setting][] {
  return [
    ...setting('requestTimeout', '--request-timeout', input.requestTimeout, parseDuration),
    ...setting('k8sClientQPS', '--qps', input.qps, parseNumber),
    ...setting('impersonateUser', '--as', input.as, parseText),
    ...setting(
      'impersonateGroups',
      '--as-group',
      input.asGroup?.length ? input.asGroup : undefined,
      parseTexts,
    ),
    ...setting('impersonateUid', '--as-uid', input.asUid, parseText),
  ];
}

function setting<T>(
  field: SettingName,
  flag: string,
  given: T | undefined,
  parse: (given: T) => Parsed<SettingValue>,
): [SettingName, Setting][] {
  if (given === undefined) return [];
  const parsed = parse(given);
  if ('fault' in parsed) throw new CalicoctlError('usage', `${flag}: ${formatValue(given)} ${parsed.fault}`);
  return [[field, { value: parsed.value, origin: { from: 'flag', name: flag } }]];
}

/** Acting for nobody would be acting for oneself, which is not what was asked for where a variable was empty. */
function parseText(text: string): Parsed<string> {
  return text === '' ? { fault: 'is empty' } : { value: text };
}

function parseTexts(texts: readonly string[]): Parsed<readonly string[]> {
  return texts.includes('') ? { fault: 'holds an empty name' } : { value: texts };
}
