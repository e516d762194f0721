import { faultAt } from './fault.ts';

/**
 * Bytes to text, in pieces as they come: UTF-8, or UTF-16 where a byte order mark says so; the mark is left out.
 * Throws CalicoctlError where the bytes are not text of that encoding.
 */
export async function* decodeText(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let head: Uint8Array = new Uint8Array(0);
  let lines = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      const text = chunk === undefined ? decoder!.decode() : decoder!.decode(chunk, { stream: true });
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
      return text;
    } catch {
      throw notText(file, decoder!.encoding, lines, chunk);
    }
  };
  for await (const chunk of bytes) {
    if (decoder === undefined) {
      head = joined(head, chunk);
      if (head.length < 2) continue;
      decoder = decoderFor(head);
      yield decode(head);
    } else {
      yield decode(chunk);
    }
  }
  if (decoder === undefined) {
    decoder = decoderFor(head);
    yield decode(head);
  }
  yield decode();
}

function decoderFor(head: Uint8Array): TextDecoder {
  return new TextDecoder(encodingOf(head).encoding, { fatal: true });
}

/** The encoding of text that begins with these bytes, and how many of them are its byte order mark. */
export function encodingOf(head: Uint8Array): {
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  readonly mark: number;
} {
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', mark: 2 };
  return { encoding: 'utf-8', mark: head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0 };
}

function joined(head: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (head.length === 0) return chunk;
  const both = new Uint8Array(head.length + chunk.length);
  both.set(head);
  both.set(chunk, head.length);
  return both;
}

function notText(file: string, encoding: string, linesBefore: number, chunk: Uint8Array | undefined): Error {
  const loose = new TextDecoder(encoding as 'utf-8').decode(chunk ?? new Uint8Array(0));
  const bad = loose.indexOf('\uFFFD');
  const before = bad === -1 ? loose : loose.slice(0, bad);
  const line = linesBefore + before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return faultAt({ file, line, column }, `not text in ${encoding.toUpperCase()}`, 'file');
}
