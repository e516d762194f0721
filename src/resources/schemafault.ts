import type { FieldPath, Problem } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { type Meant, wordMeant } from './fixes.ts';
import { FORMATS } from './formats.ts';
import { patternFault } from './patterns.ts';
import { annotationOf, type Schema } from './schema.ts';
import { FORMS, KEYWORDS, READING, type StructureRule } from './structure.ts';

/** What a schema's check found, as TypeBox tells it. */
export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The same in our words, each with its rule; `root` is the value of `schema` that stands at `base` of the resource. */
export function explainSchemaError(
  error: SchemaError,
  { schema, root, base }: { readonly schema: Schema; readonly root: unknown; readonly base: FieldPath },
): readonly Problem[] {
  const below = pointerToPath(error.instancePath, root);
  const path = [...base, ...below];
  const required = KEYWORDS.required.id;
  if (error.keyword === 'required') {
    const missing = error.params['requiredProperties'] as readonly string[];
    return missing.map((name) => ({ rule: required, path: [...path, name], message: 'is required' }));
  }
  const value = valueAt(root, below);
  // Whole numbers beyond ±2^53 are whole numbers too; TypeBox takes none but JavaScript's own.
  if (error.keyword === 'type' && typeof value === 'bigint') return [];
  const { rule, message, fix } = faultOf(error, value);
  if (value === undefined || value === null) return [{ rule: required, path, message: 'has to be given' }];
  // Go writes an absent field that is always written as its zero value: the user did not give it.
  if ((value === '' || value === 0) && isAlwaysWritten(schema, error.schemaPath))
    return [{ rule: required, path, message: `has to be given: ${JSON.stringify(value)} ${message}` }];
  return [{ rule, path, value, message, ...(fix && !isPoolRange(path) && { fix }) }];
}

function isAlwaysWritten(schema: Schema, schemaPath: string): boolean {
  const field = valueAt(schema, pointerToPath(schemaPath, schema));
  return annotationOf(field as Schema).presence === 'always';
}

/** Nobody means a pool of one address: what is missing there is the length of the prefix. */
function isPoolRange(path: FieldPath): boolean {
  return path.length === 2 && path[1] === 'cidr';
}

interface Said extends Meant {
  readonly rule: string;
  readonly message: string;
}

function faultOf({ keyword, params, message }: SchemaError, value: unknown): Said {
  const { limit } = params;
  const says = ({ id }: StructureRule, text: string): Said => ({ rule: id, message: text });
  switch (keyword) {
    case 'enum':
      return enumFault(params['allowedValues'] as readonly string[], value);
    case 'minimum':
      return says(KEYWORDS.range, `is less than the least value, ${limit}`);
    case 'maximum':
      return says(KEYWORDS.range, `is more than the greatest value, ${limit}`);
    case 'maxLength':
      return says(KEYWORDS.length, `is longer than ${limit} characters`);
    case 'minItems':
      return says(KEYWORDS.items, `has fewer than ${limit} items`);
    case 'maxItems':
      return says(KEYWORDS.items, `has more than ${limit} items`);
    case 'minProperties':
    case 'maxProperties':
      return says(KEYWORDS.items, `has to have ${limit} field${limit === 1 ? '' : 's'}`);
    case 'format':
      return formatFault(params['format'] as string, value) ?? says(KEYWORDS.pattern, message);
    case 'pattern':
      return patternFault(String(params['pattern']));
    default:
      return says(READING.type, message);
  }
}

function enumFault(allowed: readonly string[], value: unknown): Said {
  const list = allowed.map((word) => `"${word}"`).join(', ');
  const near = typeof value === 'string' ? didYouMean(value, allowed) : '';
  const message = `is not supported: use one of ${list}${near}`;
  return { rule: KEYWORDS.enum.id, message, ...wordMeant(value, allowed) };
}

function formatFault(name: string, value: unknown): Said | undefined {
  const format = FORMATS[name];
  if (format === undefined) return undefined;
  const { id } = (FORMS as Readonly<Record<string, StructureRule>>)[name] ?? KEYWORDS.pattern;
  const text = String(value);
  return { rule: id, message: format.explain?.(text) ?? format.message, ...format.meant?.(text) };
}

function pointerToPath(pointer: string, root: unknown): FieldPath {
  let at: unknown = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(at) ? Number(key) : key;
      at = (at as Record<string | number, unknown> | undefined)?.[step];
      return step;
    });
}

function valueAt(root: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], root);
}
