import type { Io } from '../core/io.ts';
import { writtenForm } from '../operations/write.ts';
import { describeField, type FieldDescription } from '../resources/describe.ts';
import { decodeDocument } from '../resources/document.ts';
import { API_VERSION, type Kind } from '../resources/kind.ts';
import { allRules, type RuleEntry } from '../validation/rulebook/index.ts';
import { rulesAbout, rulesOfKind } from './concern.ts';
import { exampleOf } from './example.ts';
import { allFieldsBelow, type Field, fieldAt, fieldsBelow } from './fields.ts';
import { knownManifests } from './known.ts';

type Manifest = Readonly<Record<string, unknown>>;

/** What `explain` tells of a kind or of a field, as data. */
export interface FieldPage {
  readonly kind: string;
  readonly apiVersion: string;
  /** Of the kind itself: other names on the command line, and whether its objects are in namespaces. */
  readonly names?: readonly string[];
  readonly namespaced?: boolean;
  readonly onlyName?: string;
  /** Of a field: where it stands. */
  readonly field?: string;
  readonly type?: string;
  readonly required?: boolean;
  readonly description: string;
  readonly limits?: string;
  readonly form?: string;
  readonly unit?: string;
  readonly default?: unknown;
  /** Examples of what is written, where that depends on other fields. */
  readonly defaults?: readonly unknown[];
  readonly assumed?: string;
  readonly deprecated?: string;
  readonly rules: readonly RuleLine[];
  readonly fields: readonly FieldLine[];
  readonly example?: unknown;
}

export interface RuleLine {
  readonly id: string;
  readonly severity: string;
  readonly doc: string;
}

export interface FieldLine {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

/** Tells of the field at a path, of the kind where the path is empty. `recursive` names all fields below. */
export async function explainField(
  kind: Kind,
  path: string,
  { io, recursive }: { readonly io: Io; readonly recursive: boolean },
): Promise<FieldPage> {
  const field = fieldAt(kind, path);
  const rules = await allRules();
  const written = kind.madeOf === undefined;
  const known = written ? knownManifests(kind, rules) : [];
  const example = written ? exampleOf(field, known) : undefined;
  const whole = field.names.length === 0;
  const about = whole ? rulesOfKind(kind, rules) : await rulesAbout(field, rules, io);
  return {
    kind: kind.kind,
    apiVersion: API_VERSION,
    ...(whole
      ? aboutKind(kind)
      : aboutField(field, written ? [exampleOf({ ...field, names: [] }, known), ...known] : [])),
    rules: about.map(ruleLine),
    fields: (recursive ? [...allFieldsBelow(field)] : shownBelow(field)).map((below) =>
      fieldLine(below, field),
    ),
    ...(example !== undefined && { example }),
  };
}

function aboutKind(kind: Kind) {
  return {
    names: [kind.plural, ...kind.aliases],
    namespaced: kind.scope === 'namespaced',
    ...(kind.singleton !== undefined && { onlyName: kind.singleton }),
    description: kind.madeOf === undefined ? kind.doc : `${kind.doc} It shows a ${kind.madeOf}.`,
  };
}

function aboutField(field: Field, examples: readonly (Manifest | undefined)[]) {
  const { doc, limits, path, default: declared, ...rest } = descriptionOf(field);
  const filled = declared === undefined ? filledIn(field.kind, field.names, examples) : [declared];
  return {
    field: path,
    ...rest,
    description: doc,
    ...(limits !== '' && { limits }),
    ...(filled.length === 1 && { default: filled[0] }),
    ...(filled.length > 1 && { defaults: filled }),
  };
}

function descriptionOf(field: Field): FieldDescription {
  const found = describeField(field.schema, field.path, field.required);
  if (field.path === 'spec') return { ...found, doc: `What is wanted of the ${field.kind.kind}.` };
  return found.doc === '' ? { ...found, doc: 'An entry.' } : found;
}

/** The values that a write of the manifests fills in for a field, each once. */
export function filledIn(
  kind: Kind,
  names: readonly string[],
  manifests: readonly (Manifest | undefined)[],
): readonly unknown[] {
  const [spec, name = ''] = names;
  if (spec !== 'spec' || names.length !== 2) return [];
  const values = manifests
    .filter((manifest) => manifest !== undefined)
    .map((manifest) => decodeDocument(kind, manifest).resource)
    .filter((resource) => resource.spec[name] === undefined)
    .map((resource) => writtenForm(kind, resource).spec[name])
    .filter((value) => value !== undefined);
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** The fields of a kind are those of its spec: nobody looks for the others first. */
function shownBelow(field: Field): readonly Field[] {
  const below = fieldsBelow(field);
  if (field.names.length > 0) return below;
  return below.flatMap((child) => (child.name === 'spec' ? [child, ...fieldsBelow(child)] : [child]));
}

function fieldLine(field: Field, from: Field): FieldLine {
  const { type, required, doc, deprecated } = descriptionOf(field);
  const name = from.path === '' ? field.path : field.path.slice(from.path.length).replace(/^(\[\])*\./, '');
  return { name, type, required, description: deprecated ?? doc };
}

function ruleLine({ id, severity, doc }: RuleEntry): RuleLine {
  return { id, severity, doc };
}
