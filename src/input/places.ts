import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import type { Place } from '../core/errors.ts';
import { asKey, contentIndex, endOf, eventsOf, isMerge, scalarValue, startOf, tagHandles } from './events.ts';
import { lineStarts, placeOf, type RawDocument } from './raw.ts';

/** One node of a document. What is below it is found when asked for: most of a long list is never looked at. */
interface Spot {
  /** Index of the node's event. */
  readonly index: number;
  /** Where the key stands that leads here; the value's own place for list items and the root. */
  readonly key: number;
  /** Behind the key; -1 where there is none, or it is no scalar. */
  readonly keyEnd: number;
  readonly value: number;
  below?: ReadonlyMap<string, Spot>;
}

interface Chart {
  readonly text: string;
  readonly starts: readonly number[];
  readonly events: readonly Event[];
  readonly handles: ReadonlyMap<string, string>;
  /** Event indexes of the nodes that bear an anchor, in order. */
  readonly anchors: ReadonlyMap<string, readonly number[]>;
  readonly root: Spot | undefined;
}

/** The document asked last: many faults of one long list must not read it anew each. */
let latest: { readonly raw: RawDocument; readonly chart: Chart } | undefined;

const NOTHING: ReadonlyMap<string, Spot> = new Map();

/**
 * The place of a field, or of its nearest ancestor that is there. A value that came by an alias or a merge key is
 * where it is written. Never throws: a document that cannot be read again is its first line.
 */
export function locate(raw: RawDocument, path: readonly (string | number)[], at: 'key' | 'value'): Place {
  if (latest?.raw !== raw) latest = { raw, chart: chartOf(raw) };
  const { chart } = latest;
  if (chart.root === undefined) return placeOf(raw, 0, chart.starts);
  let spot = chart.root;
  for (const step of path) {
    const next = child(below(chart, spot), String(step));
    if (next === undefined) return span(raw, chart, spot.key, spot.keyEnd);
    spot = next;
  }
  if (at === 'key') return span(raw, chart, spot.key, spot.keyEnd);
  const event = chart.events[spot.index]!;
  const isWritten = startOf(event, raw.text) !== -1;
  return isWritten ? span(raw, chart, spot.value, endOf(event)) : span(raw, chart, spot.key, spot.keyEnd);
}

function span(raw: RawDocument, chart: Chart, start: number, end: number): Place {
  const place = placeOf(raw, start, chart.starts);
  if (end <= start) return place;
  const { line, column } = placeOf(raw, end, chart.starts);
  return { ...place, end: { line: line!, column: column! } };
}

/** Calico's field names are read in any letter case, and problems name them as they are declared. */
function child(spots: ReadonlyMap<string, Spot>, step: string): Spot | undefined {
  const exact = spots.get(step);
  if (exact !== undefined) return exact;
  const wanted = step.toLowerCase();
  for (const [key, spot] of spots) if (key.toLowerCase() === wanted) return spot;
  return undefined;
}

function chartOf(raw: RawDocument): Chart {
  const starts = lineStarts(raw.text);
  const nothing = {
    text: raw.text,
    starts,
    events: [],
    handles: new Map(),
    anchors: new Map(),
    root: undefined,
  };
  try {
    const events = eventsOf(raw);
    const index = contentIndex(events);
    if (index === -1) return nothing;
    const root = spotAt(events, raw.text, index, 0);
    return { ...nothing, events, handles: tagHandles(events), anchors: anchorsOf(events, raw.text), root };
  } catch {
    return nothing;
  }
}

function anchorsOf(events: readonly Event[], text: string): ReadonlyMap<string, readonly number[]> {
  const anchors = new Map<string, number[]>();
  events.forEach((event, index) => {
    if (event.type === EVENT_ID.ALIAS || !('anchorStart' in event) || event.anchorStart === -1) return;
    const name = text.slice(event.anchorStart, event.anchorEnd);
    const known = anchors.get(name);
    if (known) known.push(index);
    else anchors.set(name, [index]);
  });
  return anchors;
}

/** `key` is the event of the key that leads to the node; `parent` is the place of a node that is not written. */
function spotAt(events: readonly Event[], text: string, index: number, parent: number, key?: Event): Spot {
  const written = startOf(events[index]!, text);
  const keyStart = key && startOf(key, text);
  const value = written === -1 ? (keyStart ?? parent) : written;
  return { index, key: keyStart ?? value, keyEnd: key ? endOf(key) : -1, value };
}

function below(chart: Chart, spot: Spot): ReadonlyMap<string, Spot> {
  spot.below ??= findBelow(chart, spot);
  return spot.below;
}

function findBelow(chart: Chart, spot: Spot): ReadonlyMap<string, Spot> {
  const event = chart.events[spot.index]!;
  if (event.type === EVENT_ID.SEQUENCE) return itemsOf(chart, spot);
  if (event.type === EVENT_ID.MAPPING) return pairsOf(chart, spot);
  if (event.type !== EVENT_ID.ALIAS) return NOTHING;
  const name = chart.text.slice(event.anchorStart, event.anchorEnd);
  const target = chart.anchors.get(name)?.findLast((index) => index < spot.index);
  if (target === undefined) return NOTHING;
  return below(chart, spotAt(chart.events, chart.text, target, spot.value));
}

function itemsOf({ events, text }: Chart, spot: Spot): ReadonlyMap<string, Spot> {
  const items = new Map<string, Spot>();
  for (let at = spot.index + 1; events[at]!.type !== EVENT_ID.POP; at = after(events, at)) {
    items.set(String(items.size), spotAt(events, text, at, spot.value));
  }
  return items;
}

function pairsOf(chart: Chart, spot: Spot): ReadonlyMap<string, Spot> {
  const { events, text, handles } = chart;
  const pairs = new Map<string, Spot>();
  const merged: Spot[] = [];
  for (let at = spot.index + 1; events[at]!.type !== EVENT_ID.POP; ) {
    const event = events[at]!;
    const valueAt = after(events, at);
    const value = spotAt(events, text, valueAt, spot.value, event);
    if (isMerge(event, text, handles)) merged.push(...sourcesOf(chart, value));
    else if (event.type === EVENT_ID.SCALAR) pairs.set(nameOf(chart, event), value);
    at = after(events, valueAt);
  }
  for (const source of merged) {
    for (const [name, item] of below(chart, source)) if (!pairs.has(name)) pairs.set(name, item);
  }
  return pairs;
}

function sourcesOf(chart: Chart, value: Spot): Iterable<Spot> {
  return chart.events[value.index]!.type === EVENT_ID.SEQUENCE ? below(chart, value).values() : [value];
}

function nameOf({ text, handles }: Chart, event: Event & { type: typeof EVENT_ID.SCALAR }): string {
  return asKey(scalarValue(event, getScalarValue(text, event), text, handles)) ?? '';
}

/** The index after the node that begins at `at`. */
function after(events: readonly Event[], at: number): number {
  let depth = 0;
  let next = at;
  do {
    const { type } = events[next++]!;
    if (type === EVENT_ID.SEQUENCE || type === EVENT_ID.MAPPING) depth++;
    else if (type === EVENT_ID.POP) depth--;
  } while (depth > 0);
  return next;
}
