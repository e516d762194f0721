/** Calls of gRPC over one HTTP/2 session: queueing, time limits, and the end of the session. */
import { type ClientHttp2Session, constants } from 'node:http2';
import type { Answer } from './answer.ts';
import type { Endpoint, Session } from './dial.ts';
import { EtcdFailure } from './errors.ts';
import { type Exchange, exchange, type Request } from './exchange.ts';
import { type Patience, SilenceWatch } from './silence.ts';

/** A call under way. */
export interface Call {
  /** Settles when etcd has ended the call; rejects with EtcdFailure. */
  readonly done: Promise<void>;
  cancel(): void;
}

/** A session with its bookkeeping; a class, for it is all state. */
export class Connection {
  readonly endpoint: Endpoint;
  readonly #http2: ClientHttp2Session;
  readonly #maxStreams: number;
  readonly #silence: SilenceWatch;
  readonly #running = new Set<Exchange>();
  readonly #queue: Exchange[] = [];
  #open = true;
  #lastProcessed = Number.MAX_SAFE_INTEGER;

  /** `patience` decides when a silent session is given up. */
  constructor({ http2, endpoint, maxStreams }: Session, patience: Patience) {
    this.endpoint = endpoint;
    this.#http2 = http2;
    this.#maxStreams = maxStreams;
    this.#silence = new SilenceWatch(http2, patience, () => this.destroy('nothing answers any more'));
    http2.on('error', () => this.#takeNoMore());
    http2.on('close', () => this.destroy('the connection broke off'));
    // What came after the last stream that the server names was not carried out and may be sent elsewhere.
    http2.on('goaway', (_code: number, lastStreamId?: number) => {
      this.#lastProcessed = lastStreamId ?? this.#lastProcessed;
      this.#takeNoMore();
    });
  }

  /** False as soon as no further call can be made. */
  get open(): boolean {
    return this.#open && !this.#http2.closed && !this.#http2.destroyed;
  }

  /** Begins a call, or queues it while etcd takes no more at once. */
  call(request: Request): Call {
    const { url } = this.endpoint;
    const one = exchange(request, {
      endpoint: url,
      heard: () => this.#silence.heard(),
      mayBeDone: (stream) =>
        stream.rstCode !== constants.NGHTTP2_REFUSED_STREAM && (stream.id ?? 0) <= this.#lastProcessed,
    });
    const { timeoutMs } = request;
    const late = () => {
      const message = `etcd at ${url}: no answer within ${Math.round(timeoutMs! / 100) / 10} s`;
      one.fail(new EtcdFailure('timeout', url, message, { sent: one.started }));
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    const cleanUp = () => {
      clearTimeout(timer);
      this.#ended(one);
    };
    one.done.then(cleanUp, cleanUp);
    if (!this.#open) one.fail(this.#broken('the connection closed', false));
    else if (this.#running.size < this.#maxStreams) this.#begin(one);
    else this.#queue.push(one);
    const givenUp = () => new EtcdFailure('cancelled', url, 'the call was given up', { sent: one.started });
    return { done: one.done, cancel: () => one.fail(givenUp()) };
  }

  /** Sends one message, resolves to what is made of the one that comes back. */
  async unary<T>(request: Omit<Request, 'onBytes'>, answer: Answer<T>): Promise<T> {
    await this.call({ ...request, onBytes: answer.onBytes }).done;
    const value = answer.value();
    if (value !== undefined) return value;
    const { url } = this.endpoint;
    throw new EtcdFailure('not-etcd', url, `etcd at ${url}: the answer is empty`, { sent: true });
  }

  /** Lets calls under way finish, takes no more. */
  retire(): void {
    this.#takeNoMore();
    if (this.#running.size === 0) this.#http2.close();
  }

  /** Breaks calls under way off. */
  destroy(why: string): void {
    this.#takeNoMore();
    this.#silence.stop();
    for (const one of this.#running) one.fail(this.#broken(why, true));
    this.#http2.destroy();
  }

  #broken(why: string, sent: boolean): EtcdFailure {
    const { url } = this.endpoint;
    return new EtcdFailure('broken', url, `etcd at ${url}: ${why}`, { sent });
  }

  #takeNoMore(): void {
    this.#open = false;
    for (const waiting of this.#queue.splice(0)) waiting.fail(this.#broken('the connection closed', false));
  }

  #begin(one: Exchange): void {
    if (this.#running.size === 0) {
      this.#http2.ref();
      this.#silence.start();
    }
    this.#running.add(one);
    try {
      one.start(this.#http2);
    } catch {
      this.#open = false;
      one.fail(this.#broken('the connection closed', false));
    }
  }

  #ended(one: Exchange): void {
    if (!this.#running.delete(one)) {
      const place = this.#queue.indexOf(one);
      if (place >= 0) this.#queue.splice(place, 1);
      return;
    }
    const next = this.#queue.shift();
    if (next) this.#begin(next);
    if (this.#running.size > 0) return;
    this.#silence.stop();
    this.#http2.unref();
    if (!this.#open) this.#http2.close();
  }
}
