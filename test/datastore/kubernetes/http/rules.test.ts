import { describe, expect, test } from 'bun:test';
import { type FailureKind, HttpFailure } from '../../../../src/datastore/kubernetes/http/failure.ts';
import { Limiter, type Slot } from '../../../../src/datastore/kubernetes/http/limiter.ts';
import { Pace } from '../../../../src/datastore/kubernetes/http/pace.ts';
import { type Attempt, pauseAfter, retryAfter } from '../../../../src/datastore/kubernetes/http/retry.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function answered(status: number, headers = {}): Attempt['outcome'] {
  return { answer: { status, headers, text: '' } };
}

function failed(kind: FailureKind, sent: boolean): Attempt['outcome'] {
  return { failure: new HttpFailure(kind, '', { sent }) };
}

/** The pause with the longest of all random numbers. */
function pause(call: 'read' | 'write', outcome: Attempt['outcome'], more: Partial<Attempt> = {}) {
  return pauseAfter({ call, outcome, number: 1, heard: true, leftMs: 10_000, ...more }, NOW, 1);
}

describe('a request is made again', () => {
  const repeated = (call: 'read' | 'write', statuses: readonly number[]) =>
    statuses.filter((status) => pause(call, answered(status)) !== undefined);

  test('for some statuses if it reads, for 429 alone if it writes', () => {
    const all = [200, 301, 400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 501, 502, 503, 504, 507];
    expect(repeated('read', all)).toEqual([429, 500, 502, 503, 504]);
    expect(repeated('write', all)).toEqual([429]);
  });

  test('after broken connections, if it reads or was never sent', () => {
    expect(pause('read', failed('broken', true))).toBe(50);
    expect(pause('read', failed('broken', false))).toBe(50);
    expect(pause('write', failed('broken', false))).toBe(50);
    expect(pause('write', failed('broken', true))).toBeUndefined();
  });

  test('where nothing listens, if something did before', () => {
    for (const kind of ['refused', 'unreachable', 'unknown-host'] as const) {
      expect(pause('write', failed(kind, false))).toBe(50);
      expect(pause('read', failed(kind, false), { heard: false })).toBeUndefined();
    }
  });

  test('a few times where the server was never heard of', () => {
    const numbers = [1, 2, 3, 4, 5, 6].filter(
      (number) => pause('read', failed('broken', true), { number, heard: false }) !== undefined,
    );
    expect(numbers).toEqual([1, 2, 3, 4]);
  });

  test('never after a timeout, a wrong certificate, the user’s wish, or without time left', () => {
    for (const kind of ['timeout', 'certificate', 'not-http', 'proxy', 'cancelled'] as const) {
      expect(pause('read', failed(kind, false))).toBeUndefined();
    }
    expect(pause('read', answered(503), { leftMs: 0 })).toBeUndefined();
  });
});

describe('the pause before that', () => {
  test('doubles to a second, and is at least half of it', () => {
    const of = (random: number) =>
      [1, 2, 3, 4, 5, 6, 7].map((number) =>
        pauseAfter({ call: 'read', outcome: answered(503), number, heard: true, leftMs: 9999 }, NOW, random),
      );
    expect(of(1)).toEqual([50, 100, 200, 400, 800, 1000, 1000]);
    expect(of(0)).toEqual([25, 50, 100, 200, 400, 500, 500]);
  });

  test('is what the server asks for, in seconds or until a date, a little scattered', () => {
    expect(pause('write', answered(429, { 'retry-after': '3' }))).toBe(3050);
    const date = { 'retry-after': 'Thu, 01 Jan 2026 00:00:02 GMT' };
    expect(pause('read', answered(503, date))).toBe(2050);
    const past = { 'retry-after': 'Thu, 01 Jan 2025 00:00:02 GMT' };
    expect(pause('read', answered(503, past))).toBe(50);
  });

  test('is not begun where it would outlast the patience', () => {
    expect(pause('read', answered(429, { 'retry-after': '11' }))).toBeUndefined();
    expect(pause('read', answered(503), { number: 9, leftMs: 300 })).toBe(300);
  });

  test('is none that the server asks for where the header is missing or nonsense', () => {
    const of = (text?: string) =>
      retryAfter({ headers: text === undefined ? {} : { 'retry-after': text } }, NOW);
    expect([of(), of(''), of('soon'), of('-1'), of('0')]).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('the limiter', () => {
  /** Slots that were handed out without waiting. */
  async function take(limiter: Limiter, count: number): Promise<Slot[]> {
    const slots: Slot[] = [];
    for (let index = 0; index < count; index++) void limiter.acquire().then((slot) => slots.push(slot));
    await new Promise(setImmediate);
    return slots;
  }

  test('lets so many begin and the others in their order', async () => {
    const limiter = new Limiter();
    const begun: number[] = [];
    const slots: Slot[] = [];
    for (let index = 0; index < 20; index++) {
      void limiter.acquire().then((slot) => {
        begun.push(index);
        slots.push(slot);
      });
    }
    await new Promise(setImmediate);
    expect(begun).toEqual([...Array(16).keys()]);
    for (const slot of slots.slice(0, 4)) slot.release(false);
    await new Promise(setImmediate);
    expect(begun).toEqual([...Array(20).keys()]);
  });

  test('halves once for a burst of complaints, down to one', async () => {
    const limiter = new Limiter();
    for (const slot of await take(limiter, 16)) slot.release(true);
    expect(limiter.allowed).toBe(8);
    for (const allowed of [4, 2, 1, 1]) {
      for (const slot of await take(limiter, 1)) slot.release(true);
      expect(limiter.allowed).toBe(allowed);
    }
  });

  test('grows by one each time that all went well while others waited, up to 64', async () => {
    const limiter = new Limiter();
    let live = 0;
    let most = 0;
    const work = async () => {
      const slot = await limiter.acquire();
      most = Math.max(most, ++live);
      await new Promise(setImmediate);
      live--;
      slot.release(false);
    };
    await Promise.all(Array.from({ length: 5000 }, work));
    expect([limiter.allowed, most]).toEqual([64, 64]);
  });

  test('does not grow where nobody waits', async () => {
    const limiter = new Limiter();
    for (let round = 0; round < 100; round++) (await limiter.acquire()).release(false);
    expect(limiter.allowed).toBe(16);
  });
});

test('the pace lets a burst pass, then so many a second', () => {
  let now = 0;
  const pace = new Pace(10, 3, () => now);
  expect([1, 2, 3, 4, 5].map(() => pace.take())).toEqual([0, 0, 0, 100, 200]);
  now = 10_000;
  expect([1, 2, 3, 4].map(() => pace.take())).toEqual([0, 0, 0, 100]);
});
