import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a program and a server and counts what the program sends. */
export interface Relay {
  readonly url: string;
  /** How many pieces the program has sent since the last `reset`. */
  sent(): number;
  /** Before piece number `piece` (from 1) goes on, or just behind it, `happens` is called. */
  reset(at?: {
    readonly piece: number;
    readonly when: 'before' | 'behind';
    readonly happens: () => void;
  }): void;
  close(): void;
}

type Trap = Parameters<Relay['reset']>[0];

/** Passes everything on to the server at `url`. */
export async function startRelay(url: string): Promise<Relay> {
  const target = new URL(url);
  let count = 0;
  let trap: Trap;
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(Number(target.port), target.hostname);
    for (const socket of [from, to]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        from.destroy();
        to.destroy();
      });
    }
    to.on('data', (data) => from.write(data));
    from.on('data', (data) => {
      const mine = ++count === trap?.piece ? trap : undefined;
      if (mine?.when === 'before') {
        mine.happens();
        // The program is dead, and what it was about to send with it.
        from.destroy();
        return;
      }
      to.write(data);
      mine?.happens();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => count,
    reset(at) {
      count = 0;
      trap = at;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
