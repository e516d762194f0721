import fc from 'fast-check';
import { parseSelector, type Selector } from '../../../src/resources/selector/index.ts';

/** The selector of a text that has one. */
export function parse(text: string): Selector {
  const parsed = parseSelector(text);
  if (parsed.ok) return parsed.selector;
  throw new Error(`${parsed.fault.message} at ${parsed.fault.offset}`);
}

/** Code-point order, stated by way of UTF-8 bytes. */
const sorted = (values: readonly string[]) =>
  [...new Set(values)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** Label names, words of the language among them. */
export const labels = fc.oneof(
  fc.constantFrom('a', 'b', 'in', 'not', 'has', 'all', 'contains', 'constructor', 'projectcalico.org/tier'),
  fc.stringMatching(/^[A-Za-z0-9_./-]{1,8}$/),
);
/** Texts that can be quoted. */
export const texts = fc
  .oneof(
    fc.constantFrom('', 'x', 'xy', 'y', '\u{1f600}', '\uffee'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  )
  .filter((text) => text.isWellFormed() && !(text.includes('"') && text.includes("'")));

/** Any selector in normal form. */
export const selectors = fc.letrec<{ any: Selector; plain: Selector }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Selector>({ type: 'all' }, { type: 'global' }),
    labels.map((label): Selector => ({ type: 'has', label })),
    fc
      .tuple(fc.constantFrom('==', '!=', 'contains', 'starts with', 'ends with'), labels, texts)
      .map(([operator, label, value]): Selector => ({ type: 'compare', operator, label, value })),
    fc
      .tuple(fc.constantFrom('in', 'not in'), labels, fc.array(texts, { maxLength: 4 }))
      .map(
        ([operator, label, values]): Selector => ({ type: 'set', operator, label, values: sorted(values) }),
      ),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('any'), { minLength: 2, maxLength: 3 }))
      .map(([type, operands]): Selector => ({ type, operands })),
  ),
  any: fc.oneof(
    { maxDepth: 4 },
    tie('plain'),
    tie('plain').map((operand): Selector => ({ type: 'not', operand })),
  ),
})).any;
