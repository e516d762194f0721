import { CalicoctlError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { faultsOf, survey } from '../status/survey.ts';
import type { Target } from './peers.ts';

interface Asked {
  readonly targets: readonly Target[];
  /** Why some BIRD did not answer, where another did. */
  readonly failures: readonly CalicoctlError[];
}

/** The sessions of every BIRD of this machine, or of those at `sockets`. Throws where none answers. */
export async function sessionsHere(
  host: Host,
  sockets: readonly string[],
  signal: AbortSignal,
): Promise<Asked> {
  const { birds } = await survey(host, sockets, { signal });
  // Whether Felix runs is of no account here.
  const failures = faultsOf({ host: host.hostname, birds });
  if (birds.every(({ error }) => error !== undefined))
    throw new CalicoctlError(
      'unavailable',
      failures.map(({ message }) => message).join('; '),
      failures[0]?.details,
    );
  const targets = birds.flatMap(({ socket, sessions }) => sessions.map((session) => ({ socket, session })));
  return { targets, failures };
}
