import { connect, type Socket } from 'node:net';
import { CalicoctlError } from '../core/errors.ts';
import { type BirdLine, ReplyReader, refusalOf } from './frames.ts';
import { connectionError } from './socket.ts';

export interface StreamOptions {
  /** How long BIRD may say nothing; 10 seconds unless given. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

const SILENCE_MS = 10_000;
const WELCOME = 1;

/**
 * The lines of one answer as they come, however long it is: BIRD is held up where they are read slowly. Returns why BIRD
 * refused the command; throws as `askBird` does where there is no answer, behind the lines that came before.
 */
export async function* birdLines(
  path: string,
  command: string,
  { silenceMs = SILENCE_MS, signal }: StreamOptions = {},
): AsyncGenerator<readonly BirdLine[], CalicoctlError | undefined> {
  if (signal?.aborted) throw interrupted();
  let lines: BirdLine[] = [];
  const reader = new ReplyReader((line) => lines.push(line));
  const socket = connect({ path });
  const stop = () => socket.destroy(interrupted());
  signal?.addEventListener('abort', stop, { once: true });
  try {
    socket.on('connect', () => socket.write(`${command}\n`));
    for await (const bytes of chunksOf(socket, path, silenceMs)) {
      const replies = reader.add(bytes);
      const ended = replies.some((reply) => reply.at(-1)?.code !== WELCOME);
      const refused = refusalOf(lines, command);
      yield lines.filter(({ code }) => code !== WELCOME);
      if (ended) return refused;
      lines = [];
    }
    throw new CalicoctlError(
      'unavailable',
      `BIRD at ${path} closed the connection in the middle of its answer`,
    );
  } finally {
    signal?.removeEventListener('abort', stop);
    socket.destroy();
  }
}

/** Bytes in the measure in which they are asked for; the time between is not BIRD's. */
async function* chunksOf(socket: Socket, path: string, silenceMs: number): AsyncGenerator<Buffer> {
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      const late = () => reject(silent(path, silenceMs));
      timer = setTimeout(late, silenceMs);
    });
    const next = chunks.next();
    try {
      const step = await Promise.race([next, silence]);
      if (step.done) return;
      yield step.value;
    } catch (error) {
      next.catch(() => {});
      throw error instanceof CalicoctlError ? error : connectionError(path, error as NodeJS.ErrnoException);
    } finally {
      clearTimeout(timer);
    }
  }
}

function interrupted(): CalicoctlError {
  return new CalicoctlError('cancelled', 'interrupted while asking BIRD');
}

function silent(path: string, ms: number): CalicoctlError {
  return new CalicoctlError('timeout', `BIRD at ${path} said nothing for ${ms / 1000}s`, {
    hint: 'It is stuck, or too busy to answer.',
  });
}
