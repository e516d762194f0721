import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Ended, type Env, start } from '../faults/program.ts';

/** Where the executable is run, and what it leaves there. */

export interface Stage {
  /** A file that the program may read; what is in it is no leak. */
  write(name: string, text: string, mode?: number): string;
  /** Runs a command line in a new folder that is its home, and gives what it printed and all that it wrote. */
  run(words: readonly string[], env: Env): Promise<Seen>;
  readonly folder: string;
  remove(): void;
}

export interface Seen extends Ended {
  /** What is to be searched, by name: streams, names of files, files, unpacked. */
  readonly shown: ReadonlyMap<string, Uint8Array>;
}

export function stage(): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'calicoctl-secrets-'));
  return {
    folder,
    write(name, text, mode = 0o600) {
      const path = join(folder, 'given', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      chmodSync(path, mode);
      return path;
    },
    async run(words, env) {
      const home = mkdtempSync(join(folder, 'run-'));
      const temporary = join(home, 'tmp');
      mkdirSync(temporary);
      const ended = await start(words, { HOME: home, TMPDIR: temporary, ...env }, { cwd: home }).ended;
      const shown = new Map([
        ['standard output', Buffer.from(ended.out)],
        ['standard error', Buffer.from(ended.err)],
        ...left(home),
      ]);
      rmSync(home, { recursive: true, force: true });
      return { ...ended, shown };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Files below a folder, their names first; archives as what is in them. tar pads, but does not code. */
function left(folder: string): readonly (readonly [string, Buffer])[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return [
    ['names of files', Buffer.from(names.join('\n'))],
    ...files.map((name): readonly [string, Buffer] => {
      const bytes = readFileSync(join(folder, name));
      return [name, /gz$/.test(name) ? gunzipSync(bytes) : bytes];
    }),
  ];
}

/** Programs of a machine as scripts, each of which notes its surroundings and prints what `says` has for it. */
export function programs(
  place: Stage,
  says: Readonly<Record<string, string>>,
): { readonly path: string; environments(): ReadonlyMap<string, string> } {
  const notes = join(place.folder, 'environments');
  mkdirSync(notes, { recursive: true });
  for (const [name, words] of Object.entries(says)) {
    const script = `#!/bin/sh\nexport -p > ${notes}/${name}.$$\n${words}\n`;
    place.write(`bin/${name}`, script, 0o755);
  }
  return {
    path: join(place.folder, 'given/bin'),
    environments: () =>
      new Map(readdirSync(notes).map((name) => [name, readFileSync(join(notes, name), 'utf8')])),
  };
}

/** Does the work for each item, a few at a time. */
export async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
