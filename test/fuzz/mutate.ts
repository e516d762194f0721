import { dump, load } from 'js-yaml';
import { isObject } from '../../src/core/json.ts';
import { CORPUS, EXTREMES } from './corpus.ts';
import { type Random, seeded } from './random.ts';

/** The manifest of a seed: the extremes first, then mutated texts of the corpus. */
export function manifestOf(seed: number): Uint8Array {
  const extreme = EXTREMES[seed];
  if (extreme !== undefined) return encode(extreme);
  const random = seeded(seed);
  const text = random.pick(CORPUS);
  return random.once(3) ? mutateText(text, random) : mutateValue(text, random);
}

const encode = (text: string) => new TextEncoder().encode(text);

/** Values that a field may turn out to hold. */
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e300,
  Number.NaN,
  '',
  ' ',
  'x',
  'all()',
  'has(',
  '0.0.0.0/0',
  '10.0.0.0/33',
  '::/0',
  'fe80::1%eth0',
  '65536',
  '1:0',
  'Allow',
  '1h30m',
  '-5ns',
  '__proto__',
  '\u0000',
  '\ud800',
  '🦜'.repeat(80),
  'é\u0301\u202e',
  'a'.repeat(5_000),
  [],
  {},
  [null],
  [[]],
  [{}],
  { constructor: 1 },
  ['10.0.0.0/8', 10],
  new Date(0),
];

const ODD_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'kind',
  'name',
  '',
  ' ',
  '0',
  'spec',
  'Spec',
  'é',
  'x.y/z',
  '<<',
  'a\nb',
];

interface Spot {
  readonly holder: Record<string | number, unknown>;
  readonly key: string | number;
}

function spots(value: unknown, found: Spot[] = []): readonly Spot[] {
  if (!isObject(value) && !Array.isArray(value)) return found;
  const holder = value as Record<string | number, unknown>;
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    found.push({ holder, key });
    spots(holder[key], found);
  }
  return found;
}

/** Own property, also where the key is `__proto__`. */
function put(holder: object, key: string | number, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function mutateValue(text: string, random: Random): Uint8Array {
  let value: unknown;
  try {
    value = load(text);
  } catch {
    return mutateText(text, random);
  }
  for (let times = 1 + random.below(2); times > 0; times--) {
    const all = spots(value);
    if (all.length === 0) break;
    changeSpot(random.pick(all), random.pick(all), random);
  }
  return encode(
    random.once(2)
      ? JSON.stringify(value, null, random.below(3))
      : dump(value, { noRefs: true, skipInvalid: true }),
  );
}

function changeSpot({ holder, key }: Spot, other: Spot, random: Random): void {
  const old = holder[key];
  const change = random.below(7);
  if (change === 0) put(holder, key, random.pick(ODD));
  else if (change === 1 && Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (change === 1) delete holder[key];
  else if (change === 2) put(holder, key, [old]);
  else if (change === 3) put(holder, key, structuredClone(other.holder[other.key]));
  else if (change === 4 && !Array.isArray(holder)) put(holder, random.pick(ODD_KEYS), random.pick(ODD));
  else if (change === 5) put(holder, key, nearly(old, random));
  else put(holder, key, { [random.pick(ODD_KEYS)]: old });
}

/** A value of the same type that is a little off. */
function nearly(value: unknown, random: Random): unknown {
  if (typeof value === 'number')
    return random.pick([-value, value + 0.5, value * 1e9, String(value), value + 1]);
  if (typeof value === 'boolean') return random.pick([!value, String(value), 'on', 1]);
  if (typeof value !== 'string') return value;
  const at = random.below(value.length + 1);
  const middle = random.pick([
    '',
    ' ',
    '.',
    '/',
    ':',
    '"',
    "'",
    '(',
    ')',
    '0',
    '9',
    'z',
    '-',
    '\n',
    '\t',
    '!',
    '&&',
  ]);
  return value.slice(0, at) + middle + value.slice(at + random.below(3));
}

const INSERTED = [
  '\t',
  ' ',
  '\n',
  ':',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '&a ',
  '*a',
  '!!binary ',
  '!x ',
  '<<: ',
  '---\n',
  '...\n',
  '# ',
  '|',
  '>',
  '? ',
  ', ',
  '%',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\u0085',
  '💥',
  '\r',
  '\\',
  '\\u12',
  '1e999',
  '0x',
  '0o8',
  '1_000',
  '~',
  '.inf',
  '=',
  '@',
  '`',
];

function mutateText(text: string, random: Random): Uint8Array {
  let lines = text;
  for (let times = random.below(3); times > 0; times--) lines = mutateLines(lines, random);
  const bytes = encode(lines);
  for (let flips = random.once(4) ? 1 + random.below(4) : 0; flips > 0 && bytes.length > 0; flips--)
    bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
  return random.once(8) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
}

function mutateLines(text: string, random: Random): string {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  const line = lines[at]!;
  const change = random.below(6);
  if (change === 0) lines.splice(at, 1);
  else if (change === 1) lines.splice(random.below(lines.length), 0, line);
  else if (change === 2) lines[at] = ` ${line}`;
  else if (change === 3)
    lines[at] = line.replace(/^ +/, (blanks) => ' '.repeat(random.below(blanks.length + 3)));
  else if (change === 4) lines.splice(at, 0, ...random.pick(CORPUS).split('\n').slice(0, random.below(9)));
  else {
    const column = random.below(line.length + 1);
    lines[at] = line.slice(0, column) + random.pick(INSERTED) + line.slice(column + random.below(2));
  }
  return lines.join('\n');
}
