import { CalicoctlError } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import { decodeText } from '../../input/decode.ts';
import type { Part } from './file.ts';

/** One value of the third part: an item of a list, or what stands there instead of a list. */
export interface Element {
  /** The key of the object that it stands under. */
  readonly key: string;
  readonly value: unknown;
  /** False for what stands there instead of a list. */
  readonly listed: boolean;
  /** From 1. */
  readonly line: number;
}

/** Nothing that Calico stores comes near it. */
const LONGEST = 16 * 1024 * 1024;

/**
 * Gives the values of an object of lists one by one, without holding the whole of it. Throws `input` with the line for
 * what is no JSON object.
 */
export async function* elementsOf(part: Part): AsyncGenerator<Element> {
  const reader = new Reader(part);
  for await (const piece of decodeText(part.file, part.bytes())) yield* reader.push(piece);
  reader.end();
}

const BLANK = /\s/;
type Expect =
  | 'object'
  | 'key'
  | 'first key'
  | 'colon'
  | 'value'
  | 'first item'
  | 'item'
  | 'comma'
  | 'item comma'
  | 'nothing';

/** What may come where, in words. */
const WANTED: Readonly<Record<Expect, string>> = {
  object: 'an object has to begin here',
  key: 'a key in quotes has to stand here',
  'first key': 'a key in quotes or the end of the object has to stand here',
  colon: 'a colon has to stand here',
  value: 'a value has to stand here',
  'first item': 'a value or the end of the list has to stand here',
  item: 'a value has to stand here',
  comma: 'a comma or the end of the object has to stand here',
  'item comma': 'a comma or the end of the list has to stand here',
  nothing: 'the object has ended, nothing may follow',
};

class Reader {
  #expect: Expect = 'object';
  #key = '';
  #line: number;
  /** The text of the value that is being read, as far as it stood in earlier pieces. */
  #held: string[] = [];
  #size = 0;
  /** Within a value: how deep, and whether in a text. */
  #reading = false;
  #start = 0;
  #depth = 0;
  #quoted = false;
  #escaped = false;

  constructor(readonly part: Part) {
    this.#line = part.line;
  }

  *push(text: string): Generator<Element> {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!;
      if (this.#reading) {
        const end = this.#follow(character);
        if (end === 'on') {
          if (character === '\n') this.#line++;
          continue;
        }
        const stop = end === 'with' ? at + 1 : at;
        const element = this.#complete(text.slice(from, stop));
        if (element !== undefined) yield element;
        if (end === 'with') continue;
      }
      if (character === '\n') this.#line++;
      if (BLANK.test(character)) continue;
      if (this.#begin(character)) from = at;
    }
    if (this.#reading) this.#hold(text.slice(from));
  }

  end(): void {
    if (this.#reading || this.#expect !== 'nothing')
      throw this.#fault('the part ends in the midst of its JSON: was the file cut off?');
  }

  /** Takes a character between values; true where it begins one. */
  #begin(character: string): boolean {
    const expect = this.#expect;
    const next = STEPS[expect]?.[character];
    if (next !== undefined) {
      this.#expect = next;
      return false;
    }
    const isValue = expect === 'value' || expect === 'item' || expect === 'first item';
    const isKey = (expect === 'key' || expect === 'first key') && character === '"';
    if (!isKey && (!isValue || ',:]}'.includes(character))) throw this.#fault(WANTED[expect]);
    this.#reading = true;
    this.#start = this.#line;
    this.#depth = '{['.includes(character) ? 1 : 0;
    this.#quoted = character === '"';
    return true;
  }

  /** Whether the value goes on with this character, ends with it, or ended before it. */
  #follow(character: string): 'on' | 'with' | 'before' {
    if (this.#quoted) {
      if (this.#escaped) this.#escaped = false;
      else if (character === '\\') this.#escaped = true;
      else if (character === '"') {
        this.#quoted = false;
        return this.#depth === 0 ? 'with' : 'on';
      }
      return 'on';
    }
    if (this.#depth === 0) return ',]}:'.includes(character) || BLANK.test(character) ? 'before' : 'on';
    if (character === '"') this.#quoted = true;
    else if (character === '{' || character === '[') this.#depth++;
    else if (character === '}' || character === ']') this.#depth--;
    return this.#depth === 0 ? 'with' : 'on';
  }

  #complete(last: string): Element | undefined {
    this.#hold(last);
    const text = this.#held.join('');
    this.#held = [];
    this.#size = 0;
    this.#reading = false;
    const value = this.#parse(text);
    if (this.#expect === 'key' || this.#expect === 'first key') {
      this.#key = String(value);
      this.#expect = 'colon';
      return undefined;
    }
    const listed = this.#expect !== 'value';
    this.#expect = listed ? 'item comma' : 'comma';
    return { key: this.#key, value, listed, line: this.#start + 1 };
  }

  #parse(text: string): unknown {
    try {
      return parseJson(text);
    } catch (error) {
      throw this.#fault(`this is no JSON (${(error as Error).message})`, this.#start);
    }
  }

  #hold(text: string): void {
    this.#size += text.length;
    if (this.#size > LONGEST)
      throw this.#fault(`a value is longer than ${LONGEST / 1024 / 1024} MiB`, this.#start);
    this.#held.push(text);
  }

  #fault(what: string, line = this.#line): CalicoctlError {
    return new CalicoctlError('input', `${this.part.file}:${line + 1}: ${what}`, {
      place: { file: this.part.file, line: line + 1 },
    });
  }
}

const STEPS: Readonly<Partial<Record<Expect, Readonly<Record<string, Expect>>>>> = {
  object: { '{': 'first key' },
  'first key': { '}': 'nothing' },
  colon: { ':': 'value' },
  value: { '[': 'first item' },
  'first item': { ']': 'comma' },
  'item comma': { ',': 'item', ']': 'comma' },
  comma: { ',': 'key', '}': 'nothing' },
};
