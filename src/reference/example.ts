import { isObject, type JsonObject } from '../core/json.ts';
import { checkedForm, writtenForm } from '../operations/write.ts';
import { check } from '../resources/check.ts';
import { decodeDocument } from '../resources/document.ts';
import { mapValues, type Shape } from '../resources/jsonschema.ts';
import { API_VERSION, type Kind } from '../resources/kind.ts';
import { requiredInSpec } from '../resources/required.ts';
import type { Schema } from '../resources/schema.ts';
import { type Field, fieldsBelow, rootOf } from './fields.ts';
import { samplesOf, wantedFields } from './samples.ts';

/** Manifests that use a field, found by trying: whatever is shown passes every check of its kind. */

type Manifest = Readonly<Record<string, unknown>>;

/** How many manifests are tried before a field is said to have no example. */
const ATTEMPTS = 600;

/** How many manifests with faults are looked at further, the least faulty first. */
const EXPANDED = 6;

/** Into how many manifests a field is put as it is. */
const BASES = 12;

/** A manifest in which the field is given; undefined where none was found. `known` are valid ones to begin with. */
export function exampleOf(field: Field, known: readonly Manifest[] = []): Manifest | undefined {
  const { kind, names } = field;
  const least = minimal(kind);
  const bare = least === undefined ? [] : [least, named(least, 'default')];
  const copied = known.filter((manifest) => !cutsOff(kind, manifest));
  const bases = [...bare.map((manifest) => selective(kind, manifest)), ...copied];
  if (names.length === 0) return copied[0] ?? bases[0];
  const given = bases.filter((base) => has(base, names)).sort((a, b) => size(a) - size(b))[0];
  return given ?? search(field, bases);
}

function selectsEndpoints({ spec }: Kind): boolean {
  return (spec as Shape).properties?.['selector'] !== undefined;
}

/** Policies for all endpoints deny whatever else these do: examples are copied, so they are none. */
function cutsOff(kind: Kind, manifest: Manifest): boolean {
  const { selector = 'all()' } = (manifest['spec'] ?? {}) as { readonly selector?: string };
  return selectsEndpoints(kind) && selector === 'all()';
}

/** The same for some endpoints only, where it is about endpoints. */
function selective(kind: Kind, manifest: Manifest): Manifest {
  if (!cutsOff(kind, manifest)) return manifest;
  return put(manifest, ['spec', 'selector'], "app == 'web'", rootOf(kind).schema);
}

/** Puts the field into each of the manifests, then, guided by what is still wrong, what goes with it. */
function search(field: Field, bases: readonly Manifest[]): Manifest | undefined {
  const trial = new Trial(field.kind);
  const root = rootOf(field.kind).schema;
  for (const value of samplesOf(field.schema, field.names.at(-1)))
    for (const base of bases.slice(0, BASES))
      if (trial.passes(put(base, field.names, value, root))) return trial.found;
  for (let expanded = 0; expanded < EXPANDED && trial.found === undefined; expanded++) {
    const manifest = trial.next();
    if (manifest === undefined) return undefined;
    for (const { names, value } of neighboursOf(field, manifest))
      if (trial.passes(put(manifest, names, value, root))) return trial.found;
  }
  return undefined;
}

