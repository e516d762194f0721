import {
  boolYaml11Tag,
  EVENT_ID,
  type Event,
  floatCoreTag,
  getScalarValue,
  intYaml11Tag,
  NOT_RESOLVED,
  nullYaml11Tag,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from 'js-yaml';
import { CalicoctlError, type Place } from '../core/errors.ts';

/** A scalar as written. `value` is what YAML 1.1 makes of it; quoted text is always text. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly offset: number;
  readonly text: string;
  readonly value: null | boolean | number | string;
  readonly isQuoted: boolean;
}
export interface MappingNode {
  readonly kind: 'mapping';
  readonly offset: number;
  readonly pairs: readonly (readonly [key: Node, value: Node])[];
}
export interface ListNode {
  readonly kind: 'list';
  readonly offset: number;
  readonly items: readonly Node[];
}
export type Node = ScalarNode | MappingNode | ListNode;

interface Cursor {
  readonly file: string;
  readonly source: string;
  readonly events: readonly Event[];
  readonly anchors: Map<string, Node>;
  next: number;
}

/**
 * The first document of a YAML or JSON text with the offsets of its parts; undefined where there is none. Values keep
 * their text, because a password such as 0123 must not turn into a number on its way to a field that holds text.
 * Errors never quote the source: a configuration file is full of secrets.
 */
export function parseDocument(source: string, file: string): Node | undefined {
  const events = parse(source, file);
  const cursor: Cursor = { file, source, events, anchors: new Map(), next: 1 };
  return events.length < 2 || isEmpty(events[1]) ? undefined : readNode(cursor);
}

/** How many documents a text holds that parseDocument has taken, empty ones not counted. */
export function documentsIn(source: string): number {
  const events = parse(source, '');
  return events.filter(({ type }, index) => type === EVENT_ID.DOCUMENT && !isEmpty(events[index + 1])).length;
}

function isEmpty(event: Event | undefined): boolean {
  return event?.type === EVENT_ID.POP || (event?.type === EVENT_ID.SCALAR && event.valueStart < 0);
}

/** Line and column of an offset. */
export function placeAt(source: string, offset: number, file: string): Place {
  const before = source.slice(0, Math.max(0, offset));
  const lineStart = before.lastIndexOf('\n') + 1;
  return { file, line: before.split('\n').length, column: before.length - lineStart + 1 };
}

function parse(source: string, file: string): Event[] {
  try {
    return parseEvents(source, { filename: file });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const reason = error.reason.replace(/\s*(?:"[^"]*"|<.*>)|:\s.*$/gs, '');
    throw syntaxError(source, error.mark?.position ?? 0, file, reason);
  }
}

function syntaxError(source: string, offset: number, file: string, reason: string): CalicoctlError {
  const place = placeAt(source, offset, file);
  return new CalicoctlError('configuration', `not valid YAML or JSON: ${reason}`, { place });
}

function readNode(cursor: Cursor): Node {
  const event = cursor.events[cursor.next++]!;
  if (event.type === EVENT_ID.ALIAS) return resolveAlias(cursor, event);
  const node = readContent(cursor, event);
  if ('anchorStart' in event && event.anchorStart >= 0) {
    cursor.anchors.set(cursor.source.slice(event.anchorStart, event.anchorEnd), node);
  }
  return node;
}

function resolveAlias(cursor: Cursor, event: Extract<Event, { type: typeof EVENT_ID.ALIAS }>): Node {
  const node = cursor.anchors.get(cursor.source.slice(event.anchorStart, event.anchorEnd));
  if (node) return node;
  throw syntaxError(cursor.source, event.anchorStart, cursor.file, 'alias of an anchor that is not there');
}

function readContent(cursor: Cursor, event: Event): Node {
  if (event.type === EVENT_ID.SCALAR) return readScalar(cursor, event);
  if (event.type === EVENT_ID.MAPPING) {
    const pairs: [Node, Node][] = [];
    while (!atEnd(cursor)) pairs.push([readNode(cursor), readNode(cursor)]);
    return { kind: 'mapping', offset: event.start, pairs };
  }
  const items: Node[] = [];
  while (!atEnd(cursor)) items.push(readNode(cursor));
  return { kind: 'list', offset: 'start' in event ? event.start : 0, items };
}

function atEnd(cursor: Cursor): boolean {
  const end = cursor.events[cursor.next]?.type === EVENT_ID.POP;
  if (end) cursor.next++;
  return end;
}

function readScalar(cursor: Cursor, event: Extract<Event, { type: typeof EVENT_ID.SCALAR }>): ScalarNode {
  const text = event.valueStart < 0 ? '' : getScalarValue(cursor.source, event);
  const tag = event.tagStart < 0 ? '' : cursor.source.slice(event.tagStart, event.tagEnd);
  if (tag !== '' && tag !== '!!str' && tag !== '!') {
    throw syntaxError(cursor.source, event.tagStart, cursor.file, 'a tag other than !!str has no place here');
  }
  const isPlain = event.style === SCALAR_STYLE.PLAIN && tag === '';
  const value = isPlain ? resolvePlain(text) : text;
  return { kind: 'scalar', offset: event.valueStart, text, value, isQuoted: !isPlain };
}

function resolvePlain(text: string): ScalarNode['value'] {
  for (const tag of [nullYaml11Tag, boolYaml11Tag, intYaml11Tag, floatCoreTag]) {
    const value = tag.resolve(text, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return text;
}
