import { birdStatus } from '../../bird/status.ts';
import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { unreachable } from '../status/advice.ts';
import type { Target } from './peers.ts';

/** Where BIRD listens, a family a line, the likelier place first. */
const PLACES = [
  ['/var/run/calico/bird.ctl', '/var/run/bird/bird.ctl'],
  ['/var/run/calico/bird6.ctl', '/var/run/bird/bird6.ctl'],
];

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
  const places =
    sockets.length > 0 ? sockets.map((path) => [path]) : PLACES.map((line) => line.map(host.path));
  const answers = await Promise.all(places.map((line) => firstThatAnswers(line, signal)));
  const failures = answers.flatMap(({ failures }) => failures);
  if (answers.every(({ targets }) => targets === undefined)) throw unreachable(failures);
  return {
    targets: answers.flatMap(({ targets }) => targets ?? []),
    // Without BIRD for a family there need not be a socket.
    failures: sockets.length > 0 ? failures : failures.filter((error) => !isError(error, 'not-found')),
  };
}

interface Attempt {
  readonly targets?: readonly Target[];
  readonly failures: readonly CalicoctlError[];
}

async function firstThatAnswers(paths: readonly string[], signal: AbortSignal): Promise<Attempt> {
  const failures: CalicoctlError[] = [];
  for (const socket of paths) {
    try {
      const { sessions } = await birdStatus(socket, { signal });
      return { targets: sessions.map((session) => ({ socket, session })), failures: [] };
    } catch (error) {
      if (!(error instanceof CalicoctlError) || error.errorClass === 'cancelled') throw error;
      failures.push(error);
    }
  }
  return { failures };
}
