import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CalicoctlError } from '../../core/errors.ts';
import { isObject, type JsonObject, parseJson, stringifyJson } from '../../core/json.ts';
import { allKinds } from '../../resources/registry.ts';
import { type Check, type DatastoreName, type End, type Head, type Scope, Tally, VERSION } from './format.ts';
import { compareItems, ENTRIES, type Item, idOf, nameOf } from './item.ts';

/** A backup that can be read again and again. */
export interface BackupFile {
  /** As given on the command line. */
  readonly name: string;
  bytes(): AsyncIterable<Uint8Array>;
}

/** An object of a backup with what its line says. */
export interface Record extends Item {
  readonly value: JsonObject;
  readonly number: number;
}

const DATASTORES: readonly string[] = ['etcdv3', 'kubernetes', 'file'] satisfies readonly DatastoreName[];

/** What a backup is of; reads no more than its first line. */
export async function scopeOf(file: BackupFile): Promise<Scope> {
  for await (const { text } of linesOf(file)) return headOf(file, text);
  throw refused(file, 1, 'it is empty');
}

/** Objects in their order. Throws `input` at the first line that is not as it was written; the end is looked at too. */
export async function* recordsOf(file: BackupFile): AsyncGenerator<Record> {
  const tally = new Tally();
  const known = new Set(allKinds().map(({ kind }) => kind));
  let last: Item | undefined;
  let sound = 1;
  let number = 0;
  let ended = false;
  for await (const line of linesOf(file)) {
    number++;
    if (ended) throw refused(file, number, 'something stands behind its last line');
    if (!line.whole) throw cutOff(file, number);
    if (number === 1) headOf(file, line.text);
    else {
      const value = parsed(file, number, line.text);
      if (!('kind' in value) && ('check' in value || 'end' in value)) {
        verify(file, value as unknown as Check | End, tally, { number, sound });
        sound = number;
        ended = 'end' in value;
      } else {
        const record = recordOf(file, number, line.text, value, known);
        if (last !== undefined && compareItems(last, record) >= 0)
          throw refused(file, number, `${nameOf(record)} must not come behind ${nameOf(last)}`);
        last = record;
        tally.count(record.section);
        yield record;
      }
    }
    tally.add(`${line.text}\n`);
  }
  if (!ended) throw cutOff(file, number + 1);
}

function headOf(file: BackupFile, text: string): Scope {
  let head: Partial<Head> | undefined;
  try {
    head = JSON.parse(text) as Partial<Head>;
  } catch {
    // Said below.
  }
  const { version, datastore, kinds } = head?.backup ?? {};
  if (version === undefined || datastore === undefined || !DATASTORES.includes(datastore))
    throw refused(file, 1, 'it is no backup of calicoctl');
  if (version === VERSION && Array.isArray(kinds)) return { datastore, kinds };
  if (version === VERSION) throw refused(file, 1, 'it does not say of which kinds it is');
  throw refused(file, 1, `it is of version ${version}, which this calicoctl does not know`);
}

function parsed(file: BackupFile, number: number, text: string): JsonObject {
  try {
    const value = parseJson(text);
    if (isObject(value)) return value as JsonObject;
  } catch {
    // Said below.
  }
  throw refused(file, number, 'the line is no JSON object: it was altered');
}

interface Position {
  readonly number: number;
  /** The last line up to which everything is as it was written. */
  readonly sound: number;
}

function verify(file: BackupFile, line: Check | End, tally: Tally, { number, sound }: Position): void {
  const { objects, sha256 } = ('end' in line ? line.end : line.check) ?? {};
  if (sha256 !== tally.digest())
    throw refused(
      file,
      sound,
      `it was altered between lines ${sound} and ${number}: their SHA-256 is another`,
    );
  const counted = 'end' in line ? Object.fromEntries(tally.counts) : tally.objects;
  if (stringifyJson(objects ?? null) === stringifyJson(counted)) return;
  throw refused(file, number, 'the numbers of objects are not those of the lines before');
}

function recordOf(
  file: BackupFile,
  number: number,
  line: string,
  value: JsonObject,
  known: ReadonlySet<string>,
): Record {
  const { key, kind, metadata } = value;
  if (typeof key === 'string' && kind === undefined)
    return { section: ENTRIES, id: key, line, value, number };
  const name = isObject(metadata) ? metadata['name'] : undefined;
  if (typeof kind !== 'string' || typeof name !== 'string')
    throw refused(file, number, 'the line has neither a key nor a kind and a name');
  if (!known.has(kind)) throw refused(file, number, `the kind ${kind} is unknown to this calicoctl`);
  const { namespace } = metadata as { namespace?: string };
  return { section: kind, id: idOf({ name, ...(namespace && { namespace }) }), line, value, number };
}

function refused({ name }: BackupFile, line: number, why: string): CalicoctlError {
  return new CalicoctlError('input', `the backup ${name} cannot be used: line ${line}: ${why}`, {
    place: { file: name, line },
  });
}

function cutOff(file: BackupFile, line: number): CalicoctlError {
  return refused(file, line, 'it ends here, without its last line: it was cut off');
}

interface Line {
  readonly text: string;
  /** It has an end. */
  readonly whole: boolean;
}

/** Lines of text; a file that was packed is unpacked. */
async function* linesOf(file: BackupFile): AsyncGenerator<Line> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  let number = 1;
  try {
    for await (const chunk of unpacked(file)) {
      const pieces = (rest + utf8.decode(chunk, { stream: true })).split('\n');
      rest = pieces.pop()!;
      for (const text of pieces) {
        yield { text, whole: true };
        number++;
      }
    }
    rest += utf8.decode();
  } catch (cause) {
    if (cause instanceof CalicoctlError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw cutOff(file, number);
    if (code?.startsWith('Z_')) throw refused(file, number, `it cannot be unpacked from here: ${message}`);
    if (cause instanceof TypeError) throw refused(file, number, 'the line is not UTF-8: it was altered');
    throw cause;
  }
  if (rest !== '') yield { text: rest, whole: false };
}

async function* unpacked({ bytes }: BackupFile): AsyncGenerator<Uint8Array> {
  const chunks = bytes()[Symbol.asyncIterator]();
  let first = new Uint8Array(0);
  // A pipe may give one byte at a time, and it takes two to tell.
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    first = Buffer.concat([first, next.value]);
    if (first.length > 1) break;
  }
  const all = beginningWith(first, chunks);
  if (first[0] !== 0x1f || first[1] !== 0x8b) return yield* all;
  const source = Readable.from(all);
  const plain = createGunzip();
  source.on('error', (error) => plain.destroy(error));
  try {
    yield* source.pipe(plain);
  } finally {
    source.destroy();
  }
}

async function* beginningWith<T>(first: T, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    // The file is open until then, also for whoever wants no more than its first line.
    await rest.return?.();
  }
}
