import fc, { type GeneratorValue } from 'fast-check';
import type { Shape } from '../../../src/resources/jsonschema.ts';
import { annotationOf, type Schema } from '../../../src/resources/schema.ts';
import {
  ANYTHING,
  FORM_POOLS,
  FORMAT_POOLS,
  LABEL_KEYS,
  LABEL_VALUES,
  PATTERN_POOL,
  type Pool,
} from './pools.ts';

/** Draws values; the same seed draws the same. */
export type Draw = GeneratorValue;

export function pick<T>(draw: Draw, items: readonly T[]): T {
  return items[draw(fc.nat, { max: items.length - 1 })]!;
}

/** True once in `times`. */
export function once(draw: Draw, times: number): boolean {
  return draw(fc.nat, { max: times - 1 }) === 0;
}

/** Words of a pattern that lists them in any letter case. */
function wordsOf(goPattern: string | undefined): readonly string[] | undefined {
  const [, words] = /^\^\(\?i\)\(([A-Za-z0-9|-]+)\)\?\$$/.exec(goPattern ?? '') ?? [];
  return words?.split('|');
}

function poolOf(shape: Shape): Pool | undefined {
  const { form, goPattern } = annotationOf(shape as unknown as Schema);
  if (form !== undefined) return FORM_POOLS[form];
  if (shape.enum !== undefined) return wordPool(shape.enum);
  const words = wordsOf(goPattern);
  if (words !== undefined) return wordPool([...words, words[0]!.toUpperCase(), words[0]!.toLowerCase()]);
  if (shape.format !== undefined) return FORMAT_POOLS[shape.format];
  if (shape.pattern !== undefined) {
    const pattern = new RegExp(shape.pattern);
    const matching = PATTERN_POOL.odd.filter((text) => typeof text === 'string' && pattern.test(text));
    return { good: matching, odd: PATTERN_POOL.odd };
  }
  return undefined;
}

function wordPool(words: readonly unknown[]): Pool {
  const texts = words.filter((word): word is string => typeof word === 'string');
  return {
    good: words,
    odd: ['', 'Nonsense', ...texts.map((word) => word.toLowerCase()), `${words[0]} `, 7],
  };
}

/** A value that the schema takes; rules over several fields may not. */
export function goodValue(draw: Draw, shape: Shape): unknown {
  const pool = poolOf(shape);
  const { minimum, maximum, maxLength } = shape;
  if (pool !== undefined) {
    const fitting = pool.good.filter((value) => isWithin(shape, value));
    if (fitting.length > 0) return pick(draw, fitting);
  }
  if (shape.properties !== undefined) return goodObject(draw, shape, shape.properties);
  if (shape.items !== undefined) return goodList(draw, shape, shape.items);
  if (shape.type === 'boolean') return draw(fc.boolean);
  if (shape.type === 'integer' || shape.type === 'number')
    return pick(draw, [minimum ?? -1, maximum ?? 4096, (minimum ?? 0) + 1]);
  if (shape.type === 'string')
    return pick(draw, ['x', 'some words', 'x'.repeat(Math.min(maxLength ?? 300, 2000))]);
  return goodMap(draw, shape);
}

function isWithin({ minimum, maximum, maxLength }: Shape, value: unknown): boolean {
  if (typeof value === 'string') return [...value].length <= (maxLength ?? Infinity);
  return typeof value !== 'number' || (value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity));
}

/** Required fields, and a few others. */
export function goodObject(
  draw: Draw,
  { required = [], minProperties, maxProperties = 6 }: Shape,
  properties: Readonly<Record<string, Shape>>,
): Record<string, unknown> {
  const names = Object.keys(properties);
  const count = draw(fc.integer, { min: minProperties ?? 0, max: Math.min(names.length, maxProperties) });
  const chosen = new Set(required);
  for (let i = 0; i < count && chosen.size < maxProperties; i++) chosen.add(pick(draw, names));
  return Object.fromEntries([...chosen].map((name) => [name, goodValue(draw, properties[name]!)]));
}

