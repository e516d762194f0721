import { joinTruncated } from '../../resources/columns.ts';
import { CallFailure, equalsAny, isLess } from './compare.ts';
import { indexInto, lengthOf, sliceOf } from './containers.ts';
import { print, type Rendering, sprint } from './print.ts';
import { printfText } from './printf.ts';
import {
  BASELINE,
  bool,
  elements,
  entries,
  type GoValue,
  indirect,
  int,
  isMap,
  isNil,
  isSlice,
  isTrue,
  literal,
  numberOf,
  typeName,
} from './values.ts';

/** What an argument must be; `value` and `any` take everything, nil included. */
export type Parameter = 'any' | 'string' | 'int';

export interface TemplateFunction {
  readonly parameters: readonly Parameter[];
  /** Of further arguments, any number of them. */
  readonly rest?: Parameter;
  /** Throws CallFailure for what Go's function returns as an error. */
  readonly call: (args: readonly (GoValue | undefined)[]) => GoValue | undefined;
}

type Args = readonly (GoValue | undefined)[];

/** A string made from values: both renderings are made the same way. */
function made(make: (rendering: Rendering) => string): GoValue {
  return literal(make('real'), make('shadow'));
}

function texts(make: (args: Args, rendering: Rendering) => string): TemplateFunction {
  return { parameters: [], rest: 'any', call: (args) => made((rendering) => make(args, rendering)) };
}

/** The arguments of html, js and urlquery as one text. */
function plain(args: Args, rendering: Rendering): string {
  const shown = args.map((arg) => (arg === undefined ? literal('<no value>') : indirect(arg)));
  return sprint(shown, rendering);
}

const HTML: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
};

function escapeScript(text: string): string {
  return text.replace(/[\\'"]|[<>&=]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => {
    if (/[\\'"]/.test(character)) return `\\${character}`;
    const hex = character.codePointAt(0)!.toString(16).toUpperCase();
    return `\\u${hex.padStart(4, '0')}`;
  });
}

function escapeQuery(text: string): string {
  const escaped = encodeURIComponent(text.toWellFormed());
  return escaped
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function comparison(compare: (a: GoValue | undefined, b: GoValue | undefined) => boolean): TemplateFunction {
  return { parameters: ['any', 'any'], call: ([a, b]) => bool(compare(a, b)) };
}

const ONE: readonly Parameter[] = ['any'];

/** Go's built-in functions but `and` and `or`, which the evaluator knows because they leave arguments unevaluated. */
const BUILT_IN: Readonly<Record<string, TemplateFunction>> = {
  eq: { parameters: ONE, rest: 'any', call: ([first, ...others]) => bool(equalsAny(first, others)) },
  ne: comparison((a, b) => !equalsAny(a, [b])),
  lt: comparison(isLess),
  le: comparison((a, b) => isLess(a, b) || equalsAny(a, [b])),
  gt: comparison((a, b) => !isLess(a, b) && !equalsAny(a, [b])),
  ge: comparison((a, b) => !isLess(a, b)),
  not: { parameters: ONE, call: ([value]) => bool(!isTrue(value)) },
  len: { parameters: ONE, call: ([value]) => int(lengthOf(value)) },
  index: { parameters: ONE, rest: 'any', call: ([value, ...keys]) => indexInto(value, keys) },
  slice: { parameters: ONE, rest: 'any', call: ([value, ...bounds]) => sliceOf(value, bounds) },
  call: { parameters: ONE, rest: 'any', call: ([value]) => callValue(value) },
  print: texts(sprint),
  println: texts((args, rendering) => `${args.map((arg) => sprint([arg], rendering)).join(' ')}\n`),
  printf: {
    parameters: ['string'],
    rest: 'any',
    call: ([format, ...args]) => made((rendering) => printfText(format!, args, rendering)),
  },
  html: texts((args, rendering) => plain(args, rendering).replace(/["'&<>\0]/g, (c) => HTML[c]!)),
  js: texts((args, rendering) => escapeScript(plain(args, rendering))),
  urlquery: texts((args, rendering) => escapeQuery(plain(args, rendering))),
};

function callValue(value: GoValue | undefined): never {
  if (value === undefined) throw new CallFailure('call of nil');
  throw new CallFailure(`non-function ${print(value, 'real')} of type ${typeName(value.type)}`);
}

/** The items that `join` joins: of a list each, of a map `key=value`, anything else by itself. */
function itemsOf(value: GoValue | undefined, rendering: Rendering): string[] {
  const held = value && indirect(value);
  if (held === undefined) return [];
  if (isSlice(held)) return elements(held).map((item) => print(item, rendering));
  if (isMap(held)) {
    return entries(held).map(
      ([key, item]) => `${rendering === 'real' ? key : BASELINE}=${print(item, rendering)}`,
    );
  }
  return isNil(held) ? [] : [print(held, rendering)];
}

function join(args: Args): GoValue {
  const [list, separator, maximum] = args;
  const limit = maximum ? Number(numberOf(maximum)) : 0;
  return made((rendering) => joinTruncated(itemsOf(list, rendering), limit, sprint([separator], rendering)));
}

/** Takes text as it is, also where it changes the structure of the output. */
const TRUSTED: TemplateFunction = {
  parameters: ONE,
  call: ([value]) => literal(plain([value], 'real')),
};

/** All functions a template may call. `asNumber` is what `config "asnumber"` gives. */
export function templateFunctions(asNumber: string): ReadonlyMap<string, TemplateFunction> {
  const config = (args: Args) => {
    if (sprint(args, 'real').toLowerCase() === 'asnumber') return literal(asNumber);
    throw new CallFailure('unhandled config type');
  };
  return new Map<string, TemplateFunction>([
    ...Object.entries(BUILT_IN),
    ['join', { parameters: ['any', 'string'], call: join }],
    ['joinAndTruncate', { parameters: ['any', 'string', 'int'], call: join }],
    ['config', { parameters: ['string'], call: config }],
    ['StructuralData', TRUSTED],
    ['AllowFlags', { parameters: ONE, call: ([value]) => value }],
    ['ApplyInjectionDetection', { parameters: ONE, call: ([value]) => value }],
  ]);
}

/** Names for the parser. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set(['and', 'or', ...templateFunctions('').keys()]);
