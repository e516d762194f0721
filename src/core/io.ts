/** The process's surroundings as a value, so that tests can give their own. */
export interface Io {
  /** Writes to standard output; resolves once the sink has room again. */
  out(text: string): void | Promise<void>;
  /** Writes to standard error. */
  err(text: string): void;
  /** Standard input as bytes. */
  stdin(): AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Where the file system that `node …` looks at begins; `/` unless given. Only tests give another. */
  readonly root?: string;
  /** True where the stream is a terminal; decides on colour, progress and prompts. */
  readonly terminal: { readonly out: boolean; readonly err: boolean; readonly in: boolean };
  /** Aborted by Ctrl-C, SIGTERM, or a lost connection (SIGHUP). */
  readonly signal: AbortSignal;
}
