interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Time in milliseconds and the highest resident memory in bytes of one run that takes more than a moment. */
export function measured(
  command: Command,
  everyMs?: number,
): Promise<{ readonly took: number; readonly memory: number }>;
