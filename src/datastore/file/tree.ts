import type { Event } from 'js-yaml';
import type { FieldPath, Place } from '../../core/errors.ts';
import type { Yaml } from './yaml.ts';

/** A YAML text as nodes that know where they stand; for places in errors and for edits that spare comments. */
export interface Node {
  readonly kind: 'scalar' | 'list' | 'mapping';
  /** Offset of the first character; -1 for an empty scalar. */
  readonly start: number;
  /** Offset behind a scalar, its quotes included; undefined for collections. */
  readonly end?: number;
  /** Written over several lines, not in brackets. */
  readonly block: boolean;
  readonly pairs: readonly Pair[];
  readonly items: readonly Node[];
}

export interface Pair {
  readonly key: string;
  readonly start: number;
  readonly value: Node;
}

/** The nodes of every document of a text that yaml.load has taken, or that holds several documents. */
export function parseTrees(yaml: Yaml, text: string): Node[] {
  const cursor: Cursor = { yaml, text, events: yaml.js.parseEvents(text, {}), next: 0 };
  const documents: Node[] = [];
  while (cursor.next < cursor.events.length) {
    cursor.next++;
    while (!atEnd(cursor)) documents.push(readNode(cursor));
  }
  return documents;
}

interface Cursor {
  readonly yaml: Yaml;
  readonly text: string;
  readonly events: readonly Event[];
  next: number;
}

function atEnd(cursor: Cursor): boolean {
  const event = cursor.events[cursor.next];
  const end = event === undefined || event.type === cursor.yaml.js.EVENT_ID.POP;
  if (end) cursor.next++;
  return end;
}

function readNode(cursor: Cursor): Node {
  const { EVENT_ID, COLLECTION_STYLE } = cursor.yaml.js;
  const event = cursor.events[cursor.next++]!;
  if (event.type === EVENT_ID.MAPPING) {
    const pairs: Pair[] = [];
    while (!atEnd(cursor)) pairs.push(readPair(cursor));
    return collection('mapping', event, event.style === COLLECTION_STYLE.BLOCK, pairs, []);
  }
  if (event.type === EVENT_ID.SEQUENCE) {
    const items: Node[] = [];
    while (!atEnd(cursor)) items.push(readNode(cursor));
    return collection('list', event, event.style === COLLECTION_STYLE.BLOCK, [], items);
  }
  if (event.type !== EVENT_ID.SCALAR) {
    const start = event.type === EVENT_ID.ALIAS ? event.anchorStart - 1 : -1;
    return { kind: 'scalar', start, block: true, pairs: [], items: [] };
  }
  const { style, valueStart, valueEnd } = event;
  const { SINGLE_QUOTED, DOUBLE_QUOTED, PLAIN } = cursor.yaml.js.SCALAR_STYLE;
  const quote = style === SINGLE_QUOTED || style === DOUBLE_QUOTED ? 1 : 0;
  return {
    kind: 'scalar',
    start: valueStart < 0 ? -1 : valueStart - quote,
    end: valueEnd + quote,
    block: quote === 0 && style !== PLAIN,
    pairs: [],
    items: [],
  };
}

function collection(
  kind: 'list' | 'mapping',
  { start }: { readonly start: number },
  block: boolean,
  pairs: readonly Pair[],
  items: readonly Node[],
): Node {
  return { kind, start, block, pairs, items };
}

function readPair(cursor: Cursor): Pair {
  const event = cursor.events[cursor.next]!;
  const { EVENT_ID, getScalarValue } = cursor.yaml.js;
  const isText = event.type === EVENT_ID.SCALAR && event.valueStart >= 0;
  const key = isText ? getScalarValue(cursor.text, event) : '';
  const start = readNode(cursor).start;
  return { key, start, value: readNode(cursor) };
}

/** Where a field stands, or the nearest part of the document that is there. */
export function findPlace(
  root: Node,
  text: string,
  file: string,
  path: FieldPath,
  at?: 'key' | 'value',
): Place {
  let node = root;
  let offset = root.start;
  for (const [index, step] of path.entries()) {
    const pair = node.pairs.find(({ key }) => key === step);
    const child = pair?.value ?? (typeof step === 'number' ? node.items[step] : undefined);
    if (child === undefined) break;
    const isLast = index === path.length - 1;
    const wantsKey = pair !== undefined && ((isLast && at === 'key') || child.start < 0);
    offset = wantsKey ? pair.start : child.start;
    node = child;
  }
  return placeAt(text, offset, file);
}

/** Line and column of an offset. */
export function placeAt(text: string, offset: number, file: string): Place {
  const before = text.slice(0, Math.max(0, offset));
  return { file, line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}
