import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { constructYaml } from '../../../src/input/construct.ts';
import { spell } from '../../../src/validation/fix/spelling.ts';
import { masked, mend } from './mend.ts';

/** Text of which some pieces are CIDRs with host bits. */
type Piece = string | { readonly cidr: string };

const cidr = fc
  .tuple(fc.integer({ min: 1, max: 223 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 8, max: 24 }))
  .map(([first, second, prefix]) => ({ cidr: `${first}.${second}.3.255/${prefix}` }));

const comment = fc.constantFrom('', ' # 10.0.0.1/8', '   # ümläut 😀', '\t# x');
const word = fc.constantFrom('a', 'b c', 'ключ', '😀', 'cidr', '日本');

/** A value in one of YAML's ways to write it; `flow` where brackets are around. */
function value(): fc.Arbitrary<Piece[]> {
  const scalar = cidr.chain((one) =>
    fc.constantFrom<Piece[]>([one], ['"', one, '"'], ["'", one, "'"], ['!!str ', one], ['&x "', one, '"']),
  );
  const items = fc.array(scalar, { minLength: 1, maxLength: 3 });
  const flow = items.map((list) => [
    '[ ',
    ...list.flatMap((item, i) => (i === 0 ? item : [',  ', ...item])),
    ' ]',
  ]);
  const pairs = items.map((list) => [
    '{',
    ...list.flatMap((item, i) => [i === 0 ? '' : ', ', `"k${i}":  `, ...item]),
    '}',
  ]);
  const block = fc.tuple(fc.constantFrom('|-', '>-'), cidr).map(([head, one]) => [`${head}⏎    `, one]);
  return fc.oneof(scalar, flow, pairs, block);
}

const field = fc.tuple(word, value(), comment, fc.constantFrom('', '  # before⏎', '⏎'));

const yaml = fc.array(field, { minLength: 1, maxLength: 6 }).map((fields): Piece[] =>
  fields.flatMap(([name, written, behind, before], i) => {
    const isBlock = typeof written[0] === 'string' && /^[|>]/.test(written[0]);
    return [before, `${name} ${i}:  `, ...written, `${isBlock ? '' : behind}⏎`];
  }),
);

const json = fc
  .array(fc.tuple(word, cidr), { minLength: 1, maxLength: 5 })
  .map((fields): Piece[] => [
    '{',
    ...fields.flatMap(([name, one], i): Piece[] => [
      `${i === 0 ? '' : ' ,⏎\t'}"${name}${i}" : ["`,
      one,
      '"]',
    ]),
    '}⏎',
  ]);

const documents = fc
  .array(fc.oneof(yaml, json), { minLength: 1, maxLength: 4 })
  .map((all): Piece[] => all.flatMap((pieces, i) => [i === 0 ? '' : '---⏎', ...pieces]));

const ENCODINGS: Readonly<Record<string, (text: string) => Buffer>> = {
  utf8: (text) => Buffer.from(text),
  'utf8 with a mark': (text) => Buffer.from(`\uFEFF${text}`),
  utf16le: (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  utf16be: (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
};

describe('--fix', () => {
  test('of any document only the bytes of what is wrong change', async () => {
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.constantFrom(...Object.keys(ENCODINGS)),
        async (pieces, lineEnd, encoding) => {
          const write = (how: (cidr: string) => string) =>
            ENCODINGS[encoding]!(
              pieces
                .map((piece) =>
                  typeof piece === 'string' ? piece.replaceAll('⏎', lineEnd) : how(piece.cidr),
                )
                .join(''),
            );
          const { bytes, refusals } = await mend(write((cidr) => cidr));
          expect(refusals).toEqual([]);
          expect(bytes.equals(write(masked))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('any value reads the same however it is spelled, quoted only where it has to be', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'yes',
        '10',
        '1.5',
        '~',
        '::/0',
        '*',
        "it's",
        'a: b',
        'a #b',
        '- x',
        '1_0',
        'null',
        '=',
        '<<',
      ),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('plain', 'single', 'double'), (value, quoting) => {
        const written = spell(value, quoting);
        for (const [before, after] of [
          ['[', ']'],
          ['- ', ' # x'],
        ] as const) {
          const raw = { file: '', text: `${before}${written}${after}`, line: 0, column: 0 };
          expect(constructYaml(raw)).toEqual([value]);
        }
      }),
      { numRuns: 300 },
    );
    expect(spell('fd00::/64', 'plain')).toBe('fd00::/64');
    expect(spell('10', 'plain')).toBe('"10"');
    expect(spell("it's", 'single')).toBe("'it''s'");
    expect(spell(10, 'plain')).toBe('10');
  });
});
