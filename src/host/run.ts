import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { withoutOwnSecrets, withoutSecretVariables } from '../core/environment.ts';
import type { Io } from '../core/io.ts';
import { Kept } from '../core/kept.ts';
import type { Ran, RunOptions } from './host.ts';

interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Io['env'];
}

const TIMEOUT_MS = 30_000;
const LIMIT = 64 * 1024 * 1024;

/** Streams of a program that does not end although it was killed are left alone after so long: others hold them. */
const LAST_WORDS_MS = 500;

/** Runs a program to its end, without a shell. Resolves in every case. */
export async function run(call: Call, options: RunOptions = {}): Promise<Ran> {
  const { limit = LIMIT } = options;
  const stdout = new Kept(limit);
  const stderr = new Kept(limit);
  const { status, failure } = await ended(call, options, stdout, stderr);
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    status: failure === undefined ? (status ?? undefined) : undefined,
    ...(failure === undefined ? {} : { failure }),
    ...(stdout.cut || stderr.cut ? { cut: true } : {}),
  };
}

interface Ended {
  readonly status: number | null;
  readonly failure: string | undefined;
}

/** They fetch images: with credentials for registries, through proxies. */
const FETCHING = new Set(['docker', 'podman', 'nerdctl']);

/** A group of processes of its own, so that what the program started is killed with it. */
function start(
  { program, args, env }: Call,
  more: RunOptions['env'],
): ChildProcessByStdio<null, Readable, Readable> {
  const given = FETCHING.has(program) ? withoutOwnSecrets(env) : withoutSecretVariables(env);
  return spawn(program, args, {
    env: { ...given, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
}

function ended(call: Call, options: RunOptions, stdout: Kept, stderr: Kept): Promise<Ended> {
  const { timeoutMs = TIMEOUT_MS, signal, sink } = options;
  let child: ReturnType<typeof start>;
  try {
    child = start(call, options.env);
  } catch (error) {
    return Promise.resolve({ status: null, failure: (error as Error).message });
  }
  const taken = [
    feed(child.stdout, sink ?? ((bytes) => stdout.add(bytes))),
    feed(child.stderr, sink ?? ((bytes) => stderr.add(bytes))),
  ];
  return new Promise((resolve) => {
    let failure: string | undefined;
    const end = (status: number | null) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve({ status, failure });
    };
    const kill = (why: string) => {
      failure ??= why;
      killGroup(child);
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        end(null);
      }, LAST_WORDS_MS);
    };
    const timer = setTimeout(() => kill(`no end within ${timeoutMs / 1000}s`), timeoutMs);
    const stop = () => kill('interrupted');
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    child.on('error', (error: NodeJS.ErrnoException) => {
      failure ??= error.code === 'ENOENT' ? 'not found on the PATH' : error.message;
      end(null);
    });
    child.on('close', (status, killer) => {
      if (killer !== null) failure ??= `killed by ${killer}`;
      Promise.all(taken.map((last) => last())).finally(() => end(status));
    });
  });
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** Hands over what comes, and lets the program wait where there is no room. Returns what to wait for at the end. */
function feed(stream: Readable, sink: NonNullable<RunOptions['sink']>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  stream.on('data', (bytes: Buffer) => {
    const room = sink(bytes);
    if (room === undefined) return;
    stream.pause();
    last = room.then(
      () => void stream.resume(),
      () => void stream.destroy(),
    );
  });
  stream.on('error', () => undefined);
  return () => last;
}
