import type { ClientHttp2Session } from 'node:http2';

/** How long silence is borne while calls are under way, and then for the answer to a PING; milliseconds. */
export interface Patience {
  /** etcd closes connections that send a PING more often than every five seconds. */
  readonly silenceMs: number;
  readonly answerMs: number;
}

const PING_INTERVAL = 6000;

/** Finds out that the other side went away without a word: a machine that lost power, a firewall that forgot us. */
export class SilenceWatch {
  readonly #http2: ClientHttp2Session;
  readonly #patience: Patience;
  readonly #onDead: () => void;
  #lastHeard = 0;
  #lastPing = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(http2: ClientHttp2Session, patience: Patience, onDead: () => void) {
    this.#http2 = http2;
    this.#patience = patience;
    this.#onDead = onDead;
  }

  /** Calls are under way. */
  start(): void {
    this.heard();
    const { silenceMs, answerMs } = this.#patience;
    this.#timer ??= setInterval(() => this.#look(), Math.min(silenceMs, answerMs) / 2).unref();
  }

  /** No call is under way. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Something arrived. */
  heard(): void {
    this.#lastHeard = performance.now();
  }

  #look(): void {
    const now = performance.now();
    const isWaiting = this.#lastPing > this.#lastHeard;
    const isSilent = now - this.#lastHeard >= this.#patience.silenceMs;
    if (isWaiting && now - this.#lastPing >= this.#patience.answerMs) this.#onDead();
    else if (!isWaiting && isSilent && now - this.#lastPing >= PING_INTERVAL) this.#ping(now);
  }

  #ping(now: number): void {
    this.#lastPing = now;
    try {
      this.#http2.ping(() => this.heard());
    } catch {
      // The session is closing; its own events tell.
    }
  }
}
