import { spawn } from 'node:child_process';
import type { Io } from '../core/io.ts';
import type { Ran, RunOptions } from './host.ts';

interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Io['env'];
}

const TIMEOUT_MS = 30_000;
const LIMIT = 64 * 1024 * 1024;

/** Runs a program to its end, without a shell. Resolves in every case. */
export function run({ program, args, env }: Call, options: RunOptions = {}): Promise<Ran> {
  const { timeoutMs = TIMEOUT_MS, limit = LIMIT, signal } = options;
  const child = spawn(program, args, { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout = new Kept(limit);
  const stderr = new Kept(limit);
  child.stdout.on('data', (bytes: Buffer) => stdout.add(bytes));
  child.stderr.on('data', (bytes: Buffer) => stderr.add(bytes));
  return new Promise((resolve) => {
    let failure: string | undefined;
    const kill = (why: string) => {
      failure ??= why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => kill(`no end within ${timeoutMs / 1000}s`), timeoutMs);
    const stop = () => kill('interrupted');
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const end = (status: number | null) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve({
        stdout: stdout.text,
        stderr: stderr.text,
        status: failure === undefined ? (status ?? undefined) : undefined,
        ...(failure === undefined ? {} : { failure }),
        ...(stdout.cut || stderr.cut ? { cut: true } : {}),
      });
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      failure ??= error.code === 'ENOENT' ? 'not found on the PATH' : error.message;
      end(null);
    });
    child.on('close', (status, killer) => {
      if (killer !== null) failure ??= `killed by ${killer}`;
      end(status);
    });
  });
}

/** The first bytes of a stream. */
class Kept {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  cut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(bytes: Buffer): void {
    const room = this.#limit - this.#size;
    if (bytes.length > room) this.cut = true;
    if (room <= 0) return;
    this.#chunks.push(bytes.subarray(0, room));
    this.#size += Math.min(bytes.length, room);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
