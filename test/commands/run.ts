import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../../src/cli/main.ts';

/** What one command line did. */
export interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface Workspace {
  readonly folder: string;
  /** Runs a command line in this process on the folder datastore of the workspace. */
  calicoctl(
    argv: readonly string[],
    options?: {
      readonly stdin?: string | Uint8Array;
      readonly env?: Record<string, string | undefined>;
      /** The folder that is this machine's file system to `node …`. */
      readonly root?: string;
      readonly signal?: AbortSignal;
    },
  ): Promise<Run>;
  write(name: string, text: string): Promise<string>;
  read(name: string): Promise<string>;
  remove(): Promise<void>;
}

/** A new folder to work in, with an empty folder datastore below it. */
export async function workspace(): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'calicoctl-test-'));
  const base = {
    HOME: folder,
    DATASTORE_TYPE: 'file',
    CALICO_FILE_DIR: join(folder, '.datastore'),
    NO_COLOR: '1',
  };
  return {
    folder,
    async calicoctl(argv, { stdin = '', env = {}, root, signal = new AbortController().signal } = {}) {
      let out = '';
      let err = '';
      const status = await main(argv, {
        out: (text) => {
          out += text;
        },
        err: (text) => {
          err += text;
        },
        stdin: async function* () {
          if (stdin.length > 0) yield typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin;
        },
        env: { ...base, ...env },
        cwd: folder,
        terminal: { out: false, err: false, in: false },
        signal,
        ...(root === undefined ? {} : { root }),
      });
      return { status, out, err };
    },
    async write(name, text) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      return path;
    },
    read: (name) => readFile(join(folder, name), 'utf8'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
