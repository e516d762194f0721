/** Requests to the API server: repeated where that is safe, and no more at once than it bears. */
import { setMaxListeners } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Access, Credentials } from '../access/access.ts';
import { requestTarget, routeOf, serverName, wholePath } from './address.ts';
import { type Connections, openConnections } from './agent.ts';
import { peerOf, type Route } from './dial.ts';
import { Exchange } from './exchange.ts';
import { describeCredentials, fixedHeaders, headersOf, NO_CREDENTIALS } from './headers.ts';
import { type Hide, hiding } from './hiding.ts';
import { Limiter } from './limiter.ts';
import { Pace } from './pace.ts';
import { type Answer, type Call, callOf, type HttpRequest } from './request.ts';
import { CANCELLED, untilSettled } from './settled.ts';
import { sleep } from './sleep.ts';
import type { Upgraded } from './websocket.ts';

export interface HttpOptions {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** How long nothing at all may be heard, and how long a request is tried again; 0 for no limit. */
  readonly requestTimeoutMs: number;
  /** Requests a second; no limit where absent. */
  readonly qps?: number;
  /** How many requests may be made at once before `qps` counts. */
  readonly burst: number;
}

/** An answer that goes on, or one that was a refusal. */
export type Stream =
  | { readonly answer: Answer }
  | { readonly chunks: AsyncGenerator<Uint8Array, void, undefined> };

interface Started {
  readonly exchange: Exchange;
  readonly response: IncomingMessage;
  readonly used: Credentials;
}

/** `forget` listens for the caller's wish no more. */
type Running = { readonly call: Call; readonly forget: () => void };

/** The longest time that timers can wait, less a little. */
const LONGEST_MS = 2 ** 31 - 1000;

/** After Ctrl-C, writes under way get so long to end, so that what became of them is known. */
const LAST_WRITES_MS = 500;

/** The server as HTTP sees it; a class, for it is all state. */
export class HttpClient {
  readonly access: Access & { readonly hide: Hide };
  /** The server's URL as it may be shown. */
  readonly name: string;
  readonly #options: HttpOptions;
  readonly #fixed: OutgoingHttpHeaders;
  readonly #limiter = new Limiter();
  readonly #pace: Pace | undefined;
  readonly #running = new Map<Exchange, Running>();
  readonly #closed = new AbortController();
  readonly #signal: AbortSignal;
  #connections: (Connections & { readonly key: string }) | undefined;
  #lastWrites: ReturnType<typeof setTimeout> | undefined;
  #heard = false;
  #shown = NO_CREDENTIALS;

  constructor(access: Access, options: HttpOptions) {
    this.access = hiding(access);
    this.name = serverName(access);
    this.#options = { ...options, requestTimeoutMs: Math.min(options.requestTimeoutMs, LONGEST_MS) };
    this.#fixed = fixedHeaders(access);
    this.#pace = options.qps === undefined ? undefined : new Pace(options.qps, options.burst);
    this.#signal = AbortSignal.any([options.signal, this.#closed.signal]);
    // Every request that waits listens.
    setMaxListeners(0, this.#signal);
    options.signal.addEventListener('abort', () => this.#interrupt(), { once: true });
    this.#closed.signal.addEventListener('abort', () => this.#end());
  }

  /**
   * One request, repeated as `retry.ts` says. Resolves with whatever the server answered in the end, also a refusal;
   * throws CalicoctlError where it did not answer.
   */
  async send(request: HttpRequest, signal?: AbortSignal): Promise<Answer> {
    const outcome = await this.#untilSettled(request, signal, async () => {
      if (this.#pace) await sleep(this.#pace.take(), this.#signal);
      const slot = await this.#limiter.acquire();
      let overloaded = false;
      try {
        const answer = await this.#whole(await this.#startAuthorized(request, signal));
        overloaded = answer.status === 429;
        return { answer };
      } finally {
        slot.release(overloaded);
      }
    });
    return outcome.answer;
  }

  /** A request whose answer goes on until someone ends it; `quietMs` is how long nothing may arrive. */
  async stream(request: HttpRequest, quietMs: number, signal: AbortSignal): Promise<Stream> {
    return this.#untilSettled(request, signal, async () => {
      const started = await this.#startAuthorized(request, signal);
      if (started.response.statusCode !== 200) return { answer: await this.#whole(started) };
      return { chunks: this.#chunks(started.exchange, quietMs) };
    });
  }

  /**
   * A WebSocket that speaks `protocol`, or the refusal. It is the caller's, on a connection of its own, and breaks when
   * `signal` or Ctrl-C aborts.
   */
  async upgrade(request: HttpRequest, protocol: string, signal: AbortSignal): Promise<Upgraded> {
    return this.#untilSettled(request, signal, async () => {
      if (this.#pace) await sleep(this.#pace.take(), this.#signal);
      const until = this.#until(signal);
      const used = await this.access.credentials(until);
      const first = await this.#upgradeAs(used, request, protocol, until);
      if (!('answer' in first) || first.answer.status !== 401 || !this.access.refresh(used)) return first;
      return this.#upgradeAs(await this.access.credentials(until), request, protocol, until);
    });
  }