/** Remembers the manifests that failed, one for each set of faults, and which of them is nearest to being valid. */
class Trial {
  found: Manifest | undefined;
  readonly #kind: Kind;
  readonly #seen = new Set<string>();
  #failed: { readonly manifest: Manifest; readonly faults: number }[] = [];
  #attempts = 0;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  passes(manifest: Manifest): boolean {
    if (++this.#attempts > ATTEMPTS) return false;
    const faults = faultsOf(this.#kind, manifest);
    if (faults.length === 0) this.found = manifest;
    const sort = faults.join();
    if (!this.#seen.has(sort)) this.#failed.push({ manifest, faults: faults.length });
    this.#seen.add(sort);
    return faults.length === 0;
  }

  next(): Manifest | undefined {
    this.#failed = this.#failed.sort((a, b) => a.faults - b.faults);
    return this.#failed.shift()?.manifest;
  }
}

/** The least manifest of a kind that is valid. */
export function minimal(kind: Kind): Manifest | undefined {
  const { properties = {} } = kind.spec as Shape;
  const metadata = {
    name: kind.singleton ?? 'example',
    ...(kind.scope === 'namespaced' && { namespace: 'default' }),
  };
  const required = requiredInSpec(kind).map((name) => [name, samplesOf(properties[name]!, name)[0]]);
  const bare = {
    ...{ apiVersion: API_VERSION, kind: kind.kind, metadata },
    ...(required.length > 0 && { spec: Object.fromEntries(required) as JsonObject }),
  };
  if (isValid(kind, bare)) return bare;
  return fieldsBelow(specOf(kind))
    .flatMap(({ schema, names }) =>
      samplesOf(schema, names.at(-1)).map((value) => put(bare, names, value, rootOf(kind).schema)),
    )
    .find((manifest) => isValid(kind, manifest));
}

/** Some fields are for the object of one name alone. */
function named(manifest: Manifest, name: string): Manifest {
  return { ...manifest, metadata: { ...(manifest['metadata'] as object), name } };
}

function specOf(kind: Kind): Field {
  return fieldsBelow(rootOf(kind)).find(({ name }) => name === 'spec')!;
}

export function isValid(kind: Kind, manifest: Manifest): boolean {
  return faultsOf(kind, manifest).length === 0;
}

/** The rules that a manifest breaks, and where; `validate` and a write look at it in different forms. */
function faultsOf(kind: Kind, manifest: Manifest): readonly string[] {
  const { resource, problems } = decodeDocument(kind, manifest);
  const found = [problems, check(kind, checkedForm(kind, resource), 'validate')].find(
    ({ length }) => length > 0,
  );
  return (found ?? check(kind, writtenForm(kind, resource), 'write')).map(
    ({ rule, path }) => `${rule} ${path.join('.')}`,
  );
}

interface Neighbour {
  readonly names: readonly string[];
  readonly value: unknown;
}

/** What stands beside the field, or beside what it is in, with samples; the nearest first. */
function neighboursOf({ kind, names }: Field, base: Manifest): readonly Neighbour[] {
  const root = rootOf(kind).schema;
  const depths = names
    .map((_, depth) => depth)
    .slice(1)
    .reverse();
  return depths.flatMap((depth) =>
    Object.entries(propertiesAt(root, names.slice(0, depth))).flatMap(([name, schema]) => {
      const path = [...names.slice(0, depth), name];
      if (name === names[depth] || has(base, path)) return [];
      return samplesOf(schema, name).map((value) => ({ names: path, value }));
    }),
  );
}

function itemOf(schema: Schema): Schema {
  const { items } = schema as Shape;
  return items === undefined ? schema : itemOf(items);
}

function propertiesAt(root: Schema, names: readonly string[]): Readonly<Record<string, Schema>> {
  let properties = (root as Shape).properties ?? {};
  for (const name of names)
    properties = (itemOf(properties[name] ?? ({} as Schema)) as Shape).properties ?? {};
  return properties;
}

/** The manifest with another value of one field; lists on the way have it in their first item. */
function put(value: unknown, names: readonly string[], given: unknown, schema: Schema): Manifest {
  return putInto(value, names, given, schema) as Manifest;
}

function putInto(value: unknown, names: readonly string[], given: unknown, schema: Schema): unknown {
  const { items, properties } = schema as Shape;
  if (names.length === 0) return given;
  if (items !== undefined) {
    const [first, ...rest] = Array.isArray(value) ? (value as unknown[]) : [];
    return [putInto(first, names, given, items), ...rest];
  }
  const object = isObject(value) ? value : {};
  const values = mapValues(schema as Shape);
  if (values !== undefined) return { ...object, example: putInto(object['example'], names, given, values) };
  const [name, ...below] = names;
  const field = properties?.[name!];
  if (field === undefined) return object;
  const begun = isObject(value) ? object : requiredSamples(schema);
  return { ...begun, [name!]: putInto(begun[name!], below, given, field) };
}

function requiredSamples(schema: Schema): Readonly<Record<string, unknown>> {
  const { properties = {} } = schema as Shape;
  return Object.fromEntries(
    wantedFields(schema).map((name) => [name, samplesOf(properties[name]!, name)[0]]),
  );
}

/** Whether the field is given anywhere in the manifest. */
function has(value: unknown, names: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((item) => has(item, names));
  if (names.length === 0) return value !== undefined;
  const [name, ...below] = names;
  return isObject(value) && Object.hasOwn(value, name!) && has(value[name!], below);
}

function size(manifest: Manifest): number {
  return JSON.stringify(manifest).length;
}
