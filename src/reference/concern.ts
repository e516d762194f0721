import type { FieldPath } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import { checkedForm, writtenForm } from '../operations/write.ts';
import { check, checkUpdate } from '../resources/check.ts';
import { decodeDocument, documentSchema } from '../resources/document.ts';
import { mapValues, type Shape } from '../resources/jsonschema.ts';
import type { Kind, Resource } from '../resources/kind.ts';
import { patternFault } from '../resources/patterns.ts';
import { kindOf } from '../resources/registry.ts';
import { annotationOf, type Schema } from '../resources/schema.ts';
import { FORMS, KEYWORDS, METADATA, type StructureRule } from '../resources/structure.ts';
import type { RuleEntry } from '../validation/rulebook/index.ts';
import { allFieldsBelow, type Field } from './fields.ts';
import { documentsOf } from './known.ts';

/** Which rules are about a field: those its declaration asks for, and those whose examples are at fault in it. */

/** Every rule of a kind; those that all kinds have are told where a field asks for them. */
export function rulesOfKind(kind: Kind, rules: readonly RuleEntry[]): readonly RuleEntry[] {
  return rules.filter(({ kinds }) => kinds.includes(kind.kind));
}

/** The rules about a field and what is below it. */
export async function rulesAbout(
  field: Field,
  rules: readonly RuleEntry[],
  io: Io,
): Promise<readonly RuleEntry[]> {
  const below = new Set<Schema>([field.schema, ...[...allFieldsBelow(field)].map(({ schema }) => schema)]);
  const asked = askedBy(field);
  const metadata = new Set<string>(
    field.names[0] === 'metadata' ? Object.values(METADATA).map(({ id }) => id) : [],
  );
  const about: RuleEntry[] = [];
  for (const rule of rules)
    if (asked.has(rule.id)) about.push(rule);
    else if (rule.kinds.includes(field.kind.kind) || metadata.has(rule.id)) {
      const faulty = await faultySchemas(rule, io);
      if (faulty.some((schema) => below.has(schema))) about.push(rule);
    }
  return about;
}

/** Ids of the rules that every field of such a declaration has. */
function askedBy({ schema, required }: Field): ReadonlySet<string> {
  const ids = new Set<string>(required ? [KEYWORDS.required.id] : []);
  const forms = FORMS as Readonly<Record<string, StructureRule>>;
  for (let at: Schema | undefined = schema; at !== undefined; at = (at as Shape).items) {
    const shape = at as Shape;
    const given = (...limits: readonly (keyof Shape)[]) => limits.some((limit) => shape[limit] !== undefined);
    if (given('enum')) ids.add(KEYWORDS.enum.id);
    if (given('minimum', 'maximum')) ids.add(KEYWORDS.range.id);
    if (given('maxLength')) ids.add(KEYWORDS.length.id);
    if (given('minItems', 'maxItems', 'minProperties', 'maxProperties')) ids.add(KEYWORDS.items.id);
    if (shape.pattern !== undefined) ids.add(patternFault(shape.pattern).rule);
    for (const name of [annotationOf(at).form, shape.format])
      if (name !== undefined && forms[name] !== undefined) ids.add(forms[name].id);
  }
  return ids;
}

/** The declarations of the fields at which the rule's wrong example is at fault; they may be shared by kinds. */
async function faultySchemas(rule: RuleEntry, io: Io): Promise<readonly Schema[]> {
  const found: Schema[] = [];
  for (const { kind, path } of await faultsOf(rule, io)) {
    const schema = schemaAt(documentSchema(kind), path);
    if (schema !== undefined) found.push(schema);
  }
  return found;
}

interface Fault {
  readonly kind: Kind;
  readonly path: FieldPath;
}

async function faultsOf(rule: RuleEntry, io: Io): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const stored = documentsOf(rule.stored ?? '');
  for (const [index, value] of documentsOf(rule.wrong).entries()) {
    const kind = await kindOf(String(value['kind'])).catch(() => undefined);
    if (kind === undefined) continue;
    const { resource, problems } = decodeDocument(kind, value);
    const all = [...problems, ...problemsOf(rule, kind, resource)];
    if (rule.scope === 'update' && stored[index] !== undefined)
      all.push(...checkUpdate(kind, resource, decodeDocument(kind, stored[index]).resource));
    for (const problem of all) if (problem.rule === rule.id) faults.push({ kind, path: problem.path });
  }
  return faults.length > 0 || (rule.scope !== 'across' && rule.scope !== 'lint')
    ? faults
    : await examined(rule, io);
}

function problemsOf(rule: RuleEntry, kind: Kind, resource: Resource) {
  return rule.scope === 'write'
    ? check(kind, writtenForm(kind, resource), 'write')
    : check(kind, checkedForm(kind, resource), 'validate');
}

/** What `validate` finds, for rules that need more than the one resource. */
async function examined(rule: RuleEntry, io: Io): Promise<readonly Fault[]> {
  const { Examination } = await import('../validation/examination.ts');
  const { examineFiles } = await import('../validation/files.ts');
  const { acrossRules, lintRules } = await import('../validation/index.ts');
  const only = <T extends { readonly id: string }>(known: readonly T[]) =>
    known.filter(({ id }) => id === rule.id);
  const examination = new Examination({
    namespaces: {},
    across: only(await acrossRules()),
    lint: only(await lintRules()),
    live: true,
  });
  const text = async function* () {
    yield new TextEncoder().encode(rule.wrong);
  };
  await examineFiles(examination, {
    files: ['-'],
    recursive: false,
    skipEmpty: true,
    io: { ...io, stdin: text },
  });
  const faults: Fault[] = [];
  for (const finding of examination.finish().findings) {
    const name = /^\w+/.exec(finding.resource ?? '')?.[0];
    if (finding.rule === rule.id && name !== undefined)
      faults.push({ kind: await kindOf(name), path: finding.path });
  }
  return faults;
}

function schemaAt(schema: Schema, path: FieldPath): Schema | undefined {
  const [name, ...below] = path;
  if (name === undefined) return schema;
  const { items, properties } = schema as Shape;
  if (items !== undefined) return schemaAt(items, typeof name === 'number' ? below : path);
  const values = mapValues(schema as Shape);
  // What is at fault in a map is told of the map.
  if (values !== undefined) return below.length === 0 ? schema : schemaAt(values, below);
  const field = properties?.[name];
  return field === undefined ? undefined : schemaAt(field, below);
}
