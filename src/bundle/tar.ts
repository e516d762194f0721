/** Headers of tar in the form of POSIX: ustar, and pax records for what does not fit into it. */

const BLOCK = 512;
/** Sizes of eleven octal digits. */
const GREATEST = 8 ** 11;

/** What stands behind the last entry. */
export const TRAILER: Uint8Array = new Uint8Array(2 * BLOCK);

/** What fills the last block of an entry of that size. */
export function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** Before the bytes of a file that only its owner may read. */
export function fileHeader(name: string, size: number, time: Date): Uint8Array {
  return withRecords({ name, size, time, mode: 0o600, type: '0' });
}

/** A folder; its name ends in `/`. */
export function folderHeader(name: string, time: Date): Uint8Array {
  return withRecords({ name, size: 0, time, mode: 0o700, type: '5' });
}

/** A symbolic link to a name beside it. */
export function linkHeader(name: string, target: string, time: Date): Uint8Array {
  return withRecords({ name, size: 0, time, mode: 0o700, type: '2', target });
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly time: Date;
  readonly mode: number;
  readonly type: '0' | '2' | '5' | 'x';
  /** Of a link. */
  readonly target?: string;
}

function withRecords(header: Header): Uint8Array {
  const { name, size, time, target = '' } = header;
  const records: string[] = [];
  if (!/^[\x20-\x7e]{1,100}$/.test(name)) records.push(record('path', name));
  if (!/^[\x20-\x7e]{0,100}$/.test(target)) records.push(record('linkpath', target));
  if (size >= GREATEST) records.push(record('size', String(size)));
  if (records.length === 0) return block(header);
  const text = Buffer.from(records.join(''));
  const before = block({ name: 'pax', size: text.length, time, mode: 0o600, type: 'x' });
  const plain = name.replace(/[^\x20-\x7e]/g, '_').slice(-100);
  const own = block({ ...header, name: plain, size: size >= GREATEST ? 0 : size });
  return Buffer.concat([before, text, padding(text.length), own]);
}

/** `LENGTH KEY=VALUE`, where the length counts itself. */
function record(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function block({ name, size, time, mode, type, target = '' }: Header): Uint8Array {
  const bytes = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    bytes.write(value.toString(8).padStart(length - 1, '0'), at, 'ascii');
  bytes.write(name, 0, 100, 'ascii');
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(Math.max(0, Math.floor(time.getTime() / 1000)), 136, 12);
  bytes.fill(' ', 148, 156);
  bytes.write(type, 156, 'ascii');
  bytes.write(target.slice(0, 100), 157, 'ascii');
  bytes.write('ustar\x0000', 257, 'ascii');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return bytes;
}
