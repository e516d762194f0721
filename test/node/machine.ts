import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A made-up machine: a folder as its file system, and programs of its own on the PATH, which are real ones. */
export interface Machine {
  readonly root: string;
  /** The PATH with its programs and nothing else. */
  readonly path: string;
  write(files: Readonly<Record<string, string>>): void;
  /** Programs by name, each the lines of a shell script; every call is noted. */
  programs(scripts: Readonly<Record<string, string>>): void;
  /** Command lines of its programs, in order. */
  calls(): readonly string[];
  remove(): void;
}

export function machine(files: Readonly<Record<string, string>> = {}): Machine {
  const base = mkdtempSync(join(tmpdir(), 'calicoctl-machine-'));
  const root = join(base, 'root');
  const bin = join(base, 'bin');
  const log = join(base, 'calls');
  for (const folder of [root, bin]) mkdirSync(folder);
  writeFileSync(log, '');
  const write = (given: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(given)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  write(files);
  return {
    root,
    path: bin,
    write,
    programs(scripts) {
      for (const [name, script] of Object.entries(scripts)) {
        const file = join(bin, name);
        // Programs find only each other on the PATH; what a script itself needs it finds where it always is.
        writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> '${log}'\nPATH=/usr/bin:/bin\n${script}\n`);
        chmodSync(file, 0o755);
      }
    },
    calls: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}
