import { type BirdRoute, RouteReader } from '../../bird/routes.ts';
import type { BgpSession } from '../../bird/session.ts';
import { birdLines } from '../../bird/stream.ts';
import { CalicoctlError } from '../../core/errors.ts';
import type { Target } from './peers.ts';

export const DIRECTIONS = ['received', 'advertised'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** What becomes of a route: a received one is in use, or not the best, or refused; others are sent, or refused. */
export type RouteStatus = 'best' | 'not best' | 'sent' | 'refused';

/** A route that a peer told this node, or that this node tells the peer. */
export interface PeerRoute {
  readonly direction: Direction;
  readonly status: RouteStatus;
  readonly session: BgpSession;
  readonly route: BirdRoute;
}

export interface Wanted {
  readonly directions: readonly Direction[];
  /** Those too that the filters refuse; of received ones BIRD knows them where it was told to keep them. */
  readonly refused: boolean;
  readonly signal: AbortSignal;
  /** Is told what could not be had; the rest goes on. */
  readonly failed: (error: CalicoctlError) => void;
}

/** Routes of one session after the other, in portions as BIRD tells them. */
export async function* peerRoutes(
  targets: readonly Target[],
  wanted: Wanted,
): AsyncGenerator<readonly PeerRoute[]> {
  const dead = new Set<string>();
  for (const target of targets) {
    for (const question of questionsFor(target.session, wanted)) {
      if (dead.has(target.socket)) break;
      try {
        const refused = yield* answers(target, question, wanted.signal);
        if (refused !== undefined) wanted.failed(refused);
      } catch (error) {
        if (!(error instanceof CalicoctlError) || error.errorClass === 'cancelled') throw error;
        // A BIRD that does not answer will not answer about the next peer either.
        dead.add(target.socket);
        wanted.failed(error);
      }
    }
  }
}

interface Question {
  readonly command: string;
  readonly direction: Direction;
  readonly refused: boolean;
}

function questionsFor(session: BgpSession, { directions, refused }: Wanted): readonly Question[] {
  const name = quoted(session.name);
  const received = (more: string) => `show route ${more}protocol ${name} all`;
  const all: Question[] = [
    { command: received(''), direction: 'received', refused: false },
    { command: received('filtered '), direction: 'received', refused: true },
  ];
  // BIRD tells what it would export only of a session that is up.
  if (session.established)
    all.push(
      { command: `show route export ${name} all`, direction: 'advertised', refused: false },
      { command: `show route noexport ${name} all`, direction: 'advertised', refused: true },
    );
  return all.filter((question) => directions.includes(question.direction) && (refused || !question.refused));
}

/** Names come from BIRD's own list, never from the command line; still nothing but a name of BIRD's goes into a command. */
function quoted(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  if (/^[\w.:-]+$/.test(name)) return `'${name}'`;
  throw new CalicoctlError('not-supported', `cannot ask BIRD about a protocol named ${JSON.stringify(name)}`);
}

async function* answers(
  { socket, session }: Target,
  { command, direction, refused }: Question,
  signal: AbortSignal,
): AsyncGenerator<readonly PeerRoute[], CalicoctlError | undefined> {
  const reader = new RouteReader();
  const told = (route: BirdRoute): PeerRoute => ({
    direction,
    status: refused ? 'refused' : direction === 'advertised' ? 'sent' : route.best ? 'best' : 'not best',
    session,
    route,
  });
  const lines = birdLines(socket, command, { signal });
  for (;;) {
    const step = await lines.next();
    if (step.done) {
      const last = reader.end();
      if (last !== undefined) yield [told(last)];
      return step.value;
    }
    const routes = step.value.flatMap((line) => reader.take(line) ?? []);
    if (routes.length > 0) yield routes.map(told);
  }
}
