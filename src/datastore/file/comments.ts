import { isObject } from '../../core/json.ts';
import type { Ref, Resource } from '../../resources/kind.ts';
import { parseManifest } from './manifest.ts';
import { type Node, type Pair, parseTrees } from './tree.ts';
import type { Yaml } from './yaml.ts';

export interface Edit {
  readonly yaml: Yaml;
  readonly ref: Ref;
  readonly file: string;
  /** What the file holds. */
  readonly before: string;
  /** What it shall hold, in normal form. */
  readonly after: Resource;
  /** The same as a fresh document. */
  readonly plain: string;
}

/**
 * The new text of a file in which somebody wrote comments: fields that stay as they are keep their text, only those
 * that change are written anew. What comes out is read again, and if it is not exactly the resource wanted, the plain
 * document is taken with the comments at the head of the file.
 */
export function keepComments(edit: Edit): string {
  const { yaml, ref, file, before, after, plain } = edit;
  if (!before.includes('#')) return plain;
  const [root] = parseTrees(yaml, before);
  if (root === undefined || root.kind !== 'mapping') return plain;
  const header = headComment(before.slice(0, Math.max(0, root.start)));
  if (!root.block) return header + plain;
  const old = parseManifest(yaml, before, file, ref);
  const text =
    before.slice(0, lineStart(before, root.start)) + compose(edit, root, record(old), record(after));
  return means(edit, text) ? text : header + plain;
}

function record(value: object): Record<string, unknown> {
  return value as Record<string, unknown>;
}

function headComment(text: string): string {
  const lines = text.split('\n').filter((line) => line.startsWith('#'));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function means({ yaml, ref, file, after }: Edit, text: string): boolean {
  try {
    return isSame(parseManifest(yaml, text, file, ref), after);
  } catch {
    return false;
  }
}

function compose(
  edit: Edit,
  node: Node,
  old: Record<string, unknown>,
  now: Record<string, unknown>,
  end = edit.before.length,
): string {
  const { before } = edit;
  const column = node.start - lineStart(before, node.start);
  const starts = node.pairs.map(({ start }, index) =>
    index === 0 ? lineStart(before, start) : commentsAbove(before, lineStart(before, start), column),
  );
  const tail = commentsAbove(before, end, column);
  const parts = node.pairs.map((pair, index) => {
    if (now[pair.key] === undefined) return '';
    const span = { from: starts[index]!, to: starts[index + 1] ?? tail };
    return composePair(edit, pair, span, old[pair.key], now[pair.key]);
  });
  const given = new Set(node.pairs.map(({ key }) => key));
  const added = Object.keys(now).filter((key) => !given.has(key) && now[key] !== undefined);
  for (const key of added) parts.push(print(edit.yaml, key, now[key], column, ''));
  return `${parts.map(endLine).join('')}${before.slice(tail, end)}`;
}

function composePair(
  edit: Edit,
  { key, start, value }: Pair,
  { from, to }: { readonly from: number; readonly to: number },
  old: unknown,
  now: unknown,
): string {
  const { before, yaml } = edit;
  if (isSame(old, now)) return before.slice(from, to);
  const valueLine = lineStart(before, value.start);
  const nested = value.kind === 'mapping' && value.block && valueLine > start;
  if (nested && isObject(old) && isObject(now))
    return before.slice(from, valueLine) + compose(edit, value, old, now, to);
  const keyLine = lineStart(before, start);
  const remark =
    value.end === undefined ? '' : (/^[ \t]+#[^\n]*/.exec(before.slice(value.end, to))?.[0] ?? '');
  return before.slice(from, keyLine) + print(yaml, key, now, start - keyLine, remark.trimEnd());
}

/** A field as lines at this column; a remark fits behind one that takes a single line. */
function print(yaml: Yaml, key: string, value: unknown, column: number, remark: string): string {
  const lines = yaml
    .dump({ [key]: value })
    .trimEnd()
    .split('\n');
  const end = lines.length === 1 ? remark : '';
  return `${lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line)).join('\n')}${end}\n`;
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the blank lines and comments begin that stand right above a line and no deeper than its column. */
function commentsAbove(text: string, line: number, column: number): number {
  let start = line;
  while (start > 0) {
    const previous = text.lastIndexOf('\n', start - 2) + 1;
    const above = text.slice(previous, start - 1);
    const words = above.trimStart();
    const isComment = words.startsWith('#') && above.length - words.length <= column;
    if (words !== '' && !isComment) break;
    start = previous;
  }
  return start;
}

/** Equal as JSON; the order of keys does not count. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = definedKeys(a);
  return (
    keys.length === definedKeys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
  );
}

function definedKeys(value: Record<string, unknown>): string[] {
  return Object.keys(value).filter((key) => value[key] !== undefined);
}
