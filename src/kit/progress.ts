import type { Io } from '../core/io.ts';

/** Shown after so long: short work needs no progress. */
const AFTER_MS = 500;
const EVERY_MS = 100;
const CLEAR_LINE = '\r\u001b[K';

/** How far long work has got, in one line on standard error that is rewritten; only on a terminal. */
export interface Progress {
  /** So many are done. */
  at(done: number): void;
  /** Takes the line away. */
  end(): void;
}

/** A progress line such as `create: 1200 of 10000`; without a total, `ipam check: 1200`. */
export function openProgress(
  io: Io,
  verb: string,
  total: number | undefined,
  now: () => number = Date.now,
): Progress {
  if (!io.terminal.err) return { at: () => {}, end: () => {} };
  let next = now() + AFTER_MS;
  let shown = false;
  return {
    at(done) {
      if (now() < next) return;
      next = now() + EVERY_MS;
      shown = true;
      io.err(`${CLEAR_LINE}${verb}: ${done}${total === undefined ? '' : ` of ${total}`}`);
    },
    end() {
      if (shown) io.err(CLEAR_LINE);
      shown = false;
    },
  };
}
