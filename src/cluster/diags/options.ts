import { CalicoctlError } from '../../core/errors.ts';

/** What the flags of `cluster diags` come to. */
export interface DiagsOptions {
  /** Only the newest part of logs; undefined for the whole of them. */
  readonly sinceSeconds: number | undefined;
  /** Of every workload, so many pods are looked at closely. */
  readonly maxLogs: number;
  readonly maxParallelism: number;
  /** Nodes whose pods are looked at first. */
  readonly focusNodes: readonly string[];
}

export interface DiagsWords {
  readonly since: string | undefined;
  readonly maxLogs: string;
  readonly maxParallelism: string;
  readonly focusNodes: string | undefined;
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** A negative limit of the reference means no limit; this is many for any machine. */
const UNLIMITED = 64;

/** Throws `usage`, in the reference's words where it has some. */
export function readOptions({ since, maxLogs, maxParallelism, focusNodes }: DiagsWords): DiagsOptions {
  const logs = integer(maxLogs, '--max-logs');
  if (logs < 0) throw new CalicoctlError('usage', 'negative value for max-logs flag');
  const parallelism = integer(maxParallelism, '--max-parallelism');
  // The reference would wait for ever.
  if (parallelism === 0)
    throw new CalicoctlError('usage', '--max-parallelism 0 would never begin: use 1 for one thing at a time');
  return {
    sinceSeconds: sinceOf(since),
    maxLogs: logs,
    maxParallelism: parallelism < 0 ? UNLIMITED : Math.min(parallelism, UNLIMITED),
    focusNodes: (focusNodes ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  };
}

function sinceOf(word: string | undefined): number | undefined {
  if (!word) return undefined;
  const [, digits, unit] = /^([0-9]+)([smh])$/.exec(word) ?? [];
  if (digits === undefined)
    throw new CalicoctlError('usage', `invalid duration for since flag (try 10s, 5m, or 1h): ${word}`);
  const seconds = Number(digits) * SECONDS[unit as keyof typeof SECONDS];
  // Nothing is kept for longer than fits.
  return seconds === 0 ? undefined : Math.min(seconds, 2 ** 31 - 1);
}

function integer(word: string, flag: string): number {
  const value = /^[+-]?\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
  if (!Number.isNaN(value)) return value;
  throw new CalicoctlError(
    'usage',
    `invalid argument ${JSON.stringify(word)} for ${flag}: not a whole number`,
  );
}
