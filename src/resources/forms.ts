import type { Form } from './schema.ts';

/** Reads the value forms of Calico that are more than their JSON type into the normal form that is stored. */

export type FormResult = { readonly value: unknown } | { readonly message: string };

const RANGES = {
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
  uint16: [0, 65535],
  uint8: [0, 255],
} as const;

export function readForm(form: Form, value: unknown): FormResult {
  switch (form) {
    case 'any':
      return { value };
    case 'float':
      if (typeof value === 'bigint') return { value: Number(value) };
      return typeof value === 'number' ? { value } : { message: 'is not a number' };
    case 'uint64':
      return readUint64(value);
    case 'time':
      return readTime(value);
    case 'int32':
    case 'uint32':
    case 'uint16':
    case 'uint8':
      return readRange(form, value);
    default:
      return { message: `has no reader for ${form}` };
  }
}

function readRange(form: keyof typeof RANGES, value: unknown): FormResult {
  if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isInteger(value)))
    return { message: 'is not a whole number' };
  const [least, greatest] = RANGES[form];
  return value >= least && value <= greatest
    ? { value }
    : { message: `is not in the range ${least} to ${greatest}` };
}

function readUint64(value: unknown): FormResult {
  const whole = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  return whole && value >= 0 && value <= 18446744073709551615n
    ? { value }
    : { message: 'is not a whole number of 64 bits' };
}

function readTime(value: unknown): FormResult {
  if (typeof value !== 'string') return { message: 'is not a time' };
  if (!/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(value)) {
    return { message: 'is not a time such as 2026-01-31T12:00:00Z' };
  }
  return { value };
}
