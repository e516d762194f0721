import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { majorOf, ReplyReader, refusalOf, versionOf } from '../../src/bird/frames.ts';
import { RECORDINGS, recorded, repliesIn } from './recorded.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('replies of BIRD', () => {
  test('end with the code that a blank follows', () => {
    expect(repliesIn(bytes('0001 BIRD 1.6.8 ready.\n1002-a\n b\n1006-c\n \n0000 \n'))).toEqual([
      [{ code: 1, text: 'BIRD 1.6.8 ready.' }],
      [
        { code: 1002, text: 'a' },
        { code: 1002, text: 'b' },
        { code: 1006, text: 'c' },
        { code: 1006, text: '' },
        { code: 0, text: '' },
      ],
    ]);
  });

  test('may end without the blank', () => {
    expect(repliesIn(bytes('0000\n'))).toEqual([[{ code: 0, text: '' }]]);
  });

  test('leave out log lines, and carriage returns', () => {
    expect(repliesIn(bytes('1000-x\r\n+log line\n0013 y\r\n'))).toEqual([
      [
        { code: 1000, text: 'x' },
        { code: 13, text: 'y' },
      ],
    ]);
  });

  test('do not drive a terminal', () => {
    expect(repliesIn(bytes('0000 a\u001b[2Jb\u009bc\td\n'))).toEqual([[{ code: 0, text: 'a�[2Jb�c\td' }]]);
  });

  test('are the same however their bytes come', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RECORDINGS),
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 400 }),
        (name, lengths) => {
          const said = recorded(name);
          expect(repliesIn(said, lengths)).toEqual(repliesIn(said));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('are the same byte by byte, letters of several bytes too', () => {
    const said = bytes('0001 BIRD 2.0.12 ready.\n1006-  Message:  Grüße, 東京\n0000 \n');
    expect(
      repliesIn(
        said,
        Array.from(said, () => 1),
      ),
    ).toEqual(repliesIn(said));
    expect(repliesIn(said)[1]?.[0]?.text).toBe('  Message:  Grüße, 東京');
  });

  test('are complete in every recording', () => {
    expect(RECORDINGS.map((name) => repliesIn(recorded(name)).map((reply) => reply.at(-1)?.code))).toEqual([
      ...RECORDINGS.slice(0, -1).map(() => [1, 0]),
      [1, 13],
    ]);
  });

  test.each([
    ['HTTP/1.1 400 Bad Request\r\n', 'HTTP/1.1 400 Bad Request'],
    [' goes on under nothing\n', ' goes on under nothing'],
    ['\n', ''],
    ['12 short\n', '12 short'],
    ['10021no sign\n', '10021no sign'],
  ])('of another program are refused: %j', (said, shown) => {
    expect(() => repliesIn(bytes(said))).toThrow(
      `unexpected output line from BIRD: ${JSON.stringify(shown)}`,
    );
  });

  test('of any bytes are lines or a refusal, never more', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (said) => {
        try {
          repliesIn(said);
        } catch (error) {
          expect(error).toMatchObject({ name: 'CalicoctlError', errorClass: 'unavailable' });
        }
      }),
    );
  });

  test('with a line that never ends are refused before they fill the memory', () => {
    const reader = new ReplyReader();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    expect(() => {
      for (let i = 0; i < 20; i++) reader.add(chunk);
    }).toThrow('unexpected output line from BIRD');
  });
});

describe('refusals of BIRD', () => {
  test.each([
    ['8007 Access denied\n', 'unauthorized', 'BIRD refused `x`: Access denied (8007)'],
    ['9001 syntax error\n', 'not-supported', 'BIRD refused `x`: syntax error (9001)'],
    ['8003 No protocols match\n', 'not-found', 'BIRD refused `x`: No protocols match (8003)'],
    [
      '0002-Reading configuration\n8002 bird.conf:17:66 oops\n',
      'unavailable',
      'BIRD refused `x`: bird.conf:17:66 oops (8002)',
    ],
    ['9999 \n', 'unavailable', 'BIRD refused `x`: error 9999 (9999)'],
  ])('%j', (said, errorClass, message) => {
    const [reply] = repliesIn(bytes(said));
    expect(refusalOf(reply!, 'x')).toMatchObject({ errorClass, message });
  });

  test('are none where it answered', () => {
    expect(refusalOf(repliesIn(recorded('bird-1.6.8'))[1]!, 'show protocols')).toBeUndefined();
  });
});

test.each([
  ['BIRD 1.6.8 ready.', '1.6.8', 1],
  ['BIRD 2.0.12 ready.', '2.0.12', 2],
  ['BIRD 3.3.2 ready.', '3.3.2', 3],
  ['BIRD v0.3.3+birdv1.6.8 ready.', 'v0.3.3+birdv1.6.8', 1],
  ['BIRD v0.3.3-211-g9111ec3c ready.', 'v0.3.3-211-g9111ec3c', 0],
  ['Welcome', undefined, undefined],
])('%s', (greeting, version, major) => {
  expect(versionOf(greeting)).toBe(version);
  expect(majorOf(version)).toBe(major);
});
