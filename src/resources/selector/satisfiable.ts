import type { Selector } from './selector.ts';

/**
 * What can be said of selectors without labels at hand. Both functions answer true only where it is certain: a false
 * may also mean that it would take too long to find out.
 */

/** True where no set of labels satisfies the selector. */
export function matchesNothing(selector: Selector): boolean {
  const cases = casesOf(selector, false);
  return cases?.every((atoms) => contradicts(atoms)) ?? false;
}

/** True where whatever satisfies `narrow` satisfies `wide` too. */
export function implies(narrow: Selector, wide: Selector): boolean {
  return matchesNothing({ type: 'and', operands: [narrow, { type: 'not', operand: wide }] });
}

/** What one condition asks of the value of a label. All but `absent` ask for the label, unless `not`. */
interface Atom {
  readonly label: string;
  readonly type: 'has' | 'in' | 'contains' | 'starts with' | 'ends with';
  readonly values: readonly string[];
  /** Also true of what has not got the label. */
  readonly not: boolean;
}

type Case = readonly Atom[];

/** More alternatives than this are not looked through. */
const MOST_CASES = 64;

const ALWAYS: readonly Case[] = [[]];
const NEVER: readonly Case[] = [];

/** The selector as alternatives of conditions that hold together; undefined where there are too many. */
function casesOf(selector: Selector, not: boolean): readonly Case[] | undefined {
  switch (selector.type) {
    case 'all':
    case 'global':
      return not ? NEVER : ALWAYS;
    case 'has':
      return [[{ label: selector.label, type: 'has', values: [], not }]];
    case 'compare': {
      const { label, operator, value } = selector;
      const values = [value];
      if (operator === '!=') return [[{ label, type: 'in', values, not: !not }]];
      return [[{ label, type: operator === '==' ? 'in' : operator, values, not }]];
    }
    case 'set': {
      const { label, operator, values } = selector;
      return [[{ label, type: 'in', values, not: (operator === 'not in') !== not }]];
    }
    case 'not':
      return casesOf(selector.operand, !not);
    default:
      return (selector.type === 'and') === not
        ? alternatives(selector.operands, not)
        : combinations(selector.operands, not);
  }
}

function alternatives(operands: readonly Selector[], not: boolean): readonly Case[] | undefined {
  const all: Case[] = [];
  for (const operand of operands) {
    const cases = casesOf(operand, not);
    if (cases === undefined || all.length + cases.length > MOST_CASES) return undefined;
    all.push(...cases);
  }
  return all;
}

function combinations(operands: readonly Selector[], not: boolean): readonly Case[] | undefined {
  let all = ALWAYS;
  for (const operand of operands) {
    const cases = casesOf(operand, not);
    if (cases === undefined || all.length * cases.length > MOST_CASES) return undefined;
    all = all.flatMap((left) => cases.map((right) => [...left, ...right]));
  }
  return all;
}

function contradicts(atoms: Case): boolean {
  if (atoms.length < 2) return atoms.length === 1 && labelContradicts(atoms);
  const byLabel = new Map<string, Atom[]>();
  for (const atom of atoms) {
    const known = byLabel.get(atom.label);
    if (known === undefined) byLabel.set(atom.label, [atom]);
    else known.push(atom);
  }
  for (const group of byLabel.values()) if (labelContradicts(group)) return true;
  return false;
}

/** True where no value of the one label, nor its absence, fulfils all conditions. */
function labelContradicts(atoms: readonly Atom[]): boolean {
  const wanted = atoms.filter(({ not }) => !not);
  if (wanted.length === 0) return false;
  const refused = atoms.filter(({ not }) => not);
  const sets = wanted.filter(({ type }) => type === 'in');
  if (sets.length > 0) return !sets[0]!.values.some((value) => atoms.every((atom) => holds(atom, value)));
  const [start, startsApart] = longest(wanted, 'starts with', (text, part) => text.startsWith(part));
  const [end, endsApart] = longest(wanted, 'ends with', (text, part) => text.endsWith(part));
  if (startsApart || endsApart) return true;
  const inside = wanted.filter(({ type }) => type === 'contains').map(({ values }) => values[0]!);
  return refused.some(({ type, values: [text = ''] }) => {
    if (type === 'has') return true;
    if (type === 'starts with') return start.startsWith(text);
    if (type === 'ends with') return end.endsWith(text);
    return type === 'contains' && [start, end, ...inside].some((part) => part.includes(text));
  });
}

/** The longest of the texts that a value must begin or end with, and whether another one does not fit it. */
function longest(
  wanted: readonly Atom[],
  type: Atom['type'],
  fits: (text: string, part: string) => boolean,
): readonly [text: string, apart: boolean] {
  const texts = wanted.filter((atom) => atom.type === type).map(({ values }) => values[0]!);
  const text = texts.reduce((best, next) => (next.length > best.length ? next : best), '');
  return [text, texts.some((part) => !fits(text, part))];
}

/** Whether a value, of a label that is there, fulfils a condition. */
function holds({ type, values, not }: Atom, value: string): boolean {
  return test(type, values, value) !== not;
}

function test(type: Atom['type'], values: readonly string[], value: string): boolean {
  switch (type) {
    case 'has':
      return true;
    case 'in':
      return values.includes(value);
    case 'contains':
      return value.includes(values[0]!);
    case 'starts with':
      return value.startsWith(values[0]!);
    case 'ends with':
      return value.endsWith(values[0]!);
  }
}
