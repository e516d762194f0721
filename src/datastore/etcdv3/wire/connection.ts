/** Calls of gRPC over one HTTP/2 session: queueing, time limits, and the end of the session. */
import { constants } from 'node:http2';
import type { Endpoint, Session } from './dial.ts';
import { EtcdFailure } from './errors.ts';
import { type Exchange, exchange, type Request } from './exchange.ts';
import { type Patience, silenceWatch } from './silence.ts';

/** A call under way. */
export interface Call {
  /** Settles when etcd has ended the call; rejects with EtcdFailure. */
  readonly done: Promise<void>;
  cancel(): void;
}

export interface Connection {
  readonly endpoint: Endpoint;
  /** False as soon as no further call can be made. */
  readonly open: boolean;
  call(request: Request): Call;
  /** Sends one message, resolves to the one that comes back. */
  unary(request: Omit<Request, 'onMessage'>): Promise<Uint8Array>;
  /** Lets calls under way finish, takes no more. */
  retire(): void;
  /** Breaks calls under way off. */
  destroy(): void;
}

/** Wraps a session; `patience` decides when a silent one is given up. */
export function connectionOn({ http2, endpoint, maxStreams }: Session, patience: Patience): Connection {
  const { url } = endpoint;
  const running = new Set<Exchange>();
  const queue: Exchange[] = [];
  let open = true;
  let lastProcessed = Number.MAX_SAFE_INTEGER;
  const broken = (why: string, sent: boolean) =>
    new EtcdFailure('broken', url, `etcd at ${url}: ${why}`, { sent });

  function takeNoMore(): void {
    open = false;
    for (const waiting of queue.splice(0)) waiting.fail(broken('the connection closed', false));
  }

  function destroy(why: string): void {
    takeNoMore();
    silence.stop();
    for (const one of running) one.fail(broken(why, true));
    http2.destroy();
  }

  const silence = silenceWatch(http2, patience, () => destroy('nothing answers any more'));
  http2.on('error', takeNoMore);
  http2.on('close', () => destroy('the connection broke off'));
  // What came after the last stream that the server names was not carried out and may be sent elsewhere.
  http2.on('goaway', (_code: number, lastStreamId?: number) => {
    lastProcessed = lastStreamId ?? lastProcessed;
    takeNoMore();
  });

  function begin(one: Exchange): void {
    if (running.size === 0) {
      http2.ref();
      silence.start();
    }
    running.add(one);
    try {
      one.start(http2);
    } catch {
      open = false;
      one.fail(broken('the connection closed', false));
    }
  }

  function ended(one: Exchange): void {
    if (!running.delete(one)) {
      const place = queue.indexOf(one);
      if (place >= 0) queue.splice(place, 1);
      return;
    }
    const next = queue.shift();
    if (next) begin(next);
    if (running.size > 0) return;
    silence.stop();
    http2.unref();
    if (!open) http2.close();
  }

  function call(request: Request): Call {
    const one = exchange(request, {
      endpoint: url,
      heard: silence.heard,
      mayBeDone: (stream) =>
        stream.rstCode !== constants.NGHTTP2_REFUSED_STREAM && (stream.id ?? 0) <= lastProcessed,
    });
    const { timeoutMs } = request;
    const late = () => {
      const message = `etcd at ${url}: no answer within ${Math.round(timeoutMs! / 100) / 10} s`;
      one.fail(new EtcdFailure('timeout', url, message, { sent: one.started }));
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    const cleanUp = () => {
      clearTimeout(timer);
      ended(one);
    };
    one.done.then(cleanUp, cleanUp);
    if (!open) one.fail(broken('the connection closed', false));
    else if (running.size < maxStreams) begin(one);
    else queue.push(one);
    const givenUp = () => new EtcdFailure('cancelled', url, 'the call was given up', { sent: one.started });
    return { done: one.done, cancel: () => one.fail(givenUp()) };
  }

  async function unary(request: Omit<Request, 'onMessage'>): Promise<Uint8Array> {
    let answer: Uint8Array | undefined;
    const onMessage = (message: Uint8Array) => {
      answer = message;
    };
    await call({ ...request, onMessage }).done;
    if (!answer)
      throw new EtcdFailure('not-etcd', url, `etcd at ${url}: the answer is empty`, { sent: true });
    return answer;
  }

  return {
    endpoint,
    get open() {
      return open && !http2.closed && !http2.destroyed;
    },
    call,
    unary,
    retire() {
      takeNoMore();
      if (running.size === 0) http2.close();
    },
    destroy: () => destroy('the client was closed'),
  };
}
