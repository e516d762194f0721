import { CalicoctlError, type Place } from '../core/errors.ts';
import {
  type InputOptions,
  noResourcesInFile,
  readDocuments,
  type SourceDocument,
} from '../input/documents.ts';
import { checkReadable } from '../resources/check.ts';
import { type Manifest, readManifestsTolerantly } from '../resources/manifest.ts';
import type { Examination } from './examination.ts';

export interface ExamineOptions extends Omit<InputOptions, 'onFault'> {
  /** Pass over what is none of Calico's. */
  readonly skipForeign?: boolean;
}

/**
 * Examines every document of files, folders and standard input, one in memory at a time, whatever is wrong with some.
 * Returns how many were passed over.
 */
export async function examineFiles(
  examination: Pick<Examination, 'refuse'> & {
    take(manifest: Manifest): unknown;
    enter?(file: string): Promise<void>;
  },
  { skipForeign = false, ...options }: ExamineOptions,
): Promise<number> {
  const foreign = skipForeign ? await import('./foreign.ts') : undefined;
  const skipEmptyFiles = options.skipEmpty || skipForeign;
  let passedOver = 0;
  const leaveOut = (value: unknown): boolean => {
    if (!foreign?.isForeign(value)) return false;
    passedOver++;
    return true;
  };
  const refuse = (error: CalicoctlError, line?: SourceDocument['line'], text?: string) => {
    if (text !== undefined && foreign?.isForeignText(text)) passedOver++;
    else examination.refuse(error, line);
  };
  let file: { readonly name: string; resources: number } | undefined;
  const close = () => {
    if (file?.resources === 0 && !skipEmptyFiles) refuse(noResourcesInFile(file.name));
  };
  for await (const document of readDocuments({ ...options, skipEmptyFiles, onFault: refuse })) {
    if (file?.name !== document.file) {
      close();
      file = { name: document.file, resources: 0 };
      await examination.enter?.(document.file);
    }
    const refused: CalicoctlError[] = [];
    const keep = (error: CalicoctlError) => refused.push(error);
    const manifests = await readManifestsTolerantly(document, keep, foreign && leaveOut, checkReadable);
    file.resources += refused.length + manifests.length;
    for (const item of inOrder(refused, manifests)) {
      if (item instanceof CalicoctlError) refuse(item, document.line);
      else examination.take(item);
    }
  }
  close();
  return passedOver;
}

/** What could be read of a list and what could not, both in order, as they stand in it. */
function* inOrder(
  refused: readonly CalicoctlError[],
  manifests: readonly Manifest[],
): Generator<CalicoctlError | Manifest> {
  let next = 0;
  for (const manifest of manifests) {
    // Places are dear, and most documents are sound.
    const place = next < refused.length ? manifest.place?.([]) : undefined;
    while (place && next < refused.length && isBefore(placeOf(refused[next]!), place)) yield refused[next++]!;
    yield manifest;
  }
  yield* refused.slice(next);
}

function placeOf({ details: { place, problems } }: CalicoctlError): Place | undefined {
  return place ?? problems?.[0]?.place;
}

function isBefore(a: Place | undefined, b: Place): boolean {
  const [line = 0, column = 0] = [a?.line, a?.column];
  return line === b.line ? column < (b.column ?? 0) : line < (b.line ?? 0);
}
