/** Frames of WebSockets (RFC 6455) as a client sends and reads them. */
import { randomBytes } from 'node:crypto';
import { HttpFailure } from './failure.ts';

const CONTINUATION = 0;
const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const CONTROL_BYTES = 125;

/** A whole message; the bytes of a text message are UTF-8, or whatever came. */
export interface Message {
  readonly kind: 'data' | 'close' | 'ping' | 'pong';
  readonly bytes: Buffer;
}

interface Head {
  readonly final: boolean;
  readonly opcode: number;
  /** Bytes of the head itself, and of what follows. */
  readonly size: number;
  readonly length: number;
}

/** A frame of a client: the last of its message, and masked. */
export function frame(opcode: number, payload: Uint8Array): Buffer {
  if (payload.length > CONTROL_BYTES) throw new Error('only short frames are ever sent');
  const mask = randomBytes(4);
  const masked = Buffer.from(payload).map((byte, index) => byte ^ mask[index % 4]!);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked]);
}

/** Messages out of a server's bytes, however they are cut; a class, for it is all state. */
export class MessageReader {
  readonly #longest: number;
  #chunks: Buffer[] = [];
  #held = 0;
  #head: Head | undefined;
  #parts: Buffer[] = [];
  #partBytes = 0;
  #begun = false;

  /** A message longer than so many bytes is refused before it has come. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The messages that these bytes end. Throws HttpFailure for what no WebSocket server sends. */
  *read(chunk: Uint8Array): Generator<Message, void, undefined> {
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    this.#held += chunk.length;
    for (;;) {
      this.#head ??= this.#readHead();
      const head = this.#head;
      if (head === undefined || this.#held < head.length) return;
      const payload = this.#take(head.length);
      this.#head = undefined;
      const message = head.opcode >= CLOSE ? control(head, payload) : this.#data(head, payload);
      if (message !== undefined) yield message;
    }
  }

  #data({ opcode, final }: Head, payload: Buffer): Message | undefined {
    if ((opcode === CONTINUATION) !== this.#begun)
      throw wrong('fragments of messages that do not go together');
    this.#parts.push(payload);
    this.#partBytes += payload.length;
    this.#begun = !final;
    if (!final) return undefined;
    const bytes = this.#parts.length === 1 ? payload : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partBytes = 0;
    return { kind: 'data', bytes };
  }

  #readHead(): Head | undefined {
    const peeked = this.#peek(10);
    if (peeked.length < 2) return undefined;
    const [first, second] = [peeked[0]!, peeked[1]!];
    const opcode = first & 0x0f;
    if ((first & 0x70) !== 0) throw wrong('an extension that was not agreed on');
    if ((second & 0x80) !== 0) throw wrong('a masked frame');
    if (opcode > BINARY && (opcode < CLOSE || opcode > PONG))
      throw wrong(`a frame of unknown kind ${opcode}`);
    const short = second & 0x7f;
    const size = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (peeked.length < size) return undefined;
    const length =
      short === 127 ? Number(peeked.readBigUInt64BE(2)) : short === 126 ? peeked.readUInt16BE(2) : short;
    const head = { final: (first & 0x80) !== 0, opcode, size, length };
    this.#check(head);
    this.#take(size);
    return head;
  }

  #check({ opcode, final, length }: Head): void {
    if (opcode >= CLOSE) {
      if (!final || length > CONTROL_BYTES) throw wrong('a control frame that is too long or in parts');
      return;
    }
    // Empty fragments without end would be held too.
    if (this.#partBytes + length > this.#longest || this.#parts.length > this.#longest / 16)
      throw wrong(`a message of more than ${this.#longest} bytes`);
  }

  /** The first bytes held, as many as there are of those wanted. */
  #peek(wanted: number): Buffer {
    if ((this.#chunks[0]?.length ?? 0) < wanted && this.#chunks.length > 1)
      this.#chunks = [Buffer.concat(this.#chunks)];
    return (this.#chunks[0] ?? Buffer.alloc(0)).subarray(0, wanted);
  }

  #take(length: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    const rest = all.subarray(length);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
    return all.subarray(0, length);
  }
}

function control({ opcode }: Head, bytes: Buffer): Message {
  return { kind: opcode === CLOSE ? 'close' : opcode === PING ? 'ping' : 'pong', bytes };
}

function wrong(what: string): HttpFailure {
  return new HttpFailure('not-http', `it sends ${what} over a WebSocket`, { sent: true });
}
