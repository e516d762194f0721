import type { Socket } from 'node:net';
import { type Tried, tried } from './tried.ts';

export interface Head {
  readonly status: number;
  /** The clock of the server when it answered, as `Date.now()`. */
  readonly date?: number;
  /** Ours, halfway between asking and hearing. */
  readonly at: number;
}

/** Longest head of an answer that is read. */
const LONGEST = 16 << 10;

/** Asks for `/version` as nobody and reads the head of the answer, a refusal as well as any: it has the server's clock. */
export function headOf(socket: Socket, host: string, limitMs: number): Promise<Tried<Head>> {
  return tried(limitMs, async () => {
    const start = Date.now();
    const text = await readHead(socket, host);
    const at = (start + Date.now()) / 2;
    const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(text)?.[1]);
    if (Number.isNaN(status)) throw new Error('what answers does not speak HTTP');
    const date = Date.parse(/^date:\s*(.+?)\s*$/im.exec(text)?.[1] ?? '');
    return { status, at, ...(Number.isNaN(date) ? {} : { date }) };
  });
}

function readHead(socket: Socket, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      if (text.includes('\r\n\r\n') || text.length > LONGEST) resolve(text);
    });
    socket.once('error', reject);
    socket.once('close', () => (text === '' ? reject(new Error('it hung up')) : resolve(text)));
    socket.write(
      `GET /version HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: calicoctl\r\nConnection: close\r\n\r\n`,
    );
  });
}
