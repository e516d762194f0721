import { connect, type Socket } from 'node:net';
import { CalicoctlError } from '../core/errors.ts';
import { type BirdReply, ReplyReader, refusalOf, versionOf } from './frames.ts';

export interface AskOptions {
  /** How long a line may take, the first one included; renewed by each. 2 seconds unless given. */
  readonly lineMs?: number;
  /** How long all of it may take; 30 seconds unless given. */
  readonly totalMs?: number;
  /** So many bytes may be answered; 64 MiB unless given. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** What BIRD told. */
export interface Answer {
  /** Of its greeting, e.g. `2.0.12`; undefined where it gave none. */
  readonly version: string | undefined;
  /** One for each command, in order, without its final empty line. */
  readonly replies: readonly BirdReply[];
}

const LINE_MS = 2_000;
const TOTAL_MS = 30_000;
const LIMIT = 64 * 1024 * 1024;
const WELCOME = 1;

/**
 * Sends commands to BIRD over its control socket, one after the other. Throws CalicoctlError: `not-found` where there is
 * no socket, `unauthorized` where it may not be opened or BIRD denies a command, `timeout` where it is silent,
 * `not-supported` for a command it does not know, `unavailable` for all else, `cancelled`.
 */
export function askBird(
  path: string,
  commands: readonly [string, ...string[]],
  options: AskOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    new Conversation(path, commands, options, resolve, reject).begin();
  });
}

class Conversation {
  readonly #path: string;
  readonly #commands: readonly string[];
  readonly #options: AskOptions;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: CalicoctlError) => void;
  readonly #reader = new ReplyReader();
  readonly #replies: BirdReply[] = [];
  #socket: Socket | undefined;
  #version: string | undefined;
  #read = 0;
  #line: NodeJS.Timeout | undefined;
  #total: NodeJS.Timeout | undefined;
  #connected = false;
  #over = false;

  constructor(
    path: string,
    commands: readonly string[],
    options: AskOptions,
    resolve: (answer: Answer) => void,
    reject: (error: CalicoctlError) => void,
  ) {
    this.#path = path;
    this.#commands = commands;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  readonly #stop = () => this.#fail(new CalicoctlError('cancelled', 'interrupted while asking BIRD'));

  begin(): void {
    const { signal, totalMs = TOTAL_MS } = this.#options;
    if (signal?.aborted) {
      this.#stop();
      return;
    }
    signal?.addEventListener('abort', this.#stop, { once: true });
    this.#renew();
    this.#total = setTimeout(() => this.#late(totalMs, 'did not come to an end'), totalMs);
    const socket = connect({ path: this.#path });
    this.#socket = socket;
    // The command goes out before the greeting is in: that saves a round, and BIRD reads it in its time.
    socket.on('connect', () => {
      this.#connected = true;
      socket.write(`${this.#commands[0]}\n`);
    });
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('end', () => this.#closed());
    socket.on('close', () => this.#closed());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(this.#broken(error)));
  }

  #take(bytes: Buffer): void {
    if (this.#over) return;
    const { limit = LIMIT } = this.#options;
    const seen = this.#reader.seen;
    try {
      this.#read += bytes.length;
      if (this.#read > limit)
        throw new CalicoctlError('unavailable', `BIRD answered with more than ${limit} bytes`);
      for (const reply of this.#reader.add(bytes)) this.#hear(reply);
    } catch (error) {
      this.#fail(at(this.#path, error as CalicoctlError));
    }
    if (this.#reader.seen > seen && !this.#over) this.#renew();
  }

  #hear(reply: BirdReply): void {
    if (this.#over) return;
    const end = reply.at(-1)!;
    if (this.#version === undefined && this.#replies.length === 0 && end.code === WELCOME) {
      this.#version = versionOf(end.text) ?? 'unknown';
      return;
    }
    const refused = refusalOf(reply, this.#commands[this.#replies.length]!);
    if (refused !== undefined) throw refused;
    this.#replies.push(end.text === '' ? reply.slice(0, -1) : reply);
    const next = this.#commands[this.#replies.length];
    if (next !== undefined) this.#socket!.write(`${next}\n`);
    else this.#end(() => this.#resolve({ version: this.#version, replies: this.#replies }));
  }

  #renew(): void {
    const { lineMs = LINE_MS } = this.#options;
    clearTimeout(this.#line);
    this.#line = setTimeout(() => this.#late(lineMs, 'said nothing more'), lineMs);
  }

  #late(ms: number, what: string): void {
    const message =
      this.#reader.seen === 0
        ? `BIRD at ${this.#path} did not answer within ${ms / 1000}s`
        : `BIRD at ${this.#path} ${what} within ${ms / 1000}s`;
    this.#fail(new CalicoctlError('timeout', message, { hint: 'It is stuck, or too busy to answer.' }));
  }

  #broken(error: NodeJS.ErrnoException): CalicoctlError {
    return this.#connected
      ? new CalicoctlError('unavailable', `the connection to BIRD at ${this.#path} broke: ${error.message}`)
      : connectionError(this.#path, error);
  }

  #closed(): void {
    this.#fail(
      new CalicoctlError(
        'unavailable',
        `BIRD at ${this.#path} closed the connection in the middle of its answer`,
      ),
    );
  }

  #fail(error: CalicoctlError): void {
    this.#end(() => this.#reject(error));
  }

  #end(tell: () => void): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#line);
    clearTimeout(this.#total);
    this.#options.signal?.removeEventListener('abort', this.#stop);
    this.#socket?.destroy();
    tell();
  }
}

function at(path: string, error: CalicoctlError): CalicoctlError {
  return new CalicoctlError(error.errorClass, `${path}: ${error.message}`, error.details);
}

/** In the words of the system, where the connection could not be made at all; undefined for every other error. */
export function connectFault(error: unknown): string | undefined {
  const cause = error instanceof CalicoctlError ? error.details.cause : undefined;
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  return SYSTEM_WORDS[String(cause.code)] ?? cause.message;
}

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ECONNREFUSED: 'connection refused',
  ENOTSOCK: 'socket operation on non-socket',
  EPROTOTYPE: 'protocol wrong type for socket',
};

/** Why a socket could not be connected to. */
export function connectionError(path: string, cause: NodeJS.ErrnoException): CalicoctlError {
  switch (cause.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new CalicoctlError('not-found', `there is no socket ${path}`, { cause });
    case 'EACCES':
    case 'EPERM':
      return new CalicoctlError('unauthorized', `this user may not open the socket ${path}`, { cause });
    case 'ECONNREFUSED':
    case 'ENOTSOCK': {
      const message = `nobody listens at ${path}: BIRD has ended, or it is no socket`;
      return new CalicoctlError('unavailable', message, { cause });
    }
    default: {
      const message = `cannot talk to BIRD at ${path}: ${cause.message}`;
      return new CalicoctlError('unavailable', message, { cause });
    }
  }
}
