import { formatFloat } from '../../resources/columns.ts';
import {
  BASELINE,
  elements,
  entries,
  type GoValue,
  indirect,
  isMap,
  isNil,
  isSlice,
  literal,
  numberOf,
  type StructType,
  stringOf,
} from './values.ts';

/** One of the two renderings: with the data, or with BASELINE in its place. */
export type Rendering = 'real' | 'shadow';

/** The text of a string value in a rendering. */
export function textOf(value: GoValue, rendering: Rendering): string {
  return rendering === 'real' ? stringOf(value) : (value.shadow ?? BASELINE);
}

/**
 * A value as Go's `%v` prints it (`names` for `%+v`). Pointers print what they point to, at any depth, where Go prints
 * addresses inside of others: an address tells nobody anything.
 */
export function print(value: GoValue, rendering: Rendering, names = false): string {
  return printWith(value, rendering, names, (leaf) => printLeaf(leaf, rendering));
}

/** As print, with the caller's form for strings, numbers and booleans. */
export function printWith(
  value: GoValue,
  rendering: Rendering,
  names: boolean,
  leaf: (value: GoValue) => string,
): string {
  const held = indirect(value);
  if (isNil(held) && !isSlice(held) && !isMap(held)) return '<nil>';
  if (isSlice(held)) {
    return `[${elements(held)
      .map((item) => printWith(item, rendering, names, leaf))
      .join(' ')}]`;
  }
  if (isMap(held)) {
    const pairs = entries(held).map(([key, item]) => {
      const name = rendering === 'real' ? key : BASELINE;
      return `${name}:${printWith(item, rendering, names, leaf)}`;
    });
    return `map[${pairs.join(' ')}]`;
  }
  if (held.type.kind !== 'struct') return leaf(held);
  if (held.type.text) return leaf(literal(held.type.text(held.data, rendering === 'shadow')));
  return printStruct(held.type, held.data, names, (item) => printWith(item, rendering, names, leaf));
}

function printStruct(
  type: StructType,
  data: unknown,
  names: boolean,
  show: (item: GoValue) => string,
): string {
  const parts = [...type.fields].map(([name, field]) => {
    const text = show({ type: field.type, data: field.get(data) });
    return names ? `${name}:${text}` : text;
  });
  return `{${parts.join(' ')}}`;
}

/** A string, number or boolean as `%v` prints it. */
export function printLeaf(value: GoValue, rendering: Rendering): string {
  const { type, data } = value;
  switch (type.kind) {
    case 'string':
      return textOf(value, rendering);
    case 'float':
      return formatFloat(Number(numberOf(value)));
    case 'bool':
      return String(data === true);
    case 'int':
      return type.text?.(data) ?? String(numberOf(value));
    default:
      return String(numberOf(value));
  }
}

/** As fmt.Sprint: blanks between operands of which neither is a string. */
export function sprint(values: readonly (GoValue | undefined)[], rendering: Rendering): string {
  let text = '';
  let wasString = true;
  for (const [index, value] of values.entries()) {
    const isString = value?.type.kind === 'string';
    if (index > 0 && !isString && !wasString) text += ' ';
    text += value === undefined ? '<nil>' : print(value, rendering);
    wasString = isString;
  }
  return text;
}
