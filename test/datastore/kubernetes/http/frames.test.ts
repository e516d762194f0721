import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  CLOSE,
  frame,
  type Message,
  MessageReader,
  PONG,
} from '../../../../src/datastore/kubernetes/http/frames.ts';

/** A frame of a server. */
function served(opcode: number, payload: Uint8Array, final = true): Buffer {
  const { length } = payload;
  const head = [(final ? 0x80 : 0) | opcode];
  if (length < 126) head.push(length);
  else if (length < 65_536) head.push(126, length >> 8, length & 0xff);
  else
    head.push(
      127,
      0,
      0,
      0,
      0,
      (length >>> 24) & 0xff,
      (length >>> 16) & 0xff,
      (length >>> 8) & 0xff,
      length & 0xff,
    );
  return Buffer.concat([Buffer.from(head), payload]);
}

function read(chunks: readonly Uint8Array[], longest = 1 << 20): Message[] {
  const reader = new MessageReader(longest);
  return chunks.flatMap((chunk) => [...reader.read(chunk)]);
}

describe('frames of a client', () => {
  test('are masked, and hold what they were given', () => {
    const bytes = frame(PONG, Buffer.from('hello'));
    expect([bytes[0], bytes[1]]).toEqual([0x80 | PONG, 0x80 | 5]);
    const [mask, payload] = [bytes.subarray(2, 6), bytes.subarray(6)];
    expect(Buffer.from(payload.map((byte, index) => byte ^ mask[index % 4]!)).toString()).toBe('hello');
    expect(frame(CLOSE, Buffer.alloc(0)).length).toBe(6);
  });
});

describe('messages of a server', () => {
  test('come out whole, however they are cut into fragments and chunks', () => {
    const message = fc.record({
      payload: fc.uint8Array({ maxLength: 300 }),
      cuts: fc.array(fc.nat(300), { maxLength: 3 }),
      ping: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (messages, steps) => {
          const wire = Buffer.concat(
            messages.flatMap(({ payload, cuts, ping }) => {
              const places = [
                0,
                ...cuts.map((cut) => Math.min(cut, payload.length)).sort((a, b) => a - b),
                payload.length,
              ];
              return places
                .slice(1)
                .flatMap((end, index) => [
                  ...(ping && index > 0 ? [served(9, Buffer.from('p'))] : []),
                  served(
                    index === 0 ? 2 : 0,
                    payload.subarray(places[index], end),
                    index === places.length - 2,
                  ),
                ]);
            }),
          );
          const chunks: Uint8Array[] = [];
          for (let at = 0, step = 0; at < wire.length; step++) {
            const size = steps[step % steps.length]!;
            chunks.push(wire.subarray(at, at + size));
            at += size;
          }
          const data = read(chunks).filter(({ kind }) => kind === 'data');
          expect(data.map(({ bytes }) => [...bytes])).toEqual(messages.map(({ payload }) => [...payload]));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('may be long', () => {
    const payload = Buffer.alloc(70_000, 7);
    expect(read([served(2, payload)])[0]!.bytes.equals(payload)).toBe(true);
  });

  test('that are too long are refused by what they announce', () => {
    const announced = Buffer.from([0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(() => read([announced])).toThrow('a message of more than 1048576 bytes');
    const parts = [served(2, Buffer.alloc(600), false), served(0, Buffer.alloc(600), false)];
    expect(() => read(parts, 1000)).toThrow('a message of more than 1000 bytes');
  });

  test('of endless empty fragments are refused too', () => {
    const wire = [
      served(2, Buffer.alloc(0), false),
      ...Array.from({ length: 100 }, () => served(0, Buffer.alloc(0), false)),
    ];
    expect(() => read(wire, 1000)).toThrow('a message of more than');
  });

  test('noise never does more than throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (chunks) => {
        try {
          for (const { bytes } of read(chunks, 4096)) expect(bytes.length).toBeLessThanOrEqual(4096);
        } catch (error) {
          expect((error as Error).name).toBe('HttpFailure');
        }
      }),
    );
  });
});
