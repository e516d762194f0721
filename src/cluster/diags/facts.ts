import type { DiagsOptions } from './options.ts';

/** `20260102_030405` in UTC. */
export function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '_');
}

export interface Circumstances {
  /** The API server, where there was one to ask. */
  readonly server: string | undefined;
  readonly now: Date;
  readonly interrupted: boolean;
}

/** What stands at the head of the summary. */
export function factsOf(
  { sinceSeconds, maxLogs, maxParallelism, focusNodes }: DiagsOptions,
  { server, now, interrupted }: Circumstances,
): Record<string, string> {
  return {
    begun: now.toISOString(),
    'API server': server ?? 'none',
    logs: sinceSeconds === undefined ? 'whole' : `of the last ${sinceSeconds} s`,
    'pods of each workload': String(maxLogs),
    'steps at once': String(maxParallelism),
    ...(focusNodes.length > 0 && { 'nodes first': focusNodes.join(', ') }),
    ...(interrupted && { interrupted: 'yes: what follows is not all' }),
  };
}
