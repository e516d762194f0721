import { parseAsn } from './net/asn.ts';
import { formatDuration, parseDuration } from './net/duration.ts';
import { formatPort, parsePort } from './net/port.ts';
import type { Form } from './schema.ts';
import { FORMS, KEYWORDS, READING } from './structure.ts';

/**
 * Reads the value forms of Calico that are more than their JSON type into the normal form that is stored. Only what
 * Go's decoder refuses is refused here; names that mean nothing are the formats' business.
 */

export type FormResult = { readonly value: unknown } | { readonly rule: string; readonly message: string };

const RANGES = {
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
  uint16: [0, 65535],
  uint8: [0, 255],
} as const;

const READERS: Readonly<Record<Form, (value: unknown) => FormResult>> = {
  any: (value) => ({ value }),
  float: readFloat,
  time: readTime,
  uint64: readUint64,
  int32: readRange('int32'),
  uint32: readRange('uint32'),
  uint16: readRange('uint16'),
  uint8: readRange('uint8'),
  intOrString: (value) => (typeof value === 'string' ? { value } : readRange('int32')(value)),
  port: readPort,
  protocol: (value) =>
    readByteOrName(value, FORMS.protocol.id, 'is neither a protocol number up to 255 nor a name'),
  dscp: (value) => readByteOrName(value, FORMS.dscp.id, 'is neither a DSCP value nor a name such as "EF"'),
  asn: readAsn,
  duration: readDuration,
};

export function readForm(form: Form, value: unknown): FormResult {
  return READERS[form](value);
}

function isWhole(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

/** A value of another JSON type than its field's. */
function mistyped(message: string): FormResult {
  return { rule: READING.type.id, message };
}

function readFloat(value: unknown): FormResult {
  if (typeof value === 'bigint') return { value: Number(value) };
  return typeof value === 'number' ? { value } : mistyped('is not a number');
}

function readRange(form: keyof typeof RANGES): (value: unknown) => FormResult {
  const [least, greatest] = RANGES[form];
  return (value) => {
    if (!isWhole(value)) return mistyped('is not a whole number');
    return value >= least && value <= greatest
      ? { value }
      : { rule: KEYWORDS.range.id, message: `is not in the range ${least} to ${greatest}` };
  };
}

function readUint64(value: unknown): FormResult {
  return isWhole(value) && value >= 0 && value <= 18446744073709551615n
    ? { value }
    : mistyped('is not a whole number of 64 bits');
}

function readTime(value: unknown): FormResult {
  if (
    typeof value !== 'string' ||
    !/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(value)
  ) {
    return { rule: FORMS.time.id, message: 'is not a time such as "2026-01-31T12:00:00Z"' };
  }
  return { value };
}

function readPort(value: unknown): FormResult {
  const port = parsePort(value);
  return port === undefined
    ? {
        rule: FORMS.port.id,
        message: 'is not a port: use a number up to 65535, a range such as "8000:8080", or a name',
      }
    : { value: formatPort(port) };
}

/** Digits within a byte are a number; any other text is kept for the check of names. */
function readByteOrName(value: unknown, rule: string, message: string): FormResult {
  if (typeof value === 'string') {
    return { value: /^\d+$/.test(value) && Number(value) <= 255 ? Number(value) : value };
  }
  return isWhole(value) && value >= 0 && value <= 255 ? { value } : { rule, message };
}

function readAsn(value: unknown): FormResult {
  const asn = parseAsn(value);
  return asn === undefined
    ? {
        rule: FORMS.asn.id,
        message: 'is not an AS number: use a number up to 4294967295, or "high.low" in quotes',
      }
    : { value: asn };
}

function readDuration(value: unknown): FormResult {
  const nanoseconds = typeof value === 'string' ? parseDuration(value) : undefined;
  return nanoseconds === undefined
    ? { rule: FORMS.duration.id, message: 'is not a duration such as "90s", "1m30s" or "500ms"' }
    : { value: formatDuration(nanoseconds) };
}
