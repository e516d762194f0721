import { setTimeout as sleep } from 'node:timers/promises';
import { isDisabled } from '../../bird/sessions.ts';
import { CalicoctlError } from '../../core/errors.ts';
import type { NodeStatus } from './survey.ts';

const PAUSE_MS = 500;

/** Looks again and again until all sessions are established or the time is up; returns what was seen last. */
export async function untilEstablished(
  look: () => Promise<NodeStatus>,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<NodeStatus> {
  const end = performance.now() + waitMs;
  for (;;) {
    const status = await look();
    const left = end - performance.now();
    if (notEstablished(status) === undefined || left <= 0) return status;
    try {
      await sleep(Math.min(PAUSE_MS, left), undefined, { signal });
    } catch {
      throw new CalicoctlError('cancelled', 'interrupted while waiting for BGP sessions');
    }
  }
}

/**
 * Which sessions are not established and why; undefined where all are that nobody switched off. One at least has to be:
 * a node that has not been told its peers yet is not ready.
 */
export function notEstablished({ birds }: NodeStatus): CalicoctlError | undefined {
  const wanted = birds.flatMap(({ sessions }) => sessions.filter((session) => !isDisabled(session)));
  const missing = wanted.filter(({ established }) => !established);
  const silent = birds.filter(({ error }) => error !== undefined);
  if (missing.length === 0 && silent.length === 0 && wanted.length > 0) return undefined;
  const lines = [
    ...missing.map(({ name, peerAddress, info, state, since }) => {
      return `  ${name} (${peerAddress}): ${info === '' ? state : info}, since ${since}`;
    }),
    ...silent.map(({ socket }) => `  ${socket}: its sessions are not known`),
  ];
  const head =
    missing.length > 0
      ? `${missing.length} of ${wanted.length} BGP sessions ${missing.length === 1 ? 'is' : 'are'} not established:`
      : silent.length > 0
        ? 'it is not known whether all BGP sessions are established:'
        : 'no BGP session is configured that could be established';
  return new CalicoctlError('unavailable', [head, ...lines].join('\n'));
}
