import type { ClientHttp2Session } from 'node:http2';

/** How long silence is borne while calls are under way, and then for the answer to a PING; milliseconds. */
export interface Patience {
  /** etcd closes connections that send a PING more often than every five seconds. */
  readonly silenceMs: number;
  readonly answerMs: number;
}

const PING_INTERVAL = 6000;

export interface SilenceWatch {
  /** Calls are under way. */
  start(): void;
  /** None is. */
  stop(): void;
  /** Something arrived. */
  heard(): void;
}

/** Finds out that the other side went away without a word: a machine that lost power, a firewall that forgot us. */
export function silenceWatch(
  http2: ClientHttp2Session,
  { silenceMs, answerMs }: Patience,
  onDead: () => void,
): SilenceWatch {
  let last = 0;
  let lastPing = Number.NEGATIVE_INFINITY;
  let waiting = false;
  let timer: NodeJS.Timeout | undefined;

  function ping(now: number): void {
    waiting = true;
    lastPing = now;
    try {
      http2.ping(() => {
        waiting = false;
        last = performance.now();
      });
    } catch {
      waiting = false;
    }
  }

  function tick(): void {
    const now = performance.now();
    if (waiting && last > lastPing) waiting = false;
    if (waiting && now - lastPing >= answerMs) onDead();
    else if (!waiting && now - last >= silenceMs && now - lastPing >= PING_INTERVAL) ping(now);
  }

  return {
    start() {
      last = performance.now();
      waiting = false;
      timer ??= setInterval(tick, Math.min(silenceMs, answerMs) / 2).unref();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
    heard() {
      last = performance.now();
    },
  };
}
