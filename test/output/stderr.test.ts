import { expect, test } from 'bun:test';
import type { Io } from '../../src/core/io.ts';
import { printFailure } from '../../src/output/stderr.ts';

async function printed(terminal: boolean, env: Record<string, string>): Promise<string> {
  let err = '';
  const io: Io = {
    out: () => {},
    err: (text) => {
      err += text;
    },
    stdin: async function* () {},
    env,
    cwd: '/',
    terminal: { out: terminal, err: terminal, in: terminal },
    signal: new AbortController().signal,
  };
  await printFailure('IPPool(a) has a problem:\n  spec.cidr: is required\n', io);
  return err;
}

const PLAIN = 'IPPool(a) has a problem:\n  spec.cidr: is required\n';

test('red on a terminal, plain everywhere else', async () => {
  expect(await printed(true, {})).toBe(
    '\u001b[31mIPPool(a) has a problem:\u001b[39m\n  spec.cidr: is required\n',
  );
  expect(await printed(false, {})).toBe(PLAIN);
  expect(await printed(true, { NO_COLOR: '1' })).toBe(PLAIN);
  expect(await printed(true, { TERM: 'dumb' })).toBe(PLAIN);
});
