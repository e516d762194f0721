import { CalicoctlError, formatPlace, isError } from '../../core/errors.ts';
import { parsedDocument } from '../../input/documents.ts';
import { type Manifest, readManifests } from '../../resources/manifest.ts';
import { FIRST } from '../kinds.ts';
import { reasonToLeaveOut } from '../mapping.ts';
import { cutDocuments } from './cut.ts';
import type { Part } from './file.ts';
import type { Wanted } from './wanted.ts';

/** The resources of the first part. All have been read once; may be gone through any number of times. */
export interface FirstPart extends AsyncIterable<Manifest> {
  readonly total: number;
  /** How many of each kind, in the order of the file. */
  readonly counts: ReadonlyMap<string, number>;
  /** What the datastore is not given. */
  readonly leftOut: readonly LeftOutOfFile[];
}

export interface LeftOutOfFile {
  readonly kind: string;
  readonly reason: string;
  readonly count: number;
}

/** A part of up to so many bytes stays in memory; a longer one is parsed again for each use. */
const MEMORY = 16 * 1024 * 1024;

export interface ReadOptions {
  readonly wanted: Wanted;
  readonly signal: AbortSignal;
  /** Told of each document that cannot be read; the others follow. Thrown where absent. */
  readonly onFault?: (error: CalicoctlError) => void;
}

/**
 * Reads everything, so that one resource that is none stops the import before it writes any. Those that others refer to
 * come first.
 */
export async function readFirstPart(part: Part, options: ReadOptions): Promise<FirstPart> {
  const first: Manifest[] = [];
  let held: Manifest[] | undefined = part.size <= MEMORY ? [] : undefined;
  const counts = new Map<string, number>();
  const leftOut = new Map<string, LeftOutOfFile>();
  let total = 0;
  for await (const manifest of manifestsIn(part, options)) {
    const { kind, resource } = manifest;
    const reason = reasonToLeaveOut(resource, options.wanted.store);
    if (reason !== undefined) {
      const key = `${kind.kind} ${reason}`;
      leftOut.set(key, { kind: kind.kind, reason, count: (leftOut.get(key)?.count ?? 0) + 1 });
      continue;
    }
    const where = manifest.place === undefined ? part.file : formatPlace(manifest.place([]));
    if (!takes(options, () => options.wanted.add(kind, resource, where))) continue;
    total++;
    counts.set(kind.kind, (counts.get(kind.kind) ?? 0) + 1);
    if (FIRST.has(kind.kind)) first.push(manifest);
    else held?.push(manifest);
  }
  const others = held;
  held = undefined;
  return {
    ...{ total, counts, leftOut: [...leftOut.values()] },
    async *[Symbol.asyncIterator]() {
      yield* first;
      if (others !== undefined) yield* others;
      else yield* othersIn(part, options);
    },
  };
}

function takes({ onFault }: ReadOptions, work: () => boolean): boolean {
  try {
    return work();
  } catch (error) {
    if (onFault === undefined || !isError(error, 'input')) throw error;
    onFault(error);
    return false;
  }
}

async function* othersIn(part: Part, options: ReadOptions): AsyncGenerator<Manifest> {
  for await (const manifest of manifestsIn(part, options)) {
    const isLeftOut = reasonToLeaveOut(manifest.resource, options.wanted.store) !== undefined;
    if (!isLeftOut && !FIRST.has(manifest.kind.kind)) yield manifest;
  }
}

async function* manifestsIn(part: Part, { signal, onFault }: ReadOptions): AsyncGenerator<Manifest> {
  let index = 0;
  for await (const raw of cutDocuments(part)) {
    if (signal.aborted) throw new CalicoctlError('cancelled', 'interrupted while reading the file');
    try {
      const document = parsedDocument(raw, index++);
      if (document !== undefined) yield* await readManifests(document);
    } catch (error) {
      if (onFault === undefined || !isError(error, 'input')) throw error;
      onFault(error);
    }
  }
}
