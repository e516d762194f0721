import type { Configuration } from './configuration.ts';
import { maskValue } from './mask.ts';
import type { Origin } from './setting.ts';
import { SETTINGS, type SettingDefinition } from './settings.ts';

/** One line of `config view`: a setting that may be shown to anybody. */
export interface SettingRow {
  readonly field: string;
  /** The effective value as text with every secret hidden; empty where there is none. */
  readonly value: string;
  readonly origin: Origin;
  /** `environment ETCD_ENDPOINTS`, `file etcdEndpoints (a.cfg:3:9)`, `flag --context`, `default`. */
  readonly from: string;
  readonly doc: string;
}

/** Every setting with its effective value and where that comes from, in the order of the table of settings. */
export function origins({ settings }: Pick<Configuration, 'settings'>): readonly SettingRow[] {
  return SETTINGS.map((definition) => {
    const { value, origin } = settings.get(definition.field)!;
    return {
      field: definition.field,
      value: show(definition, value),
      origin,
      from: describe(origin),
      doc: definition.doc,
    };
  });
}

function show(definition: SettingDefinition, value: unknown): string {
  if (definition.type === 'milliseconds') return value === 0 ? '0' : `${Number(value) / 1000}s`;
  if (Array.isArray(value)) return value.join(', ');
  return maskValue(definition, value);
}

function describe({ from, name }: Origin): string {
  if (name === '') return from;
  return from === 'default' ? `default (${name})` : `${from} ${name}`;
}
