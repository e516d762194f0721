import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { lineOf, lineStarts, offsetOf, placeOf, type RawDocument } from '../../src/input/raw.ts';

const unit = fc.constantFrom('a', 'é', '😀', '𝒳', '\n', '\r\n', '\r', '\t', '日');
const text = fc.array(unit, { maxLength: 60 }).map((units) => units.join(''));

function rawOf(text: string): RawDocument {
  return { file: 'a.yaml', text, line: 4, column: 0 };
}

test('places are those of counting from the beginning, in whatever order they are asked for', () => {
  const offsets = fc.array(fc.nat(120), { maxLength: 20 });
  fc.assert(
    fc.property(text, offsets, (text, offsets) => {
      const raw = rawOf(text);
      for (const wanted of offsets) {
        // Offsets of scalars are never within a character.
        const before = [...text].slice(0, wanted).join('');
        if (before.endsWith('\r') && text[before.length] === '\n') continue;
        const place = placeOf(raw, before.length);
        expect(offsetOf(raw, place, lineStarts(text))).toBe(before.length);
        const lines = before.split(/\r\n|\r|\n/);
        expect(place).toEqual({
          ...{ file: 'a.yaml', line: 4 + lines.length, column: [...lines.at(-1)!].length + 1 },
        });
      }
    }),
  );
});

test('lines are those of the text, without their ends', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const raws = [rawOf(one), rawOf(other)];
      const lines = raws.map(({ text }) => text.split(/\r\n|\r|\n/));
      for (let i = -1; i < 70; i++)
        for (const [which, raw] of raws.entries()) expect(lineOf(raw, i + 5)).toBe(lines[which]![i]!);
    }),
  );
});
