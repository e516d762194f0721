import type { Kind } from '../../resources/kind.ts';
import { metadataSchema } from '../../resources/metadata.ts';
import { annotationOf, type Schema } from '../../resources/schema.ts';
import { ANY, FORMS, field } from './go-forms.ts';
import { goFieldName, structName } from './go-names.ts';
import {
  BOOL,
  FLOAT,
  type GoType,
  type GoValue,
  INT,
  INT64,
  type InterfaceType,
  type Method,
  STRING,
  type StructField,
  type StructType,
} from './values.ts';

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** The Go type of a declared field; `name` is what a struct is called where it is one. */
export function goType(schema: Schema, name: string): GoType {
  const { form, presence } = annotationOf(schema);
  const json = schema as JsonSchema;
  const plain = form === undefined ? plainType(json, name) : FORMS[form];
  return presence === 'pointer' ? { kind: 'pointer', to: plain } : plain;
}

function plainType(json: JsonSchema, name: string): GoType {
  const values = Object.values(json.patternProperties ?? {})[0];
  if (values) return { kind: 'map', of: goType(values, name) };
  switch (json.type) {
    case 'string':
      return STRING;
    case 'boolean':
      return BOOL;
    case 'integer':
      return INT;
    case 'number':
      return FLOAT;
    case 'array':
      return { kind: 'slice', of: json.items ? goType(json.items, name) : ANY };
    case 'object':
      return structType(name, json.properties ?? {});
    default:
      return ANY;
  }
}

function structType(name: string, properties: Readonly<Record<string, Schema>>): StructType {
  const fields = new Map<string, StructField>();
  for (const [key, schema] of Object.entries(properties)) {
    const own = goFieldName(key, annotationOf(schema).goName);
    fields.set(
      own,
      field(goType(schema, structName(own)), (data) => member(data, key)),
    );
  }
  return { kind: 'struct', name, fields };
}

function member(data: unknown, key: string): unknown {
  return (data as Readonly<Record<string, unknown>> | null | undefined)?.[key];
}

const TYPE_META = structType('v1.TypeMeta', {});
for (const [name, key] of [
  ['Kind', 'kind'],
  ['APIVersion', 'apiVersion'],
] as const) {
  (TYPE_META.fields as Map<string, StructField>).set(
    name,
    field(STRING, (data) => member(data, key)),
  );
}

const META_TYPE_NAMES: Readonly<Record<string, string>> = { OwnerReferences: 'v1.OwnerReference' };

function objectMeta(): StructType {
  const { properties = {} } = metadataSchema as JsonSchema;
  const fields = new Map<string, StructField>();
  for (const [key, schema] of Object.entries(properties)) {
    const own = goFieldName(key, annotationOf(schema).goName);
    const type = key === 'generation' ? INT64 : goType(schema, META_TYPE_NAMES[own] ?? `v1.${own}`);
    fields.set(
      own,
      field(type, (data) => member(data, key)),
    );
  }
  return { kind: 'struct', name: 'v1.ObjectMeta', fields };
}

/** Getters that metav1.ObjectMeta gives every resource. */
const GETTERS = ['Name', 'Namespace', 'UID', 'ResourceVersion', 'Labels', 'Annotations', 'CreationTimestamp'];

/** A pointer to the struct of a kind, fields of the metadata reachable as its own. */
function resourceType(kind: Kind): GoType {
  const meta = objectMeta();
  const metadata = (data: unknown) => member(data, 'metadata');
  const promoted = new Map(TYPE_META.fields);
  for (const [name, { type, get }] of meta.fields)
    promoted.set(
      name,
      field(type, (data) => get(metadata(data))),
    );
  const fields = new Map<string, StructField>([
    ['TypeMeta', field(TYPE_META, (data) => data)],
    ['ObjectMeta', field(meta, metadata)],
    ['Spec', field(goType(kind.spec, `v3.${kind.kind}Spec`), (data) => member(data, 'spec'))],
  ]);
  if (kind.status) {
    const status = goType(kind.status, `v3.${kind.kind}Status`);
    fields.set(
      'Status',
      field(status, (data) => member(data, 'status')),
    );
  }
  const methods = new Map<string, Method>();
  for (const name of GETTERS) {
    const { type, get } = promoted.get(name)!;
    methods.set(`Get${name}`, { parameters: [], call: (data) => ({ type, data: get(data) }) });
  }
  return { kind: 'pointer', to: { kind: 'struct', name: `v3.${kind.kind}`, fields, promoted, methods } };
}

/** The list struct of a kind: TypeMeta, ListMeta and Items. */
function listType(kind: Kind, item: GoType): GoType {
  const meta = structType('v1.ListMeta', {});
  const fields = meta.fields as Map<string, StructField>;
  for (const [name, key] of [
    ['SelfLink', 'selfLink'],
    ['ResourceVersion', 'resourceVersion'],
    ['Continue', 'continue'],
  ] as const) {
    fields.set(
      name,
      field(STRING, (data) => member(data, key)),
    );
  }
  const metadata = (data: unknown) => member(data, 'metadata');
  const promoted = new Map(TYPE_META.fields);
  for (const [name, { type, get }] of fields)
    promoted.set(
      name,
      field(type, (data) => get(metadata(data))),
    );
  const of = item.kind === 'pointer' ? item.to : item;
  const own = new Map<string, StructField>([
    ['TypeMeta', field(TYPE_META, (data) => data)],
    ['ListMeta', field(meta, metadata)],
    ['Items', field({ kind: 'slice', of }, (data) => member(data, 'items'))],
  ]);
  return { kind: 'pointer', to: { kind: 'struct', name: `v3.${kind.kind}List`, fields: own, promoted } };
}

/** One result of a `get`: a resource, or the list of what a list request found. */
export interface TemplateItem {
  readonly kind: Kind;
  readonly list: boolean;
  /** The JSON document. */
  readonly document: unknown;
}

const OBJECT: InterfaceType = {
  kind: 'interface',
  name: 'runtime.Object',
  open: (data) => data as GoValue | undefined,
};

/** What templates see as `.`: Go's slice of results. */
export function rootValue(items: readonly TemplateItem[]): GoValue {
  const types = new Map<string, GoType>();
  const data = items.map(({ kind, list, document }): GoValue => {
    const key = list ? `${kind.kind}List` : kind.kind;
    const type = types.get(key) ?? (list ? listType(kind, resourceType(kind)) : resourceType(kind));
    types.set(key, type);
    return { type, data: document };
  });
  return { type: { kind: 'slice', of: OBJECT }, data };
}
