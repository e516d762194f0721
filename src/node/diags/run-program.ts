import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Collector } from '../../bundle/collector.ts';
import { redactText } from '../../bundle/redact.ts';
import type { Host, Ran } from '../../host/host.ts';
import type { ProgramStep } from './programs.ts';

/** A program that did not do what was asked of it. */
export class ProgramFailure extends Error {
  override readonly name = 'ProgramFailure';
  constructor(
    /** As it was started. */
    readonly command: string,
    /** What it printed, redacted, or why it printed nothing. */
    readonly output: string,
    message: string,
  ) {
    super(message);
  }
}

/** So much of what a program prints is shown where it fails. */
const SHOWN = 4096;

/** Runs the program and writes both of its streams into the file, as they come. Throws ProgramFailure. */
export async function runProgram(host: Host, collect: Collector, step: ProgramStep): Promise<void> {
  const { command, file } = step;
  const [program = '', ...args] = command;
  if (host.which(program) === undefined) throw missing(program, command);
  const full = new AbortController();
  const signal = AbortSignal.any([collect.signal, full.signal]);
  const pipe = new PassThrough();
  const beginning: Uint8Array[] = [];
  let size = 0;
  const sink = (bytes: Uint8Array): undefined | Promise<void> => {
    if (size < SHOWN) beginning.push(bytes);
    size += bytes.length;
    if (pipe.destroyed || pipe.write(bytes)) return undefined;
    return once(pipe, 'drain', { signal }).then(() => undefined);
  };
  // The step has a time-out of its own, which comes as its signal.
  const running = host.run(program, args, { timeoutMs: A_DAY_MS, signal, sink });
  const ended = running.finally(() => pipe.end());
  const written = file === undefined ? drained(pipe) : collect.stream(file, pipe);
  // No more is wanted of a program that prints more than is kept.
  const [ran] = await Promise.all([ended, written.finally(() => full.abort())]);
  if (ran.status === 0 || ran.failure === 'interrupted') return;
  throw failureOf(host, step, ran, Buffer.concat(beginning).toString('utf8').slice(0, SHOWN));
}

const A_DAY_MS = 24 * 3_600_000;

async function drained(pipe: PassThrough): Promise<void> {
  for await (const _ of pipe);
}

function failureOf(host: Host, { command, root }: ProgramStep, ran: Ran, printed: string): ProgramFailure {
  const output = redactText(printed).trimEnd();
  const why = ran.failure ?? `exit status ${ran.status}`;
  const said = output.split('\n').find((line) => line.trim() !== '');
  const hint = root && !host.isRoot ? '; it needs root' : '';
  return new ProgramFailure(
    command.join(' '),
    output === '' ? why : output,
    command[0] === 'pkill' && ran.status === 1 && output === ''
      ? `no process is named ${command.at(-1)}`
      : `${command.join(' ')}: ${why}${said === undefined ? '' : `: ${said.slice(0, 300)}`}${hint}`,
  );
}

function missing(program: string, command: readonly string[]): ProgramFailure {
  return new ProgramFailure(
    command.join(' '),
    `exec: "${program}": executable file not found in $PATH`,
    `${program} is not installed, or not on the PATH`,
  );
}
