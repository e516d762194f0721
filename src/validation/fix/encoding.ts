import { encodingOf } from '../../input/decode.ts';

/** A file's text, and how text becomes its bytes again: same encoding, same byte order mark. */
export interface FileText {
  readonly text: string;
  encode(text: string): Uint8Array;
}

/** Reads bytes as src/input does; undefined where text would not become the same bytes again. */
export function textOf(bytes: Uint8Array): FileText | undefined {
  const { encoding, mark } = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes.subarray(mark));
  } catch {
    return undefined;
  }
  const head = bytes.slice(0, mark);
  const encode = (changed: string) => Buffer.concat([head, encoded(changed, encoding)]);
  return Buffer.compare(encode(text), bytes) === 0 ? { text, encode } : undefined;
}

function encoded(text: string, encoding: string): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text);
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
}