function goodList(draw: Draw, { minItems = 0, maxItems = 3 }: Shape, items: Shape): unknown[] {
  const length = draw(fc.integer, { min: minItems, max: Math.min(maxItems, 3) });
  const list = Array.from({ length }, () => goodValue(draw, items));
  return list.filter((item, index) => list.findIndex((other) => Bun.deepEquals(other, item)) === index);
}

function goodMap(draw: Draw, { patternProperties }: Shape): Record<string, unknown> {
  const values = Object.values(patternProperties ?? {})[0];
  const count = draw(fc.nat, { max: 2 });
  const keys = Array.from({ length: count }, () => pick(draw, LABEL_KEYS.good));
  return Object.fromEntries(
    keys.map((key) => [
      key,
      values === undefined
        ? 'x'
        : values.type === 'string'
          ? pick(draw, LABEL_VALUES.good)
          : goodValue(draw, values),
    ]),
  );
}

/** A value at or beyond the bounds of the schema, often one that it refuses. */
export function oddValue(draw: Draw, shape: Shape): unknown {
  if (once(draw, 8)) return pick(draw, ANYTHING);
  const pool = poolOf(shape);
  const edges = [...(pool?.odd ?? []), ...edgesOf(shape)];
  if (shape.items !== undefined) return oddList(draw, shape, shape.items);
  if (edges.length > 0) return pick(draw, edges);
  if (shape.type === 'boolean') return pick(draw, ['true', 1, null, 'yes']);
  if (shape.properties !== undefined) return oddObject(draw, shape, shape.properties);
  if (shape.type === 'string') return pick(draw, ['', 7, true, 'x'.repeat(5000), null, 'ä\t']);
  return oddMap(draw, shape);
}

function edgesOf({ minimum, maximum, maxLength, type }: Shape): unknown[] {
  const edges: unknown[] = [];
  if (minimum !== undefined) edges.push(minimum, minimum - 1, minimum + 1);
  if (maximum !== undefined) edges.push(maximum, maximum + 1, maximum - 1);
  if (type === 'integer') edges.push(0, -1, 1.5, '1', 2147483648, 4294967296, 9223372036854775808n);
  if (maxLength !== undefined)
    edges.push(
      'x'.repeat(maxLength),
      'x'.repeat(maxLength + 1),
      'é'.repeat(maxLength),
      '😀'.repeat(maxLength),
      '😀'.repeat(maxLength + 1),
    );
  return edges;
}

function oddList(draw: Draw, shape: Shape, items: Shape): unknown {
  const { minItems = 0, maxItems } = shape;
  const item = () => goodValue(draw, items);
  const first = item();
  const kinds: unknown[] = [
    [],
    [first, first],
    [item(), oddValue(draw, items)],
    [oddValue(draw, items)],
    [null],
    first,
    Array.from({ length: Math.max(minItems - 1, 0) }, item),
  ];
  if (maxItems !== undefined && maxItems <= 600)
    kinds.push(Array.from({ length: maxItems + 1 }, item), Array.from({ length: maxItems }, item));
  return pick(draw, kinds);
}

function oddObject(draw: Draw, shape: Shape, properties: Readonly<Record<string, Shape>>): unknown {
  const whole = goodObject(draw, shape, properties);
  const names = Object.keys(properties);
  const name = pick(draw, names);
  const kinds: Record<string, unknown>[] = [
    {},
    { ...whole, unknownField: 1 },
    { ...whole, [name]: null },
    { ...whole, [name.toUpperCase()]: goodValue(draw, properties[name]!) },
    Object.fromEntries(Object.entries(whole).filter(([key]) => key !== pick(draw, shape.required ?? names))),
    Object.fromEntries(names.slice(0, 12).map((key) => [key, goodValue(draw, properties[key]!)])),
  ];
  return pick(draw, kinds);
}

function oddMap(draw: Draw, { patternProperties }: Shape): unknown {
  const values = Object.values(patternProperties ?? {})[0];
  const odd =
    values === undefined || values.type === 'string' ? pick(draw, LABEL_VALUES.odd) : oddValue(draw, values);
  return pick(draw, [
    { [String(pick(draw, LABEL_KEYS.odd))]: pick(draw, LABEL_VALUES.good) },
    { a: odd },
    {},
    [],
  ]);
}
