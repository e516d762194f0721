import { REDACTED } from '../redacted.ts';
import { isHarmless, isSecretName, isSecretVariable } from './names.ts';
import { describeBase64, describeCertificates } from './pem.ts';
import { Redactor } from './redactor.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Deeper is nothing that a server of ours sends. */
const DEEPEST = 200;

interface Around {
  readonly depth: number;
  /** The name of the nearest field around that says it is a secret. */
  readonly secret?: string;
  /** Of the list around, whose items need not say it. */
  readonly kind?: string | undefined;
}

/**
 * A copy of a value as JSON knows them, without secrets: values of Secrets, of fields and variables whose names say so,
 * manifests in annotations; and every text as `redactText` has it.
 */
export function redactObject(value: unknown): unknown {
  return redacted(value, { depth: 0 });
}

function redacted(value: unknown, around: Around): unknown {
  if (typeof value === 'string')
    return around.secret === undefined ? textOf(value) : secretText(around.secret, value);
  if (typeof value === 'number' || typeof value === 'bigint')
    return around.secret === undefined || isHarmless(around.secret, String(value)) ? value : REDACTED;
  if (typeof value !== 'object' || value === null) return value;
  if (around.depth > DEEPEST) return REDACTED;
  const deeper = { ...around, depth: around.depth + 1 };
  if (Array.isArray(value)) return listOf(value, deeper);
  if (value instanceof Uint8Array) return REDACTED;
  return fieldsOf(value as Fields, deeper);
}

function textOf(text: string): string {
  const redactor = new Redactor();
  return redactor.push(text) + redactor.end();
}

function secretText(name: string, value: string): string {
  if (isHarmless(name, value)) return value;
  return describeCertificates(value) ?? REDACTED;
}

/** `["--password", "x"]`: a flag and its value are two items. */
function listOf(items: readonly unknown[], around: Around): readonly unknown[] {
  return items.map((item, index) => {
    const before = items[index - 1];
    const flag =
      typeof before === 'string' && /^--?[\w.-]+$/.test(before) ? before.replace(/^-+/, '') : undefined;
    if (flag === undefined || typeof item !== 'string' || item.startsWith('-') || !isSecretName(flag))
      return redacted(item, around);
    return secretText(flag, item);
  });
}

function fieldsOf(object: Fields, around: Around): Fields {
  const own = object['kind'] ?? around.kind;
  const kind = typeof own === 'string' ? own : undefined;
  const variable = typeof object['name'] === 'string' && isSecretVariable(object['name']);
  const entries = Object.entries(object).map(([name, value]): readonly [string, unknown] => {
    if (kind === 'Secret' && (name === 'data' || name === 'stringData')) return [name, dataOf(value)];
    if (variable && name === 'value') return [name, redacted(value, { ...around, secret: 'value' })];
    const { secret: _, kind: __, ...rest } = around;
    const items = kind?.endsWith('List') && name === 'items' ? { kind: kind.slice(0, -4) } : {};
    const secret = secretOf(name, value, around);
    return [name, redacted(value, { ...rest, ...items, ...(secret === undefined ? {} : { secret }) })];
  });
  return Object.fromEntries(entries);
}

/** The name that says a field is secret: its own, or, of a field that says nothing, that of what it lies in. */
function secretOf(name: string, value: unknown, { secret }: Around): string | undefined {
  if (isSecretName(name)) return name;
  if (secret === undefined || typeof value !== 'string') return undefined;
  return /^(?:value|data|content|text|raw|plain|pem|username|user|id)$/i.test(name) ? secret : undefined;
}

function dataOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null)
    return value === undefined || value === null ? value : REDACTED;
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, datumOf(text)]));
}

function datumOf(value: unknown): unknown {
  if (typeof value !== 'string') return REDACTED;
  return describeBase64(value) ?? describeCertificates(value) ?? REDACTED;
}
