import type * as Type from 'typebox/type';
import { ANNOTATION, type Annotation, type Form, type Presence } from './annotation.ts';
import type { Validation } from './cel.ts';
import { markOptional, requiredOf, typed } from './jsonschema.ts';
import { explainedPattern } from './patterns.ts';
import { KEYWORDS } from './structure.ts';

/**
 * The words in which kinds declare their fields. Each returns a TypeBox schema (plain JSON Schema, checked by
 * check.ts) that carries, under a symbol, what JSON Schema cannot say: how Calico's Go types read and write the field.
 */

export { type Annotation, annotationOf, type Form, type Presence } from './annotation.ts';

/** Options common to all fields. `presence` defaults to `omitempty`; a field is optional unless `required`. */
export interface FieldOptions {
  readonly presence?: Presence;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly assumed?: string;
  readonly goName?: string;
  readonly crd?: Readonly<Record<string, unknown>>;
  readonly crdV1?: Readonly<Record<string, unknown>>;
  readonly cel?: readonly Validation[];
}

type Extra = Omit<Partial<Annotation>, 'doc' | 'presence'>;

function field<S extends Type.TSchema>(
  doc: string,
  options: FieldOptions,
  make: (base: Record<string, unknown>) => S,
  extra: Extra = {},
): Type.TOptional<S> {
  const {
    presence = 'omitempty',
    required = false,
    assumed,
    goName,
    crd,
    crdV1,
    cel,
    ...constraints
  } = options;
  const schema = make({ description: doc, ...constraints });
  const annotation: Annotation = {
    doc,
    presence,
    ...extra,
    ...(assumed === undefined ? {} : { assumed }),
    ...(goName === undefined ? {} : { goName }),
    ...(crd === undefined ? {} : { crd }),
    ...(crdV1 === undefined ? {} : { crdV1 }),
    ...(cel === undefined ? {} : { cel }),
  };
  if (!required) markOptional(schema);
  return Object.assign(schema, { [ANNOTATION]: annotation }) as unknown as Type.TOptional<S>;
}

export interface TextOptions extends FieldOptions {
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly goPattern?: string;
  /** A name of formats.ts. */
  readonly format?: string;
}

/** Text; numbers and booleans given for it are taken as their text, as the reference does. */
export function text(doc: string, { goPattern, ...options }: TextOptions = {}) {
  return field(
    doc,
    options,
    (base) => typed<Type.TString>({ type: 'string', ...base }),
    goPattern === undefined ? {} : { goPattern },
  );
}

export function flag(doc: string, options: FieldOptions = {}) {
  return field(doc, options, (base) => typed<Type.TBoolean>({ type: 'boolean', ...base }));
}

export interface NumberOptions extends FieldOptions {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly number[];
}

/** A whole number; `form` bounds it as Go's type does. */
export function integer(doc: string, { form, ...options }: NumberOptions & { readonly form?: Form } = {}) {
  return field(
    doc,
    options,
    (base) => typed<Type.TInteger>({ type: 'integer', ...base }),
    form === undefined ? {} : { form },
  );
}

/** Any finite number. */
export function float(doc: string, options: NumberOptions = {}) {
  return field(doc, options, (base) => typed<Type.TNumber>({ type: 'number', ...base }), { form: 'float' });
}

/** One of a few words, exactly. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  doc: string,
  options: FieldOptions = {},
) {
  return field(doc, options, (base) =>
    typed<Type.TUnsafe<Word>>({ ...base, type: 'string', enum: [...words] }),
  );
}

/** One of a few words in any letter case. */
export function anyCase(words: readonly string[], doc: string, options: FieldOptions = {}) {
  const insensitive = words.map((word) =>
    word.replace(/[a-z]/gi, (c) => `[${c.toUpperCase()}${c.toLowerCase()}]`),
  );
  const pattern = explainedPattern(
    `^(${insensitive.join('|')})?$`,
    `is not supported: use one of ${words.map((word) => `"${word}"`).join(', ')}`,
    KEYWORDS.enum.id,
  );
  return field(doc, options, (base) => typed<Type.TString>({ type: 'string', ...base, pattern }), {
    goPattern: `^(?i)(${words.join('|')})?$`,
  });
}

