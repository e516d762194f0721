import type { CalicoctlError } from '../core/errors.ts';
import {
  type InputOptions,
  noResourcesInFile,
  readDocuments,
  type SourceDocument,
} from '../input/documents.ts';
import { checkReadable } from '../resources/check.ts';
import { type Manifest, readManifestsTolerantly } from '../resources/manifest.ts';
import { READING } from '../resources/structure.ts';
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
  const skipEmpty = options.skipEmpty || skipForeign;
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
    if (file?.resources === 0 && !skipEmpty) refuse(noResourcesInFile(file.name));
  };
  for await (const document of readDocuments({ ...options, skipEmpty, onFault: refuse })) {
    if (file?.name !== document.file) {
      close();
      file = { name: document.file, resources: 0 };
      await examination.enter?.(document.file);
    }
    const count = (error: CalicoctlError) => {
      file!.resources++;
      refuse(error, document.line);
    };
    for (const manifest of await readManifestsTolerantly(
      document,
      count,
      foreign && leaveOut,
      checkReadable,
    )) {
      file.resources++;
      examination.take(manifest);
    }
  }
  close();
  return passedOver;
}

/** The ids of faults that say nothing about a resource: the input itself is at fault. */
export const INPUT_RULES: ReadonlySet<string> = new Set([
  READING.file.id,
  READING.syntax.id,
  READING.empty.id,
]);
