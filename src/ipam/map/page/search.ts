import { formatAddress, parseAddress } from '../../../resources/net/address.ts';
import { containsAddress, networkOf, overlaps, parseCidr } from '../../../resources/net/cidr.ts';
import {
  addressOf,
  type Holding,
  holdingsOf,
  type MapBlock,
  type MapModel,
  ownerAt,
  type Place,
} from './model.ts';

/** Which addresses a search finds. */
export interface Hits {
  readonly count: number;
  /** 1 for each ordinal that is found; blocks without are missing. */
  readonly byBlock: ReadonlyMap<MapBlock, Uint8Array>;
  /** The first of them, in order of addresses. */
  readonly first: readonly Place[];
}

/** Words for states, as one may ask for them: `is:resting`. */
export const STATE_WORDS: Readonly<Record<string, string>> = {
  ...{ workload: 'p', vm: 'v', tunnel: 't', loadbalancer: 'l', unknown: 'u', leaked: 'x' },
  ...{ resting: 'c', windows: 'w', reserved: 'r', free: '.' },
};

const MOST_LISTED = 200;

/** Ordinals of a block that match, or undefined where none does. */
type Match = (block: MapBlock, line: string) => Iterable<number>;

/**
 * Looks through all blocks. It stops now and then, so that the page stays alive: whoever runs it goes on when there is time.
 * Lines of details are only parsed where their text has the words.
 */
export function* search(model: MapModel, text: string): Generator<void, Hits> {
  const match = matchOf(model, text.trim());
  const found = new Map<MapBlock, Uint8Array>();
  let count = 0;
  const byChunk = Map.groupBy(model.blocks, (block) => block.chunk);
  for (const [chunk, blocks] of byChunk) {
    const lines = model.details[chunk]!.split('\n');
    for (const block of blocks) {
      const marks = new Uint8Array(block.states.length);
      let here = 0;
      for (const ordinal of match(block, lines[block.line]!)) {
        here += 1 - marks[ordinal]!;
        marks[ordinal] = 1;
      }
      if (here > 0) found.set(block, marks);
      count += here;
    }
    yield;
  }
  return { count, byBlock: found, first: firstOf(model, found) };
}

function firstOf(model: MapModel, found: ReadonlyMap<MapBlock, Uint8Array>): readonly Place[] {
  const first: Place[] = [];
  for (const block of model.blocks) {
    for (const [ordinal, mark] of found.get(block)?.entries() ?? []) {
      if (mark === 1) first.push({ block, ordinal });
      if (first.length === MOST_LISTED) return first;
    }
  }
  return first;
}

function matchOf(model: MapModel, text: string): Match {
  const [, field = '', value = text] = /^(is|node|ns|namespace|pod|handle):(.+)$/s.exec(text) ?? [];
  switch (field) {
    case 'is':
      return stateMatch(value);
    case 'node':
      return ownerMatch(model, value);
    case 'ns':
    case 'namespace':
      return holdingMatch(`"${value}/`, ({ name }) =>
        name.toLowerCase().startsWith(`${value.toLowerCase()}/`),
      );
    case 'pod':
      return holdingMatch(value, ({ name }) => has(name.slice(name.indexOf('/') + 1), value));
    case 'handle':
      return holdingMatch(value, ({ handle }) => has(handle, value));
    default:
      return rangeMatch(value) ?? anyMatch(model, value);
  }
}

function has(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function stateMatch(word: string): Match {
  const letter = STATE_WORDS[word.toLowerCase()];
  if (word.toLowerCase() === 'borrowed') return (block) => block.borrowed?.keys() ?? [];
  return (block) => ordinalsWhere(block, (ordinal) => block.states[ordinal] === letter);
}

function* ordinalsWhere(block: MapBlock, test: (ordinal: number) => boolean): Generator<number> {
  for (let ordinal = 0; ordinal < block.states.length; ordinal++) if (test(ordinal)) yield ordinal;
}

/** An owner of exactly that name, or else all that have it in theirs. Free addresses of their blocks are theirs too. */
function ownerMatch({ owners }: MapModel, value: string): Match {
  const exact = owners.findIndex((owner) => owner === value || owner === `host:${value}`);
  const wanted = new Set(
    exact >= 0 ? [exact] : owners.flatMap((owner, number) => (has(owner, value) ? [number] : [])),
  );
  if (wanted.size === 0) return () => [];
  return (block) =>
    block.borrowed === undefined && !wanted.has(block.owner)
      ? []
      : ordinalsWhere(block, (ordinal) => wanted.has(ownerAt({ block, ordinal })));
}

/** An address or a CIDR; undefined for a text that is neither. */
function rangeMatch(value: string): Match | undefined {
  const address = parseAddress(value);
  const range = address === undefined ? parseCidr(value) : undefined;
  if (address === undefined && range === undefined) return undefined;
  const wanted = range === undefined ? undefined : networkOf(range);
  return (block) => {
    if (address !== undefined)
      return containsAddress(block.range, address)
        ? ordinalsWhere(block, (ordinal) => addressOf({ block, ordinal }).value === address.value)
        : [];
    return wanted !== undefined && overlaps(block.range, wanted)
      ? ordinalsWhere(block, (ordinal) => containsAddress(wanted, addressOf({ block, ordinal })))
      : [];
  };
}

/** Part of any name, or the beginning of an address. */
function anyMatch(model: MapModel, value: string): Match {
  const byOwner = ownerMatch(model, value);
  const byHolding = holdingMatch(value, ({ handle, name, more }) =>
    [handle, name, ...Object.values(more)].some((text) => has(text, value)),
  );
  const isPartOfAddress = /^[0-9a-f]*[.:][0-9a-f.:]*$/i.test(value);
  return function* (block, line) {
    yield* byOwner(block, line);
    yield* byHolding(block, line);
    if (isPartOfAddress)
      yield* ordinalsWhere(block, (ordinal) =>
        formatAddress(addressOf({ block, ordinal })).startsWith(value.toLowerCase()),
      );
  };
}

function holdingMatch(part: string, test: (holding: Holding) => boolean): Match {
  const written = new RegExp(asWritten(part), 'i');
  return function* (block, line) {
    if (!written.test(line)) return;
    for (const [ordinal, holding] of holdingsOf(block, line)) if (test(holding)) yield ordinal;
  };
}

/** A regular expression for a text within JSON as the command writes it. A leading quote is that of the JSON. */
function asWritten(text: string): string {
  const quote = text.startsWith('"') ? '"' : '';
  const inner = JSON.stringify(text.slice(quote.length)).slice(1, -1);
  const escaped = inner.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return quote + escaped.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
