/** One request and one answer, with log-in, failover and the rules of when to try again. */
import { CalicoctlError } from '../../../core/errors.ts';
import { withoutSecrets } from '../../hide.ts';
import { type Answer, wholeMessage } from './answer.ts';
import type { Connection } from './connection.ts';
import { decodeAuthenticate } from './decode.ts';
import { encodeAuthenticate } from './encode.ts';
import { EtcdFailure, isToldByRule, statusText, toCalicoctlError } from './errors.ts';
import { backOff, type Pool } from './pool.ts';

export interface CallerOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly requestTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** etcd answers so when a token has run out, the server was restarted, or users and roles were changed. */
export function isTokenRefused(failure: EtcdFailure): boolean {
  return /invalid auth token|auth store is old/.test(statusText(failure));
}

/** Every failure of this folder is an EtcdFailure; anything else is a bug and passes. */
export function asFailure(error: unknown): EtcdFailure {
  if (error instanceof EtcdFailure) return error;
  throw error;
}

function mayRepeat(kind: 'read' | 'write', failure: EtcdFailure): boolean {
  const passing =
    failure.kind === 'broken' ||
    (failure.kind === 'status' && failure.facts.errorClass === 'unavailable') ||
    /too many requests/.test(statusText(failure));
  return passing && (kind === 'read' || !failure.facts.sent);
}

/** Makes calls on whatever connection the pool has, logged in where that is asked for. */
export class Caller {
  readonly #pool: Pool;
  readonly #options: CallerOptions;
  #login: Promise<string> | undefined;
  #token: string | undefined;
  readonly #shown = new Set<string>();
  readonly #writes = new Set<Promise<unknown>>();

  constructor(pool: Pool, options: CallerOptions) {
    this.#pool = pool;
    this.#options = options;
    if (options.password) this.#shown.add(options.password);
  }

  /**
   * A read is repeated on another connection when its own breaks; a write only where nothing was sent or etcd says
   * that it did nothing; each attempt opens an answer of its own. Throws CalicoctlError; see `isUnknownOutcome` for writes.
   */
  async unary<T>(
    kind: 'read' | 'write',
    path: string,
    message: Uint8Array,
    open: () => Answer<T>,
  ): Promise<T> {
    const { signal } = this.#options;
    if (signal?.aborted) throw new CalicoctlError('cancelled', 'cancelled');
    const answer = this.#attempts(kind, path, message, open);
    if (kind === 'write') this.#writes.add(answer);
    try {
      return await answer;
    } catch (error) {
      throw told(this.#withUser(this.hidden(asFailure(error))), kind, signal);
    } finally {
      this.#writes.delete(answer);
    }
  }

  /** Resolves when the writes that are under way now have ended, one way or the other. */
  async writesEnded(): Promise<void> {
    await Promise.allSettled(this.#writes);
  }

  /** The failure without what etcd, or whoever answers in its place, was shown. */
  hidden(failure: EtcdFailure): EtcdFailure {
    const { kind, endpoint, message, facts } = failure;
    // A password that is a word of ours would show by its absence.
    const shown = isToldByRule(failure) ? message : withoutSecrets(message, this.#shown);
    const cause =
      facts.cause instanceof Error && kind === 'status'
        ? new Error(withoutSecrets(facts.cause.message, this.#shown))
        : facts.cause;
    return new EtcdFailure(kind, endpoint, shown, { ...facts, cause });
  }

  /** Who is refused is half of the reason. */
  #withUser(failure: EtcdFailure): EtcdFailure {
    const { username } = this.#options;
    const { kind, endpoint, message, facts } = failure;
    if (!username || facts.errorClass !== 'unauthorized') return failure;
    return new EtcdFailure(kind, endpoint, `${message} (user ${JSON.stringify(username)})`, facts);
  }

  /** The token to send, after a log-in where one is needed and there is none yet. */
  async token(connection: Connection, deadline: number): Promise<string | undefined> {
    const { username, password } = this.#options;
    if (!username || !password) return undefined;
    if (this.#token !== undefined) return this.#token;
    this.#login ??= this.#authenticate(connection, deadline, encodeAuthenticate(username, password));
    return this.#login;
  }

  /** Forgets a token that etcd has refused. */
  forgetToken(refused: string | undefined): void {
    if (this.#token === refused) this.#token = undefined;
  }

  async #attempts<T>(
    kind: 'read' | 'write',
    path: string,
    message: Uint8Array,
    open: () => Answer<T>,
  ): Promise<T> {
    const deadline = performance.now() + this.#options.requestTimeoutMs;
    let loggedInAgain = false;
    for (let attempt = 1; ; attempt++) {
      const connection = await this.#pool.connection(deadline);
      let token: string | undefined;
      try {
        token = await this.token(connection, deadline);
        return await connection.unary({ path, message, token, timeoutMs: remaining(deadline) }, open());
      } catch (error) {
        const failure = asFailure(error);
        if (isTokenRefused(failure) && token !== undefined && !loggedInAgain) {
          loggedInAgain = true;
          this.forgetToken(token);
          continue;
        }
        if (!mayRepeat(kind, failure) || performance.now() >= deadline) throw failure;
        this.#pool.avoid(connection);
        await backOff(attempt, deadline);
      }
    }
  }

  async #authenticate(connection: Connection, deadline: number, message: Uint8Array): Promise<string> {
    const path = '/etcdserverpb.Auth/Authenticate';
    try {
      const request = { path, message, timeoutMs: remaining(deadline) };
      const answer = await connection.unary(request, wholeMessage());
      this.#token = decodeAuthenticate(answer);
      this.#shown.add(this.#token);
    } catch (error) {
      const failure = asFailure(error);
      // A user name where the server asks for none is no fault, as in etcd's own client.
      if (!/authentication is not enabled/.test(statusText(failure))) throw unsent(failure);
      this.#token = '';
    } finally {
      this.#login = undefined;
    }
    return this.#token;
  }
}

/** A log-in is no write: it may be repeated. */
function unsent(failure: EtcdFailure): EtcdFailure {
  const { kind, endpoint, message, facts } = failure;
  return new EtcdFailure(kind, endpoint, message, { ...facts, sent: false });
}

/** The user's Ctrl-C shows as broken calls; it is told as what it is. */
export function told(
  failure: EtcdFailure,
  kind: 'read' | 'write',
  signal: AbortSignal | undefined,
): CalicoctlError {
  if (!signal?.aborted) return toCalicoctlError(failure, kind);
  const { endpoint, facts } = failure;
  return toCalicoctlError(
    new EtcdFailure('cancelled', endpoint, 'cancelled', { ...facts, errorClass: 'cancelled' }),
    kind,
  );
}

function remaining(deadline: number): number {
  return Math.max(1, Math.round(deadline - performance.now()));
}
