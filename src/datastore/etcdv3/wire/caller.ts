/** One request and one answer, with log-in, failover and the rules of when to try again. */
import { CalicoctlError } from '../../../core/errors.ts';
import type { Connection } from './connection.ts';
import { decodeAuthenticate } from './decode.ts';
import { encodeAuthenticate } from './encode.ts';
import { EtcdFailure, statusText, toCalicoctlError } from './errors.ts';
import { backOff, type Pool } from './pool.ts';

export interface CallerOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly requestTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Caller {
  /**
   * A read is repeated on another connection when its own breaks; a write only where nothing was sent or etcd says
   * that it did nothing. Throws CalicoctlError; see `isUnknownOutcome` for writes.
   */
  unary(kind: 'read' | 'write', path: string, message: Uint8Array): Promise<Uint8Array>;
  /** The token to send, after a log-in where one is needed and there is none yet. */
  token(connection: Connection, deadline: number): Promise<string | undefined>;
  /** Forgets the token after etcd has refused it. */
  forgetToken(token: string | undefined): void;
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

export function openCaller(pool: Pool, options: CallerOptions): Caller {
  const { username, password, requestTimeoutMs, signal } = options;
  let login: Promise<string | undefined> | undefined;
  let current: string | undefined;

  async function authenticate(connection: Connection, deadline: number): Promise<string | undefined> {
    const path = '/etcdserverpb.Auth/Authenticate';
    const timeoutMs = remaining(deadline);
    const message = encodeAuthenticate(username ?? '', password ?? '');
    try {
      current = decodeAuthenticate(await connection.unary({ path, message, timeoutMs }));
    } catch (error) {
      const failure = asFailure(error);
      // A user name where the server asks for none is no fault, as in etcd's own client.
      if (!/authentication is not enabled/.test(statusText(failure))) throw unsent(failure);
      current = '';
    } finally {
      login = undefined;
    }
    return current;
  }

  async function token(connection: Connection, deadline: number): Promise<string | undefined> {
    if (!username || !password) return undefined;
    if (current !== undefined) return current;
    login ??= authenticate(connection, deadline);
    return login;
  }

  function forgetToken(refused: string | undefined): void {
    if (current === refused) current = undefined;
  }

  async function attempts(kind: 'read' | 'write', path: string, message: Uint8Array): Promise<Uint8Array> {
    const deadline = performance.now() + requestTimeoutMs;
    let loggedInAgain = false;
    for (let attempt = 1; ; attempt++) {
      const connection = await pool.connection(deadline);
      let used: string | undefined;
      try {
        used = await token(connection, deadline);
        return await connection.unary({ path, message, token: used, timeoutMs: remaining(deadline) });
      } catch (error) {
        const failure = asFailure(error);
        if (isTokenRefused(failure) && used !== undefined && !loggedInAgain) {
          loggedInAgain = true;
          forgetToken(used);
          continue;
        }
        if (failure.kind === 'timeout' || !mayRepeat(kind, failure)) throw failure;
        if (performance.now() >= deadline) throw failure;
        pool.avoid(connection);
        await backOff(attempt, deadline);
      }
    }
  }

  async function unary(kind: 'read' | 'write', path: string, message: Uint8Array): Promise<Uint8Array> {
    if (signal?.aborted) throw new CalicoctlError('cancelled', 'cancelled');
    try {
      return await attempts(kind, path, message);
    } catch (error) {
      throw told(asFailure(error), kind, signal);
    }
  }

  return { unary, token, forgetToken };
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
