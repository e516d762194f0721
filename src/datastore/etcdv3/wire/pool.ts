/** Which member of the cluster is talked to: the first that answers, and another one once it fails. */
import { Connection } from './connection.ts';
import { dial, type Endpoint, type Session } from './dial.ts';
import { EtcdFailure } from './errors.ts';
import type { Patience } from './silence.ts';

/** A member that has not answered by then gets company: the next one is tried at the same time. */
const STAGGER_MS = 250;
const BACK_OFF_MS = { first: 50, last: 500 } as const;

/** A single server may take its time; where there is another member, silence costs more than a second dial. */
const PATIENCE = {
  alone: { silenceMs: 30_000, answerMs: 10_000 },
  withOthers: { silenceMs: 2000, answerMs: 2500 },
} as const;

/** Further attempts cannot help: a wrong certificate stays wrong. */
function isFinal({ kind }: EtcdFailure): boolean {
  return kind === 'certificate' || kind === 'not-etcd' || kind === 'cancelled';
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** Waits before attempt `number`, counted from 1: 50 ms, doubled up to 500 ms. */
export function backOff(number: number, deadline: number): Promise<void> {
  const wait = Math.min(BACK_OFF_MS.first * 2 ** (number - 1), BACK_OFF_MS.last);
  return pause(Math.max(0, Math.min(wait, deadline - performance.now())));
}

/** One failure for several members: the most telling one leads, the others follow in its text. */
function summary(failures: readonly EtcdFailure[]): EtcdFailure {
  const first = failures.find(isFinal) ?? failures[0]!;
  const others = failures.filter((failure) => failure !== first).map((failure) => failure.message);
  const message = [first.message, ...others].join('; ');
  return new EtcdFailure(first.kind, first.endpoint, message, first.facts);
}

/**
 * Dials the members in order, each as soon as the one before has failed or taken 250 ms; the first that is ready wins.
 * Rejects once all have failed, or with the reason of `signal` when it aborts.
 */
function dialFirst(endpoints: readonly Endpoint[], signal: AbortSignal): Promise<Session> {
  return new Promise((done, fail) => {
    const failures: EtcdFailure[] = [];
    const others = new AbortController();
    const stop = () => others.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    let next = 0;
    let pending = 0;
    let timer: NodeJS.Timeout | undefined;
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      next = endpoints.length;
      outcome();
    };
    const won = (session: Session) => {
      if (others.signal.aborted) return session.http2.destroy();
      settle(() => done(session));
      others.abort();
    };
    const lost = (failure: EtcdFailure) => {
      failures.push(failure);
      pending--;
      if (!signal.aborted && next < endpoints.length) return attempt();
      if (pending === 0) settle(() => fail(summary(failures)));
    };
    const attempt = () => {
      clearTimeout(timer);
      pending++;
      dial(endpoints[next++]!, others.signal).then(won, lost);
      if (next < endpoints.length) timer = setTimeout(attempt, STAGGER_MS);
    };
    attempt();
  });
}

/** The members of one cluster and the connection in use; opens nothing before it is asked. */
export class Pool {
  readonly #timeoutMs: number;
  readonly #patience: Patience;
  readonly #closing = new AbortController();
  #order: readonly Endpoint[];
  #current: Connection | undefined;
  #dialling: Promise<Connection> | undefined;
  #everConnected = false;

  /** `timeoutMs` bounds one round of dialling. */
  constructor(endpoints: readonly Endpoint[], timeoutMs: number) {
    this.#order = endpoints;
    this.#timeoutMs = timeoutMs;
    this.#patience = endpoints.length > 1 ? PATIENCE.withOthers : PATIENCE.alone;
  }

  /**
   * A connection that is open, dialled where needed. Rejects with EtcdFailure: at once where the first dial ever fails,
   * else, for a server may be restarting, at the deadline (`performance.now()`).
   */
  async connection(deadline: number): Promise<Connection> {
    for (let attempt = 1; ; attempt++) {
      if (this.#closing.signal.aborted) throw new EtcdFailure('cancelled', '', 'the etcd client is closed');
      if (this.#current?.open) return this.#current;
      this.#dialling ??= this.#dial();
      try {
        return await before(deadline, this.#dialling, this.#order, this.#timeoutMs);
      } catch (error) {
        if (this.#closing.signal.aborted) continue;
        const failure = error as EtcdFailure;
        if (performance.now() >= deadline || isFinal(failure) || !this.#everConnected) throw failure;
        await backOff(attempt, deadline);
        if (performance.now() >= deadline) throw failure;
      }
    }
  }

  /** This member does not serve: the next call goes to another one, where there is one. */
  avoid(connection: Connection): void {
    if (connection === this.#current) this.#current = undefined;
    this.#order = [
      ...this.#order.filter((endpoint) => endpoint !== connection.endpoint),
      connection.endpoint,
    ];
    connection.retire();
  }

  /** Breaks off whatever is under way. */
  close(): void {
    this.#closing.abort();
    this.#current?.destroy('the client was closed');
  }

  async #dial(): Promise<Connection> {
    const limit = new AbortController();
    const late = () => limit.abort(`no answer within ${this.#timeoutMs / 1000} s`);
    const timer = setTimeout(late, this.#timeoutMs);
    const abort = () => limit.abort('the client was closed');
    this.#closing.signal.addEventListener('abort', abort, { once: true });
    try {
      const session = await dialFirst(this.#order, limit.signal);
      const { endpoint } = session;
      this.#order = [endpoint, ...this.#order.filter((other) => other !== endpoint)];
      this.#everConnected = true;
      this.#current = new Connection(session, this.#patience);
      return this.#current;
    } finally {
      clearTimeout(timer);
      this.#closing.signal.removeEventListener('abort', abort);
      this.#dialling = undefined;
    }
  }
}

/** The dial that is under way, as long as the caller has time, and a bit: the dial's own end knows the reasons. */
function before(
  deadline: number,
  dialling: Promise<Connection>,
  endpoints: readonly Endpoint[],
  timeoutMs: number,
): Promise<Connection> {
  return new Promise((done, fail) => {
    const where = endpoints.map(({ url }) => url).join(', ');
    const message = `etcd at ${where}: no answer within ${timeoutMs / 1000} s`;
    const late = () => fail(new EtcdFailure('timeout', endpoints[0]!.url, message));
    const timer = setTimeout(late, Math.max(0, deadline - performance.now()) + 50);
    dialling.then(done, fail).finally(() => clearTimeout(timer));
  });
}
