import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import type { Place } from '../core/errors.ts';
import { asKey, contentIndex, eventsOf, isMerge, scalarValue, startOf, tagHandles } from './events.ts';
import { lineStarts, placeOf, type RawDocument } from './raw.ts';

/** Offsets of one node of a document and what is below it. */
interface Spot {
  /** Where the key stands that leads here; the value's own place for list items and the root. */
  readonly key: number;
  readonly value: number;
  readonly below: Map<string, Spot>;
}

interface Survey {
  readonly raw: RawDocument;
  readonly events: readonly Event[];
  readonly handles: ReadonlyMap<string, string>;
  readonly anchors: Map<string, Spot>;
  at: number;
}

interface Chart {
  readonly root: Spot;
  readonly starts: readonly number[];
}

/** The document asked last: many faults of one long list must not read it anew each. */
let latest: { readonly raw: RawDocument; readonly chart: Chart } | undefined;

/**
 * The place of a field, or of its nearest ancestor that is there. A value that came by an alias or a merge key is
 * where it is written. Never throws: a document that cannot be read again is its first line.
 */
export function locate(raw: RawDocument, path: readonly (string | number)[], at: 'key' | 'value'): Place {
  if (latest?.raw !== raw) latest = { raw, chart: chartOf(raw) };
  const { root, starts } = latest.chart;
  let spot = root;
  let found = true;
  for (const step of path) {
    const next = spot.below.get(String(step));
    found = next !== undefined;
    if (next === undefined) break;
    spot = next;
  }
  return placeOf(raw, found && at === 'value' ? spot.value : spot.key, starts);
}

function chartOf(raw: RawDocument): Chart {
  const starts = lineStarts(raw.text);
  const nowhere = { root: { key: 0, value: 0, below: new Map() }, starts };
  try {
    const events = eventsOf(raw);
    const at = contentIndex(events);
    if (at === -1) return nowhere;
    const survey = { raw, events, handles: tagHandles(events), anchors: new Map(), at };
    return { root: surveyNode(survey, -1), starts };
  } catch {
    return nowhere;
  }
}

/** `key` is the offset of the key that leads to the node, -1 where none does. */
function surveyNode(survey: Survey, key: number): Spot {
  const { raw, events, anchors } = survey;
  const event = events[survey.at++]!;
  if (event.type === EVENT_ID.ALIAS) {
    const start = startOf(event, raw.text);
    const target = anchors.get(raw.text.slice(event.anchorStart, event.anchorEnd));
    return { key: key === -1 ? start : key, value: start, below: target?.below ?? new Map() };
  }
  const written = startOf(event, raw.text);
  const start = written === -1 ? Math.max(0, key) : written;
  const spot: Spot = { key: key === -1 ? start : key, value: start, below: new Map() };
  if ('anchorStart' in event && event.anchorStart !== -1) {
    anchors.set(raw.text.slice(event.anchorStart, event.anchorEnd), spot);
  }
  if (event.type === EVENT_ID.SEQUENCE) surveyItems(survey, spot);
  else if (event.type === EVENT_ID.MAPPING) surveyPairs(survey, spot);
  return spot;
}

function surveyItems(survey: Survey, spot: Spot): void {
  for (let index = 0; survey.events[survey.at]!.type !== EVENT_ID.POP; index++) {
    const item = surveyNode(survey, -1);
    // An item that is not written (`- `) has no place of its own.
    spot.below.set(String(index), item.value === 0 ? { ...item, key: spot.key, value: spot.value } : item);
  }
  survey.at++;
}

function surveyPairs(survey: Survey, spot: Spot): void {
  const merged: Spot[] = [];
  for (
    let event = survey.events[survey.at]!;
    event.type !== EVENT_ID.POP;
    event = survey.events[survey.at]!
  ) {
    const start = startOf(event, survey.raw.text);
    if (isMerge(event, survey.raw.text, survey.handles)) {
      survey.at++;
      const isList = survey.events[survey.at]!.type === EVENT_ID.SEQUENCE;
      const source = surveyNode(survey, start);
      merged.push(...(isList ? source.below.values() : [source]));
      continue;
    }
    const name = nameOf(survey, event);
    spot.below.set(name, surveyNode(survey, start));
  }
  for (const source of merged) {
    for (const [name, below] of source.below) if (!spot.below.has(name)) spot.below.set(name, below);
  }
  survey.at++;
}

function nameOf(survey: Survey, event: Event): string {
  const { raw, handles } = survey;
  if (event.type !== EVENT_ID.SCALAR) {
    surveyNode(survey, -1);
    return '';
  }
  survey.at++;
  return asKey(scalarValue(event, getScalarValue(raw.text, event), raw.text, handles)) ?? '';
}
