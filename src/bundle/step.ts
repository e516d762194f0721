/** What became of one step of collecting diagnostics. */
export interface StepResult {
  /** What was looked for, e.g. `routes (IPv4)`. */
  readonly step: string;
  readonly outcome: 'done' | 'failed' | 'skipped';
  /** Files in the bundle that it gave. */
  readonly files: readonly string[];
  /** Why it failed or was skipped, in one sentence. */
  readonly reason?: string;
  /** Milliseconds. */
  readonly took: number;
}
