import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { Place } from '../core/errors.ts';
import { eventsOf, scalarValue, startOf, tagHandles } from './events.ts';
import { lineStarts, offsetOf, placeOf, type RawDocument } from './raw.ts';
import type { Scalar } from './scalars.ts';

/** A scalar as it is written: what to replace to change it, and nothing else. Offsets are into the document's text. */
export interface Written {
  /** Its quotation marks included, its tag and anchor not. */
  readonly start: number;
  readonly end: number;
  readonly quoting: 'plain' | 'single' | 'double' | 'block';
  readonly value: Scalar | undefined;
  readonly place: Place;
}

/** Finds scalars of a document where `locate` says that they stand. */
export interface WrittenScalars {
  /**
   * The key or value that a place leads to: of a pair either may be asked for by the place of the other, and an alias
   * leads to what it stands for. Undefined where there is no scalar.
   */
  find(place: Place, what: 'key' | 'value'): Written | undefined;
}

/** Throws CalicoctlError of class `input` where the document cannot be parsed. */
export function writtenScalars(raw: RawDocument): WrittenScalars {
  const events = eventsOf(raw);
  const { keys, values } = pairsOf(events);
  const starts = lineStarts(raw.text);
  const handles = tagHandles(events);
  const byStart = new Map<number, number>();
  for (const [index, event] of events.entries()) {
    const isWritten =
      event.type === EVENT_ID.ALIAS || (event.type === EVENT_ID.SCALAR && startOf(event, raw.text) !== -1);
    if (isWritten) byStart.set(startOf(event, raw.text), index);
  }
  return {
    find(place, what) {
      const at = byStart.get(offsetOf(raw, place, starts));
      if (at === undefined) return undefined;
      const index = what === 'key' ? (keys.get(at) ?? at) : (values.get(at) ?? at);
      if (what === 'key' && !values.has(index)) return undefined;
      const event = aliased(events, index, raw.text);
      if (event?.type !== EVENT_ID.SCALAR || event.valueStart === -1) return undefined;
      const [start, end] = spanOf(event);
      const value = scalarValue(event, getScalarValue(raw.text, event), raw.text, handles);
      return {
        start,
        end,
        quoting: QUOTING[event.style] ?? 'block',
        value,
        place: placeOf(raw, start, starts),
      };
    },
  };
}

const QUOTING: Readonly<Record<number, Written['quoting']>> = {
  [SCALAR_STYLE.PLAIN]: 'plain',
  [SCALAR_STYLE.SINGLE_QUOTED]: 'single',
  [SCALAR_STYLE.DOUBLE_QUOTED]: 'double',
};

function spanOf({ valueStart, valueEnd, style }: ScalarEvent): [number, number] {
  const quotes = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
  return [valueStart - quotes, valueEnd + quotes];
}

/** What an alias stands for: the node that bore the anchor last before it. */
function aliased(events: readonly Event[], index: number, text: string): Event | undefined {
  const event = events[index]!;
  if (event.type !== EVENT_ID.ALIAS) return event;
  const name = text.slice(event.anchorStart, event.anchorEnd);
  for (let at = index - 1; at >= 0; at--) {
    const before = events[at]!;
    if (before.type === EVENT_ID.ALIAS || !('anchorStart' in before) || before.anchorStart === -1) continue;
    if (text.slice(before.anchorStart, before.anchorEnd) === name) return before;
  }
  return undefined;
}

/** The event of the key of each value of a mapping, and the other way round. */
function pairsOf(events: readonly Event[]) {
  const keys = new Map<number, number>();
  const values = new Map<number, number>();
  /** Of each collection that is open: a list, a mapping before a key, or one behind the key of this index. */
  const open: ('list' | 'mapping' | number)[] = [];
  for (const [index, event] of events.entries()) {
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    const around = open.at(-1);
    if (around === 'mapping') open[open.length - 1] = index;
    if (typeof around === 'number') {
      keys.set(index, around);
      values.set(around, index);
      open[open.length - 1] = 'mapping';
    }
    if (event.type === EVENT_ID.MAPPING) open.push('mapping');
    else if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.DOCUMENT) open.push('list');
  }
  return { keys, values };
}
