import type { Problem } from '../core/errors.ts';
import { problemsError, type Setting } from './setting.ts';
import { SETTINGS, type SettingDefinition, type SettingName, type SettingValue } from './settings.ts';
import { type Parsed, parseBoolean, parseInteger, parseNumber } from './values.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of one scope from the environment; those not set are absent from the answer. A malformed boolean
 * or number is an error whether or not the datastore in use needs it, as in the reference: nothing is dropped unseen.
 */
export function readEnvironment(
  env: Environment,
  scope: SettingDefinition['scope'],
): Map<SettingName, Setting> {
  const settings = new Map<SettingName, Setting>();
  const problems: Problem[] = [];
  for (const definition of SETTINGS) {
    const name = definition.environment.find((variable) => env[variable] !== undefined);
    if (definition.scope !== scope || name === undefined) continue;
    const parsed = parse(definition, env[name]!);
    if ('fault' in parsed) problems.push({ path: [name], value: env[name]!, message: parsed.fault });
    else settings.set(definition.field, { value: parsed.value, origin: { from: 'environment', name } });
  }
  if (problems.length > 0) {
    throw problemsError(
      'the environment holds settings that cannot be read:',
      problems,
      'Correct or unset the variable; one that is set to nothing counts as set.',
    );
  }
  return settings;
}

function parse(definition: SettingDefinition, text: string): Parsed<SettingValue> {
  if (definition.type === 'boolean') return parseBoolean(text);
  if (definition.type === 'number') return parseNumber(text);
  if (definition.type === 'integer') return parseInteger(text);
  return { value: text };
}
