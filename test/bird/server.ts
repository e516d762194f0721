import { mkdir } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';

/** How a BIRD-like server treats those who connect. */
export interface Manners {
  /** Bytes for each command; asked for others it says what BIRD says. */
  readonly answers?: Readonly<Record<string, string | Uint8Array>>;
  /** Undefined: BIRD's of 1.6.8; empty: none. */
  readonly greeting?: string;
  /** So many bytes at a time; all at once unless given. */
  readonly piece?: number;
  /** Takes commands and never answers. */
  readonly silent?: true;
  /** Closes behind so many bytes. */
  readonly closeAfter?: number;
  /** Says this again and again, without an end. */
  readonly flood?: string;
}

export interface BirdServer {
  readonly path: string;
  /** Commands that were asked, in order. */
  readonly asked: readonly string[];
  behave(manners: Manners): void;
  close(): Promise<void>;
}

export const GREETING = '0001 BIRD 1.6.8 ready.\n';

/** Listens at a control socket as BIRD does. */
export async function birdServer(path: string, given: Manners): Promise<BirdServer> {
  await mkdir(dirname(path), { recursive: true });
  let manners = given;
  const asked: string[] = [];
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
    serve(socket, manners, asked);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    path,
    asked,
    behave(next) {
      manners = next;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function serve(socket: Socket, manners: Manners, asked: string[]): void {
  const { answers = {}, greeting = GREETING, flood } = manners;
  const say = speaker(socket, manners);
  say(Buffer.from(greeting));
  let heard = '';
  socket.on('data', (bytes) => {
    heard += bytes.toString();
    for (let end = heard.indexOf('\n'); end >= 0; end = heard.indexOf('\n')) {
      const command = heard.slice(0, end);
      heard = heard.slice(end + 1);
      asked.push(command);
      if (flood !== undefined) pour(socket, flood);
      else say(Buffer.from(answers[command] ?? '9001 syntax error\n'));
    }
  });
}

function speaker(socket: Socket, { piece, silent, closeAfter }: Manners): (bytes: Buffer) => void {
  let left = closeAfter ?? Number.POSITIVE_INFINITY;
  let queue = Promise.resolve();
  return (bytes) => {
    if (silent) return;
    queue = queue.then(async () => {
      for (let from = 0; from < bytes.length && left > 0; from += piece ?? bytes.length) {
        const part = bytes.subarray(from, Math.min(from + (piece ?? bytes.length), from + left));
        left -= part.length;
        socket.write(part);
        if (piece !== undefined) await new Promise((resolve) => setImmediate(resolve));
      }
      if (left <= 0) socket.end();
    });
  };
}

function pour(socket: Socket, text: string): void {
  const chunk = Buffer.from(text.repeat(Math.ceil(65536 / text.length)));
  const more = () => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
}
