import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { Body } from '../../../../src/datastore/kubernetes/http/body.ts';

test('answers that come at the same time, in any chunks and of any size, do not mix', () => {
  const answer = fc.array(
    fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed()),
    {
      maxLength: 6,
    },
  );
  const repeat = fc.constantFrom(1, 2000);
  fc.assert(
    fc.property(fc.array(fc.tuple(answer, repeat), { maxLength: 6 }), (answers) => {
      const bytes = answers.map(([parts, times]) => Buffer.from(parts.join('').repeat(times)));
      const bodies = bytes.map(() => new Body());
      const size = 30_000;
      for (let at = 0; at < Math.max(0, ...bytes.map(({ length }) => length)); at += size)
        for (const [index, body] of bodies.entries())
          if (at < bytes[index]!.length) body.add(bytes[index]!.subarray(at, at + size));
      for (const [index, body] of bodies.entries()) expect(body.text()).toBe(bytes[index]!.toString());
    }),
    { numRuns: 50 },
  );
});
