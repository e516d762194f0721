import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The built executable as a child process, and objects to write with it. */

export const EXECUTABLE =
  process.env['CALICOCTL_UNDER_TEST'] ?? resolve(import.meta.dirname, '../../dist/calicoctl');

/** What a process did. */
export interface Ended {
  /** Undefined where a signal ended it. */
  readonly status: number | undefined;
  readonly out: string;
  readonly err: string;
  readonly milliseconds: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export type Env = Readonly<Record<string, string>>;

/** Starts calicoctl with nothing in its surroundings but `env`. Its standard input is empty unless it is to stay open. */
export function start(
  args: readonly string[],
  env: Env,
  options: { readonly openStdin?: boolean; readonly cwd?: string } = {},
): Running {
  const began = performance.now();
  const stdin = options.openStdin ? 'pipe' : 'ignore';
  const child = spawn(EXECUTABLE, args, {
    ...(options.cwd && { cwd: options.cwd }),
    env: { ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout!.setEncoding('utf8').on('data', (text) => {
    texts.out += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    texts.err += text;
  });
  const ended = new Promise<Ended>((done, fail) => {
    child.once('error', fail);
    child.once('close', (status) =>
      done({ ...texts, status: status ?? undefined, milliseconds: performance.now() - began }),
    );
  });
  return { child, ended };
}

/** In the folder `cwd`, where that is given. */
export function calicoctl(args: readonly string[], env: Env, cwd?: string): Promise<Ended> {
  return start(args, env, cwd === undefined ? {} : { cwd }).ended;
}

/** Runs a line of shell in which `$calicoctl` is the executable. */
export function shell(line: string, env: Env): Promise<Ended> {
  const began = performance.now();
  const child = spawn('bash', ['-c', line], {
    env: { PATH: process.env['PATH'], ...env, calicoctl: EXECUTABLE },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  return new Promise((done) =>
    child.once('close', (status) =>
      done({ out, err, status: status ?? undefined, milliseconds: performance.now() - began }),
    ),
  );
}

export interface Folder {
  readonly path: string;
  write(name: string, text: string): string;
  remove(): void;
}

export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'calicoctl-faults-'));
  return {
    path,
    write(name, text) {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** So many nets make a value that is seen when it is torn. */
const NETS = Array.from({ length: 12 }, (_, i) => `10.${i}.0.0/16`);

export function nameOf(index: number): string {
  return `set-${String(index).padStart(4, '0')}`;
}

/** Documents whose every part says `mark`, so that a mixture of two versions shows. */
export function documents(count: number, mark: string): string {
  return Array.from({ length: count }, (_, index) => JSON.stringify(networkSet(nameOf(index), mark))).join(
    '\n---\n',
  );
}

function networkSet(name: string, mark: string): object {
  const metadata = { name, labels: { mark }, annotations: { mark, filler: `${mark} `.repeat(50) } };
  return { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkSet', metadata, spec: { nets: NETS } };
}

interface Shown {
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: unknown;
}

/** Each object's mark by its name; throws where one is not whole. */
export function marks(items: readonly Shown[]): Map<string, string> {
  return new Map(
    items.map(({ metadata: { name, labels, annotations }, spec }) => {
      const mark = labels['mark']!;
      const whole = {
        labels: { mark },
        annotations: { mark, filler: `${mark} `.repeat(50) },
        spec: { nets: NETS },
      };
      if (!Bun.deepEquals({ labels, annotations, spec }, whole)) throw new Error(`${name} is not whole`);
      return [name, mark];
    }),
  );
}

/** Marks of what `get` shows. */
export async function marksStored(env: Env): Promise<Map<string, string>> {
  const { out, err, status } = await calicoctl(['get', 'globalnetworkset', '-o', 'json'], env);
  if (status !== 0 || err !== '') throw new Error(`get ended with ${status}: ${err}`);
  return marks((JSON.parse(out) as { items: Shown[] }).items);
}

/** How many values there are of each. */
export function tally(values: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Waits until an object of the mark is there. */
export async function untilSome(env: Env, mark: string): Promise<void> {
  const end = performance.now() + 10_000;
  while (![...(await marksStored(env)).values()].includes(mark)) {
    if (performance.now() > end) throw new Error('nothing was written');
    await Bun.sleep(10);
  }
}
