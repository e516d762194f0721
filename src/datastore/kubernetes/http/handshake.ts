/** The server's answer to a request for another protocol, read off the socket that is to speak it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { HttpFailure } from './failure.ts';
import type { Answer } from './request.ts';
import { readUntil } from './sockets.ts';

const LONGEST_HEAD = 64 << 10;
/** Of a refusal: a Status, or a page of something in between. */
const LONGEST_BODY = 1 << 20;

export interface AnswerHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Names of headers are in lower case; the last of several counts. */
export async function readHead(socket: Socket): Promise<AnswerHead> {
  const bytes = await readUntil(socket, (held) => {
    const end = held.indexOf('\r\n\r\n');
    if (end < 0 && held.length > LONGEST_HEAD) return held.length;
    return end < 0 ? undefined : end + 4;
  });
  const [first = '', ...lines] = bytes.toString('latin1').split('\r\n');
  const [, status] = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first) ?? [];
  if (status === undefined) throw new HttpFailure('not-http', 'it does not speak HTTP', { sent: true });
  const pairs = lines
    .map((line) => /^([^:\s]+):[ \t]*(.*?)[ \t]*$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name, value]) => [name!.toLowerCase(), value!]);
  return { status: Number(status), headers: Object.fromEntries(pairs) };
}

/** The body that follows; the beginning of it where it is long. */
export async function readAnswer(socket: Socket, { status, headers }: AnswerHead): Promise<Answer> {
  const length = Number(headers['content-length'] ?? Number.NaN);
  const isChunked = /chunked/i.test(headers['transfer-encoding'] ?? '');
  let held: Buffer = Buffer.alloc(0);
  const measure = (bytes: Buffer) => {
    held = bytes;
    if (bytes.length > LONGEST_BODY) return bytes.length;
    if (isChunked) return unchunked(bytes).end;
    return Number.isNaN(length) || bytes.length < length ? undefined : length;
  };
  try {
    // Without a length the body ends with the connection.
    if (isChunked || length !== 0) await readUntil(socket, measure);
  } catch (error) {
    if (error instanceof HttpFailure) throw error;
  }
  const body = isChunked ? unchunked(held).body : held;
  return { status, headers, text: body.toString('utf8') };
}

/** What chunks hold, and where the last one ends; undefined where that has not come. */
function unchunked(bytes: Buffer): { readonly body: Buffer; readonly end: number | undefined } {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = bytes.indexOf('\r\n', at);
    const size = line < 0 ? Number.NaN : Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (Number.isNaN(size)) return { body: Buffer.concat(parts), end: undefined };
    if (size === 0) {
      const end = bytes.indexOf('\r\n', line + 2);
      return { body: Buffer.concat(parts), end: end < 0 ? undefined : end + 2 };
    }
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
