import { isObject } from '../../core/json.ts';
import { sortedKeys } from './yaml-keys.ts';
import { yamlNumber, yamlString } from './yaml-scalar.ts';

/** A key longer than this many bytes is written after `? `, with its value on a line of its own. */
const LONGEST_SIMPLE_KEY = 128;
const STEP = 2;

/**
 * The value as a YAML document, with the reference's exact text: keys sorted, maps indented by two blanks, sequences
 * not indented under their key. Properties that are undefined are left out; BigInt is written as digits.
 */
export function toYaml(value: unknown): string {
  if (Array.isArray(value) && value.length > 0) return writeSequence(value, 0, false);
  if (isObject(value)) {
    const text = writeMap(value, 0, false);
    if (text !== '') return text;
  }
  return `${writeScalar(value, STEP, 0)}\n`;
}

/** A list as a whole, its items arriving in pages. */
export interface ListParts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: AsyncIterable<readonly unknown[]>;
  /** Asked for once the first page has arrived (JSON) or all have (YAML). */
  readonly metadata: () => unknown;
}

/** The same text as toYaml of the whole list, a chunk a page: in sorted order `items` precede what follows them. */
export async function* yamlList({ apiVersion, kind, items, metadata }: ListParts): AsyncGenerator<string> {
  yield toYaml({ apiVersion });
  let empty = true;
  for await (const page of items) {
    if (page.length === 0) continue;
    yield (empty ? 'items:\n' : '') + writeSequence(page, 0, false);
    empty = false;
  }
  yield (empty ? 'items: []\n' : '') + toYaml({ kind, metadata: metadata() });
}

const PADS: string[] = [];

function pad(indent: number): string {
  PADS[indent] ??= ' '.repeat(indent);
  return PADS[indent];
}

/** Lines of a map's entries; the first one unindented where it continues a line. Empty text for an empty map. */
function writeMap(map: Readonly<Record<string, unknown>>, indent: number, continues: boolean): string {
  let text = '';
  for (const key of sortedKeys(map)) {
    if (text !== '' || !continues) text += pad(indent);
    text += isSimpleKey(key) ? writeEntry(key, map[key], indent) : writeLongEntry(key, map[key], indent);
  }
  return text;
}

function writeEntry(key: string, value: unknown, indent: number): string {
  const name = yamlString(key, { column: indent, indent, key: true });
  if (Array.isArray(value) && value.length > 0) return `${name}:\n${writeSequence(value, indent, false)}`;
  if (isObject(value)) {
    const text = writeMap(value, indent + STEP, false);
    if (text !== '') return `${name}:\n${text}`;
  }
  return `${name}: ${writeScalar(value, indent + STEP, indent + name.length + 2)}\n`;
}

function isSimpleKey(key: string): boolean {
  if (/[\n\r\x85\u2028\u2029]/.test(key)) return false;
  return key.length * 3 <= LONGEST_SIMPLE_KEY || Buffer.byteLength(key) <= LONGEST_SIMPLE_KEY;
}

function writeLongEntry(key: string, value: unknown, indent: number): string {
  const name = yamlString(key, { column: indent + 2, indent: indent + STEP });
  return `? ${name}\n${pad(indent)}: ${writeNested(value, indent)}`;
}

function writeSequence(items: readonly unknown[], indent: number, continues: boolean): string {
  let text = '';
  for (const item of items) {
    if (text !== '' || !continues) text += pad(indent);
    text += `- ${writeNested(item, indent)}`;
  }
  return text;
}

/** A value that follows a two-character indicator at `indent` on the same line. */
function writeNested(value: unknown, indent: number): string {
  if (Array.isArray(value) && value.length > 0) return writeSequence(value, indent + STEP, true);
  if (isObject(value)) {
    const text = writeMap(value, indent + STEP, true);
    if (text !== '') return text;
  }
  return `${writeScalar(value, indent + STEP, indent + 2)}\n`;
}

/** Anything that needs no lines of its own; also the empty collections. */
function writeScalar(value: unknown, indent: number, column: number): string {
  if (typeof value === 'string') return yamlString(value, { column, indent });
  if (typeof value === 'number' || typeof value === 'bigint') return yamlNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? '[]' : '{}';
}
