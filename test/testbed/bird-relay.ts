import { connect, createServer, type Server, type Socket } from 'node:net';

/** A control socket between the program under test and the real BIRD, or in BIRD's place. */
export interface Relay {
  stop(): void;
}

/** Listens at `path` and passes on what the socket `to` answers, byte by byte, each in a packet of its own. */
export function byteByByte(path: string, to: string): Promise<Relay> {
  return listen(path, (asker) => {
    const bird = connect(to);
    asker.pipe(bird);
    asker.on('error', () => bird.destroy());
    asker.on('close', () => bird.destroy());
    bird.on('data', async (bytes: Buffer) => {
      bird.pause();
      for (const byte of bytes) await new Promise((done) => asker.write(Uint8Array.of(byte), done));
      bird.resume();
    });
  });
}

/** Listens at `path` and never says anything, after `first`. */
export function silent(path: string, first = ''): Promise<Relay> {
  return listen(path, (asker) => {
    asker.on('error', () => {});
    asker.resume();
    if (first !== '') asker.write(first);
  });
}

function listen(path: string, serve: (asker: Socket) => void): Promise<Relay> {
  const open = new Set<Socket>();
  const server: Server = createServer((asker) => {
    open.add(asker);
    serve(asker);
  });
  return new Promise((done) => {
    server.listen(path, () =>
      done({
        stop() {
          for (const asker of open) asker.destroy();
          server.close();
        },
      }),
    );
  });
}
