import { CalicoctlError } from '../../core/errors.ts';
import { textIn } from '../../core/json.ts';
import type { Result } from '../../core/result.ts';
import { clusterInformation } from '../../operations/lock.ts';
import type { Once, OnceResult } from './once.ts';
import type { Purpose } from './run.ts';
import type { Write } from './store.ts';
import { imagined } from './store.ts';
import { type Undone, undoWrites } from './undo.ts';
import { openLines, readUndoFile, type UndoFile, undoneLine } from './undo-file.ts';
import { undoneData, undoneText, writesDiff } from './words.ts';

export type UndoOnce = Pick<Once, 'lasting' | 'signal' | 'format' | 'dryRun' | 'path' | 'agree'>;

/** Puts back what the undo file says. */
export async function undoOnce(once: UndoOnce): Promise<OnceResult> {
  const { lasting, signal, format, dryRun, path } = once;
  const file = await readUndoFile(path);
  const guid = textIn((await clusterInformation(lasting))?.spec['clusterGUID']);
  if (file.cluster !== undefined && guid !== file.cluster)
    throw new CalicoctlError('input', `${path} is of another cluster, whose GUID is "${file.cluster}"`, {
      place: { file: path },
      hint: `The datastore has "${guid}": nothing of it was written by that run.`,
    });
  if (dryRun) return { result: await planned(once, file), interrupted: false };
  await once.agree(() => planned({ ...once, format: undefined }, file), 'Put this back?');
  const lines = await openLines(path, 'append');
  const results = await undoWrites(lasting, file.writes, {
    noteUndone: (number, version) => lines.append(undoneLine(number, version)),
    witness: async () => async () => {},
    signal,
  }).finally(lines.close);
  return { result: told(results, format, false), interrupted: signal.aborted };
}

async function planned({ lasting, format, signal }: UndoOnce, file: UndoFile): Promise<Result> {
  const writes: (Write & { readonly purpose: Purpose })[] = [];
  const results = await undoWrites(imagined(lasting), file.writes, {
    noteUndone: async () => {},
    witness: async (write) => {
      writes.push({ ...write, purpose: { write: 'undo' } });
      return async () => {};
    },
    signal,
  });
  if (format !== undefined) return { type: 'data', format, value: undoneData(results, true, writes) };
  return writesDiff(writes, undoneText(results, true));
}

function told(results: readonly Undone[], format: 'json' | 'yaml' | undefined, dryRun: boolean): Result {
  const result: Result =
    format === undefined
      ? { type: 'text', text: undoneText(results, dryRun) }
      : { type: 'data', format, value: undoneData(results, dryRun) };
  const isWhole = results.every(({ verdict }) => verdict === 'put back');
  return { type: 'sequence', results: [result], status: isWhole ? 0 : 1 };
}
