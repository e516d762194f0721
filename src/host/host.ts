/** This machine as a value: what `node …` and `doctor` look at. Tests give one of their own, with another root. */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** Whether we are root. */
  readonly isRoot: boolean;
  readonly hostname: string;
  /** Of the kernel, as `uname -r`. */
  readonly release: string;
  /** Where a path of this machine is: the same path, save in tests. For sockets and for what others are told to open. */
  path(path: string): string;
  /** What a file holds; undefined where there is none. Throws CalicoctlError `unauthorized` where it may not be read. */
  read(path: string): string | undefined;
  /** Names in a folder, sorted; none where it does not exist or may not be read. */
  list(path: string): readonly string[];
  exists(path: string): boolean;
  /**
   * Runs a program found on the PATH, without a shell, and without our secrets in its environment. Never throws: see `Ran`.
   */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Where the program of that name is; undefined where there is none on the PATH. */
  which(program: string): string | undefined;
}

export interface RunOptions {
  /** After so long the program is killed; 30 seconds unless given. */
  readonly timeoutMs?: number;
  /** So many bytes are kept of each stream, the first ones; 64 MiB unless given. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** More variables for the program; secrets among ours are not handed on otherwise. */
  readonly env?: Readonly<Record<string, string>>;
  /** Takes both streams as they come, instead of their being kept. The program waits for what it returns. */
  readonly sink?: (bytes: Uint8Array) => void | Promise<void>;
}

/** How a program ended. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status; undefined where the program could not be started, was killed, or ran out of time. */
  readonly status: number | undefined;
  /** Why there is no status, in words: `not found on the PATH`, `no answer within 30s`, `killed by SIGTERM`. */
  readonly failure?: string;
  /** There was more output than was kept. */
  readonly cut?: true;
}
