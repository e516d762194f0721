/** Timers that are to wait longer do not wait at all. */
const LONGEST = 2 ** 31 - 1;

/** Waits so many milliseconds, or until the signal aborts. Never throws. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, Math.min(milliseconds, LONGEST));
    signal.addEventListener('abort', end, { once: true });
  });
}
