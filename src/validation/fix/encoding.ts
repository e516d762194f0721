/** A file's text, and how text becomes its bytes again: same encoding, same byte order mark. */
export interface FileText {
  readonly text: string;
  encode(text: string): Uint8Array;
}

/** Reads bytes as src/input does; undefined where text would not become the same bytes again. */
export function textOf(bytes: Uint8Array): FileText | undefined {
  const [encoding, mark] = encodingOf(bytes);
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

function encodingOf(bytes: Uint8Array): [encoding: 'utf-8' | 'utf-16le' | 'utf-16be', mark: number] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return ['utf-16le', 2];
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return ['utf-16be', 2];
  return ['utf-8', bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0];
}

function encoded(text: string, encoding: string): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text);
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
}
