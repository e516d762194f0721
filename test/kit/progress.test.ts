import { expect, test } from 'bun:test';
import type { Io } from '../../src/core/io.ts';
import { openProgress } from '../../src/kit/progress.ts';

function shown(terminal: boolean, times: readonly number[]): string {
  let err = '';
  const io = {
    err: (text: string) => {
      err += text;
    },
    terminal: { out: terminal, err: terminal, in: terminal },
  } as Io;
  let clock = 0;
  const progress = openProgress(io, 'create', 900, () => clock);
  for (const [index, time] of times.entries()) {
    clock = time;
    progress.at(index);
  }
  progress.end();
  return err;
}

test('long work shows how far it is, ten times a second, and takes the line away', () => {
  expect(shown(true, [0, 499, 500, 550, 600, 610, 701])).toBe(
    '\r\u001b[Kcreate: 2 of 900\r\u001b[Kcreate: 4 of 900\r\u001b[Kcreate: 6 of 900\r\u001b[K',
  );
});

test('short work and pipes show nothing', () => {
  expect(shown(true, [0, 100, 400])).toBe('');
  expect(shown(false, [0, 600, 900])).toBe('');
});
