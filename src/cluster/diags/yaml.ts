import { dump } from 'js-yaml';

/** A value as a YAML document; integers beyond what numbers hold are written in full. */
export function yamlText(value: unknown): string {
  return dump(plain(value), { lineWidth: -1, noRefs: true });
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field)]));
}
