import { EVENT_ID, type Event, parseEvents, SCALAR_STYLE, type ScalarEvent, YAMLException } from 'js-yaml';
import { faultAt, MAX_DEPTH } from './fault.ts';
import { placeOf, type RawDocument } from './raw.ts';
import { keyText, resolvePlain, resolveTagged, type Scalar } from './scalars.ts';

/** The events of a document's text; a syntax error becomes one of ours, with its place. */
export function eventsOf(raw: RawDocument): Event[] {
  try {
    return parseEvents(raw.text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const offset = Math.min(error.mark?.position ?? 0, raw.text.length);
    throw faultAt(placeOf(raw, offset), reasonOf(error.reason));
  }
}

function reasonOf(reason: string): string {
  return reason.startsWith('nesting exceeded')
    ? `nested deeper than ${MAX_DEPTH} levels`
    : `not valid YAML or JSON: ${reason}`;
}

/** Index in `events` of the node that is the document's content, or -1 where there is none. */
export function contentIndex(events: readonly Event[]): number {
  const root = events[1];
  if (root === undefined) return -1;
  const isAbsent =
    root.type === EVENT_ID.SCALAR &&
    root.valueStart === -1 &&
    root.tagStart === -1 &&
    root.anchorStart === -1;
  return isAbsent ? -1 : 1;
}

/** Where a node stands in the text, its tag, anchor and opening quotation mark included; -1 for a node not written. */
export function startOf(event: Event, text: string): number {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return -1;
  const properties = [event.tagStart, event.anchorStart === -1 ? -1 : event.anchorStart - 1].filter(
    (at) => at >= 0,
  );
  if (properties.length > 0) return Math.min(...properties);
  return event.type === EVENT_ID.SCALAR ? scalarStart(event, text) : event.start;
}

/** Behind the last character of a scalar, its closing quotation mark included; -1 for all else and block scalars. */
export function endOf(event: Event): number {
  if (event.type !== EVENT_ID.SCALAR || event.valueStart === -1) return -1;
  if (event.style === SCALAR_STYLE.PLAIN) return event.valueEnd;
  const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return isQuoted ? event.valueEnd + 1 : -1;
}

function scalarStart({ valueStart, style }: ScalarEvent, text: string): number {
  if (valueStart === -1 || style === SCALAR_STYLE.PLAIN) return valueStart;
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) return valueStart - 1;
  const header = text.slice(0, valueStart).trimEnd();
  const lineStart = Math.max(header.lastIndexOf('\n'), header.lastIndexOf('\r')) + 1;
  const indicator = /[|>][-+0-9]*(?:[ \t]+#.*)?$/.exec(header.slice(lineStart));
  return indicator === null ? valueStart : lineStart + indicator.index;
}

const DEFAULT_HANDLES: Readonly<Record<string, string>> = { '!': '!', '!!': 'tag:yaml.org,2002:' };

/** A tag in full: `!!str` is `tag:yaml.org,2002:str`. */
export function fullTag(raw: string, handles: ReadonlyMap<string, string>): string {
  if (raw.startsWith('!<')) return raw.slice(2, -1);
  if (raw === '!') return raw;
  const handle = /^!(?:[^!]*!)?/.exec(raw)?.[0] ?? '!';
  return (
    (handles.get(handle) ?? DEFAULT_HANDLES[handle] ?? handle) +
    decodeURIComponentLoosely(raw.slice(handle.length))
  );
}

function decodeURIComponentLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The tag handles that a document's `%TAG` lines declare. */
export function tagHandles(events: readonly Event[]): ReadonlyMap<string, string> {
  const [document] = events;
  const handles = new Map<string, string>();
  if (document?.type !== EVENT_ID.DOCUMENT) return handles;
  for (const directive of document.directives) {
    if (directive.kind === 'tag') handles.set(directive.handle, directive.prefix);
  }
  return handles;
}

/** The value of a scalar; undefined where its explicit tag does not fit it. */
export function scalarValue(
  event: ScalarEvent,
  value: string,
  text: string,
  handles: ReadonlyMap<string, string>,
): Scalar | undefined {
  if (event.tagStart !== -1)
    return resolveTagged(fullTag(text.slice(event.tagStart, event.tagEnd), handles), value);
  return event.style === SCALAR_STYLE.PLAIN ? resolvePlain(value) : value;
}

/** True for the key `<<` that merges another mapping into this one. */
export function isMerge(event: Event, text: string, handles: ReadonlyMap<string, string>): boolean {
  if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN) return false;
  if (text.charCodeAt(event.valueStart) !== 60 || text.slice(event.valueStart, event.valueEnd) !== '<<')
    return false;
  return (
    event.tagStart === -1 ||
    fullTag(text.slice(event.tagStart, event.tagEnd), handles) === 'tag:yaml.org,2002:merge'
  );
}

/** A scalar's value as the key of an object; undefined where it can be none. */
export function asKey(value: Scalar | undefined): string | undefined {
  return value === undefined ? undefined : typeof value === 'string' ? value : keyText(value);
}
