import {
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import { formatValue } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import {
  asKey,
  contentIndex,
  eventsOf,
  fullTag,
  isMerge,
  scalarValue,
  startOf,
  tagHandles,
} from './events.ts';
import { faultAt, type InputRule, MAX_DEPTH } from './fault.ts';
import { placeOf, type RawDocument } from './raw.ts';
import { isScalarTag } from './scalars.ts';

/** Values that aliases and merge keys may copy in one document: nine lines of YAML can ask for billions. */
const MAX_COPIED = 1_000_000;

const UNFINISHED = Symbol('unfinished');

interface Construction {
  readonly raw: RawDocument;
  readonly events: readonly Event[];
  readonly handles: ReadonlyMap<string, string>;
  readonly anchors: Map<string, unknown>;
  at: number;
  depth: number;
  copied: number;
}

type Mapping = Record<string, unknown>;

/** The value of a YAML document, a tree without shared parts; undefined where the document has no content. */
export function constructYaml(raw: RawDocument): unknown {
  const events = eventsOf(raw);
  const at = contentIndex(events);
  if (at === -1) return undefined;
  const state = { raw, events, handles: tagHandles(events), anchors: new Map(), at, depth: 0, copied: 0 };
  return readNode(state);
}

function readNode(state: Construction): unknown {
  const event = state.events[state.at++]!;
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return anchored(state, event, readScalar(state, event));
    case EVENT_ID.ALIAS:
      return copy(state, event, aliased(state, event), state.depth);
    case EVENT_ID.SEQUENCE:
      return readCollection(state, event, readItems);
    case EVENT_ID.MAPPING:
      return readCollection(state, event, readPairs);
    default:
      throw new Error('document events out of order');
  }
}

function readCollection(
  state: Construction,
  event: SequenceEvent | MappingEvent,
  read: (state: Construction) => unknown,
): unknown {
  if (event.tagStart !== -1) checkCollectionTag(state, event);
  if (event.anchorStart !== -1) anchored(state, event, UNFINISHED);
  state.depth++;
  const value = read(state);
  state.depth--;
  state.at++;
  return anchored(state, event, value);
}

function readItems(state: Construction): unknown[] {
  const items: unknown[] = [];
  while (state.events[state.at]!.type !== EVENT_ID.POP) items.push(readNode(state));
  return items;
}

function readPairs(state: Construction): Mapping {
  const mapping: Mapping = {};
  // Keys that came by merge: an explicit key may still replace them.
  let merged: Set<string> | undefined;
  for (let event = state.events[state.at]!; event.type !== EVENT_ID.POP; event = state.events[state.at]!) {
    if (isMerge(event, state.raw.text, state.handles)) {
      state.at++;
      merged ??= new Set();
      mergeInto(state, mapping, merged, event);
      continue;
    }
    const key = readKey(state, event);
    if (Object.hasOwn(mapping, key) && !merged?.delete(key)) {
      throw fault(state, event, `key ${formatValue(key)} is given twice in one mapping`, 'duplicateKey');
    }
    put(mapping, key, readNode(state));
  }
  return mapping;
}

function readKey(state: Construction, event: Event): string {
  if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.ALIAS) {
    throw fault(state, event, 'a key must be a scalar, not a mapping or a list');
  }
  const value = event.type === EVENT_ID.SCALAR ? keyScalar(state, event) : aliased(state, event);
  state.at++;
  const isCollection = typeof value === 'object' && value !== null;
  const key = isCollection ? undefined : asKey(value as string | number | bigint | boolean | null);
  if (key === undefined) {
    throw fault(state, event, isCollection ? 'a key must be a scalar' : 'a key is missing or null');
  }
  return key;
}

function keyScalar(state: Construction, event: ScalarEvent): unknown {
  return anchored(state, event, scalarOrFault(state, event));
}

function mergeInto(state: Construction, mapping: Mapping, merged: Set<string>, key: Event): void {
  const source = readNode(state);
  for (const from of Array.isArray(source) ? source : [source]) {
    if (!isObject(from)) throw fault(state, key, 'the merge key << takes a mapping or a list of mappings');
    for (const [name, value] of Object.entries(from)) {
      if (Object.hasOwn(mapping, name)) continue;
      put(mapping, name, value);
      merged.add(name);
    }
  }
}

function put(mapping: Mapping, key: string, value: unknown): void {
  if (key !== '__proto__') mapping[key] = value;
  else Object.defineProperty(mapping, key, { value, enumerable: true, writable: true, configurable: true });
}

function readScalar(state: Construction, event: ScalarEvent): unknown {
  const value = scalarOrFault(state, event);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw fault(state, event, 'infinity and not-a-number are no values of a resource');
  }
  return value;
}

function scalarOrFault(state: Construction, event: ScalarEvent): unknown {
  const { text } = state.raw;
  const content = getScalarValue(text, event);
  const value = scalarValue(event, content, text, state.handles);
  if (value !== undefined) return value;
  const tag = text.slice(event.tagStart, event.tagEnd);
  if (isScalarTag(fullTag(tag, state.handles))) {
    throw fault(state, event, `${formatValue(content)} does not go with the tag ${tag}`);
  }
  throw unknownTag(state, event, tag);
}

function checkCollectionTag(state: Construction, event: SequenceEvent | MappingEvent): void {
  const tag = state.raw.text.slice(event.tagStart, event.tagEnd);
  const own = event.type === EVENT_ID.SEQUENCE ? 'seq' : 'map';
  if (tag !== '!' && fullTag(tag, state.handles) !== `tag:yaml.org,2002:${own}`)
    throw unknownTag(state, event, tag);
}

function unknownTag(state: Construction, event: Event, tag: string): Error {
  return fault(state, event, `the tag ${tag} is not supported here`);
}

function anchored(
  state: Construction,
  event: { anchorStart: number; anchorEnd: number },
  value: unknown,
): unknown {
  if (event.anchorStart !== -1)
    state.anchors.set(state.raw.text.slice(event.anchorStart, event.anchorEnd), value);
  return value;
}

function aliased(state: Construction, event: Event & { type: typeof EVENT_ID.ALIAS }): unknown {
  const name = state.raw.text.slice(event.anchorStart, event.anchorEnd);
  const value = state.anchors.get(name);
  if (value === UNFINISHED)
    throw fault(state, event, `the value of anchor ${formatValue(name)} contains itself`);
  if (value !== undefined) return value;
  throw fault(state, event, `no anchor ${formatValue(name)} stands before this alias in the same document`);
}

/** A copy, so that no later change of one place shows in another. */
function copy(state: Construction, alias: Event, value: unknown, depth: number): unknown {
  if (++state.copied > MAX_COPIED) throw fault(state, alias, `aliases make this document too large`);
  if (depth > MAX_DEPTH) throw fault(state, alias, `nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return value.map((item) => copy(state, alias, item, depth + 1));
  if (!isObject(value)) return value;
  const mapping: Mapping = {};
  for (const [key, item] of Object.entries(value)) put(mapping, key, copy(state, alias, item, depth + 1));
  return mapping;
}

function fault(state: Construction, event: Event, what: string, rule?: InputRule): Error {
  return faultAt(placeOf(state.raw, Math.max(0, startOf(event, state.raw.text))), what, rule);
}
