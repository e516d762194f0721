import type { BgpSession } from '../../bird/session.ts';
import type { AskOptions } from '../../bird/socket.ts';
import { birdStatus } from '../../bird/status.ts';
import { CalicoctlError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { adviceFor, NO_SOCKET } from './advice.ts';
import { allBirds } from './running.ts';
import { type ControlSocket, controlSockets, USUAL_PLACES } from './sockets.ts';

/** One BIRD on this machine. */
export interface BirdInstance {
  /** Path of its control socket. */
  readonly socket: string;
  /** Its process, where that was found by its control socket. */
  readonly pid?: number;
  readonly version?: string;
  readonly routerId?: string;
  /** When it was started, as it says it. */
  readonly started?: string;
  readonly sessions: readonly BgpSession[];
  /** Why it told nothing. */
  readonly error?: string;
  /** What to do about that. */
  readonly advice?: string;
}

/** What `node status -o json` prints. */
export interface NodeStatus {
  /** Host name of this machine. */
  readonly host: string;
  /** Absent where the sockets were given. */
  readonly felixRunning?: boolean;
  readonly birds: readonly BirdInstance[];
}

/** Asks every BIRD of this machine, or those at the sockets given. Who does not answer is told with the reason. */
export async function survey(
  host: Host,
  sockets: readonly string[],
  options: AskOptions,
): Promise<NodeStatus> {
  if (sockets.length > 0)
    return {
      host: host.hostname,
      birds: await askAll(
        sockets.map((path) => ({ path })),
        options,
      ),
    };
  const { felix, birds } = allBirds(host);
  const found = await askAll(controlSockets(host, birds), options);
  return { host: host.hostname, felixRunning: felix, birds: found };
}

function askAll(sockets: readonly ControlSocket[], options: AskOptions): Promise<readonly BirdInstance[]> {
  return Promise.all(
    sockets.map(async ({ path, pid }): Promise<BirdInstance> => {
      const known = { socket: path, ...(pid === undefined ? {} : { pid }) };
      try {
        const { version, ...told } = await birdStatus(path, options);
        return { ...known, ...(version === undefined ? {} : { version }), ...told };
      } catch (error) {
        if (!(error instanceof CalicoctlError) || error.errorClass === 'cancelled') throw error;
        const advice = adviceFor(error);
        return {
          ...known,
          sessions: [],
          error: error.message,
          ...(advice === undefined ? {} : { advice }),
        };
      }
    }),
  );
}

/** What keeps the status from being a good one: Felix is missing, or a BIRD, or one does not answer. */
export function faultsOf({ felixRunning, birds }: NodeStatus): readonly CalicoctlError[] {
  const faults: CalicoctlError[] = [];
  if (felixRunning === false)
    faults.push(new CalicoctlError('unavailable', 'Calico process is not running.'));
  if (birds.length === 0)
    faults.push(
      new CalicoctlError(
        'not-found',
        `no control socket of BIRD was found; tried ${USUAL_PLACES.join(', ')} and what processes called bird were started with`,
        { hint: NO_SOCKET },
      ),
    );
  for (const { error, advice } of birds)
    if (error !== undefined)
      faults.push(new CalicoctlError('unavailable', error, advice === undefined ? {} : { hint: advice }));
  return faults;
}