/** A port number, a range "a:b" or a port name. */
export function port(doc: string, options: FieldOptions = {}) {
  const limits = { minimum: 1, maximum: 65535, format: 'port' };
  return field(doc, options, (base) => typed<Type.TUnsafe<number | string>>({ ...base, ...limits }), {
    form: 'port',
  });
}

/** An IP protocol by number or name. */
export function protocol(doc: string, options: FieldOptions = {}) {
  const limits = { minimum: 1, maximum: 255, format: 'protocol' };
  return field(doc, options, (base) => typed<Type.TUnsafe<number | string>>({ ...base, ...limits }), {
    form: 'protocol',
  });
}

/** An AS number; "high.low" is read, the plain number is written. */
export function asn(doc: string, options: FieldOptions = {}) {
  return field(doc, options, (base) => typed<Type.TInteger>({ type: 'integer', ...base }), { form: 'asn' });
}

/** A DSCP value by number or name. */
export function dscp(doc: string, options: FieldOptions = {}) {
  return field(doc, options, (base) => typed<Type.TUnsafe<number | string>>({ ...base }), { form: 'dscp' });
}

/** A duration; stored as Go prints it ("90s" becomes "1m30s"). */
export function duration(doc: string, options: TextOptions = {}) {
  return field(doc, options, (base) => typed<Type.TString>({ type: 'string', ...base }), {
    form: 'duration',
  });
}

/** A moment, RFC 3339; one that is always written is null while it is unknown. */
export function time(doc: string, options: FieldOptions = {}) {
  return field(doc, options, (base) => typed<Type.TUnsafe<string>>({ ...base }), { form: 'time' });
}

/** An unsigned 64-bit number, exact. */
export function uint64(doc: string, options: FieldOptions = {}) {
  return field(doc, options, (base) => typed<Type.TUnsafe<number | bigint>>({ ...base }), { form: 'uint64' });
}

/** A number of 32 bits or a text, as Kubernetes has them. */
export function intOrString(doc: string, options: FieldOptions = {}) {
  return field(doc, options, (base) => typed<Type.TUnsafe<number | string>>({ ...base }), {
    form: 'intOrString',
  });
}

/** Anything, kept as it is. */
export function anything(doc: string, options: FieldOptions = {}) {
  return field(doc, options, (base) => typed<Type.TUnsafe<unknown>>({ ...base }), { form: 'any' });
}

export interface ListOptions extends FieldOptions {
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly set?: boolean;
}

/** For `crd` of a list or an object that the API server replaces as a whole. */
export const ATOMIC_LIST = { 'x-kubernetes-list-type': 'atomic' } as const;
export const ATOMIC_MAP = { 'x-kubernetes-map-type': 'atomic' } as const;

export function list<S extends Type.TSchema>(items: S, doc: string, { set, ...options }: ListOptions = {}) {
  return field(
    doc,
    options,
    (base) => typed<Type.TArray<S>>({ type: 'array', items, ...base }),
    set === undefined ? {} : { set },
  );
}

/** Keys of the user's choice; written sorted. */
export function map<S extends Type.TSchema>(values: S, doc: string, options: FieldOptions = {}) {
  return field(doc, options, (base) =>
    typed<Type.TRecord<string, S>>({ type: 'object', patternProperties: { '^.*$': values }, ...base }),
  );
}

/** A structure; fields are written in the order given. */
export function object<P extends Type.TProperties>(
  fields: P,
  doc = '',
  options: FieldOptions & { readonly maxProperties?: number; readonly minProperties?: number } = {},
) {
  return field(doc, options, (base) =>
    typed<Type.TObject<P>>({ type: 'object', ...requiredOf(fields), properties: fields, ...base }),
  );
}

/** The TypeScript type of what a schema describes. */
export type Value<S extends Type.TSchema> = Type.Static<S>;
export type Schema = Type.TSchema;