  async #upgradeAs(
    used: Credentials,
    request: HttpRequest,
    protocol: string,
    until: AbortSignal,
  ): Promise<Upgraded> {
    this.#shown = describeCredentials(used);
    const upgraded = await (await import('./websocket.ts')).openWebSocket(routeOf(this.access, used), {
      path: wholePath(this.access, request.path),
      headers: headersOf(this.#fixed, request, used),
      protocol,
      timeoutMs: this.#options.requestTimeoutMs,
      signal: until,
    });
    this.#heard = true;
    return upgraded;
  }

  /** What kinds of credentials were shown last, e.g. `a bearer token`; for errors. */
  get shown(): string {
    return this.#shown;
  }

  close(): void {
    this.#closed.abort();
  }

  /** Nothing is begun any more, reads end at once, and writes soon. */
  #interrupt(): void {
    for (const [exchange, { call }] of this.#running) if (call !== 'write') exchange.fail(CANCELLED());
    this.#lastWrites = setTimeout(() => this.#end(), LAST_WRITES_MS);
    if (this.#running.size === 0) this.#end();
  }

  #ended(exchange: Exchange): void {
    this.#running.get(exchange)?.forget();
    this.#running.delete(exchange);
    if (this.#signal.aborted && this.#running.size === 0) this.#end();
  }

  #end(): void {
    clearTimeout(this.#lastWrites);
    for (const exchange of this.#running.keys()) exchange.fail(CANCELLED());
    this.#connections?.close();
  }

  #untilSettled<T extends object>(
    request: HttpRequest,
    signal: AbortSignal | undefined,
    attempt: () => Promise<T>,
  ): Promise<T> {
    return untilSettled(attempt, {
      name: this.name,
      hide: this.access.hide,
      call: callOf(request),
      limitMs: this.#options.requestTimeoutMs || Number.POSITIVE_INFINITY,
      aborted: () => this.#signal.aborted || signal?.aborted === true,
      until: () => this.#until(signal),
      heard: () => this.#heard,
    });
  }

  #until(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#signal : AbortSignal.any([signal, this.#signal]);
  }

  async #startAuthorized(request: HttpRequest, signal: AbortSignal | undefined): Promise<Started> {
    const first = await this.#start(request, signal);
    // Credentials may have expired or been rotated since they were read.
    if (first.response.statusCode !== 401 || !this.access.refresh(first.used)) return first;
    await this.#whole(first);
    return this.#start(request, signal);
  }

  async #start(request: HttpRequest, signal: AbortSignal | undefined): Promise<Started> {
    const used = await this.access.credentials(this.#signal);
    if (this.#signal.aborted || signal?.aborted) throw CANCELLED();
    this.#shown = describeCredentials(used);
    const route = routeOf(this.access, used);
    const options = {
      agent: this.#connectionsOf(route).agent,
      method: request.method,
      path: requestTarget(this.access, request.path),
      headers: headersOf(this.#fixed, request, used),
    };
    const exchange = new Exchange(options, request.body, peerOf(route), this.#options.requestTimeoutMs);
    const aborted = () => exchange.fail(CANCELLED());
    // Until the whole answer is there, not its head alone.
    signal?.addEventListener('abort', aborted, { once: true });
    const forget = () => signal?.removeEventListener('abort', aborted);
    this.#running.set(exchange, { call: callOf(request), forget });
    try {
      const response = await exchange.head;
      this.#heard = true;
      return { exchange, response, used };
    } catch (error) {
      this.#ended(exchange);
      throw error;
    }
  }

  async #whole({ exchange, response }: Started): Promise<Answer> {
    try {
      const { statusCode = 0, headers } = response;
      return { status: statusCode, headers, text: await exchange.text() };
    } finally {
      this.#ended(exchange);
    }
  }

  async *#chunks(exchange: Exchange, quietMs: number): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* exchange.chunks(quietMs);
    } finally {
      this.#ended(exchange);
    }
  }

  /** Connections belong to a client certificate; with another one they are made anew. */
  #connectionsOf(route: Route): Connections {
    const key = JSON.stringify(route.certificate ?? {});
    if (this.#connections?.key !== key) {
      this.#connections?.retire();
      this.#connections = { key, ...openConnections(route, this.#options.requestTimeoutMs) };
    }
    return this.#connections;
  }
}
