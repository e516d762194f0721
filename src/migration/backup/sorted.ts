import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CalicoctlError } from '../../core/errors.ts';
import { compareItems, type Found } from './item.ts';

/** So many characters are sorted in memory at once; what is more goes through temporary files. */
const LIMIT = 32 << 20;

/** Items in their order, in bounded memory whatever their number. */
export async function* inOrder(items: AsyncIterable<Found>, limit = LIMIT): AsyncGenerator<Found> {
  const runs: FileHandle[] = [];
  let held: Found[] = [];
  let size = 0;
  try {
    for await (const item of items) {
      held.push(item);
      size += item.line.length + item.id.length + 64;
      if (size < limit) continue;
      runs.push(await spill(held.sort(compareItems)));
      [held, size] = [[], 0];
    }
    held.sort(compareItems);
    if (runs.length === 0) yield* held;
    else yield* merged([...runs.map(readRun), held.values()]);
  } finally {
    await Promise.all(runs.map((run) => run.close()));
  }
}

const BLOCK = 1 << 18;

/** The name goes at once, so that nothing stays behind however the program ends. */
async function spill(items: readonly Found[]): Promise<FileHandle> {
  const path = join(tmpdir(), `calicoctl-${crypto.randomUUID()}`);
  try {
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    let block = '';
    for (const [index, item] of items.entries()) {
      block += `${JSON.stringify([item.section, item.id, item.line, item.version])}\n`;
      if (block.length < BLOCK && index < items.length - 1) continue;
      await file.appendFile(block);
      block = '';
    }
    return file;
  } catch (cause) {
    throw new CalicoctlError('input', `cannot sort in a temporary file: ${(cause as Error).message}`, {
      hint: 'Set TMPDIR to a folder with room.',
      cause,
    });
  }
}

async function* readRun(file: FileHandle): AsyncGenerator<Found> {
  const input = file.createReadStream({ start: 0, autoClose: false, encoding: 'utf8' });
  for await (const text of createInterface({ input })) {
    const [section, id, line, version] = JSON.parse(text) as [string, string, string, string];
    yield { section, id, line, version };
  }
}

type Source = AsyncIterator<Found> | Iterator<Found>;

async function* merged(sources: readonly Source[]): AsyncGenerator<Found> {
  const heads: { item: Found; source: Source }[] = [];
  for (const source of sources) {
    const { value, done } = await source.next();
    if (!done) heads.push({ item: value, source });
  }
  while (heads.length > 0) {
    let least = 0;
    for (let index = 1; index < heads.length; index++)
      if (compareItems(heads[index]!.item, heads[least]!.item) < 0) least = index;
    const head = heads[least]!;
    yield head.item;
    const { value, done } = await head.source.next();
    if (done) heads.splice(least, 1);
    else head.item = value;
  }
}
