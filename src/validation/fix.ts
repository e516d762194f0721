import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CalicoctlError, formatPath, formatPlace, isError } from '../core/errors.ts';
import { groupBy } from '../core/group.ts';
import type { Io } from '../core/io.ts';
import type { Finding } from '../core/result.ts';
import { parseDocument } from '../input/parse.ts';
import { lineOf, lineStarts, type RawDocument } from '../input/raw.ts';
import { Splitter } from '../input/split.ts';
import { changedMeanwhile, type Edit, edited, editsOf, Refusal } from './fix/edits.ts';
import { textOf } from './fix/encoding.ts';
import { replaceFile } from './fix/replace.ts';
import { readsAsEdited } from './fix/verify.ts';

/** What was rewritten, and which files were left as they are although something could have been. */
export interface Fixed {
  readonly changes: readonly string[];
  readonly refusals: readonly string[];
}

/**
 * Rewrites in the files what has one right answer (`fix` of findings), only these bytes. A file that would then read
 * otherwise in any other field, or has changed since, is left alone as a whole.
 */
export async function fixFiles(findings: readonly Finding[], cwd: string): Promise<Fixed> {
  const changes: string[] = [];
  const refusals: string[] = [];
  for (const [path, some] of await byFile(findings, cwd)) {
    const { file } = some[0]!.place!;
    try {
      const edits = await fixFile(path, some);
      changes.push(...edits.map((edit) => wordsOf(edit, file)));
    } catch (error) {
      refusals.push(`${file} is left as it is: ${reasonOf(error)}`);
    }
  }
  return { changes, refusals };
}

/** `--fix` needs files that can be written; told before anything is read. */
export function checkFixable(files: readonly string[]): void {
  if (files.length > 0 && !files.includes('-')) return;
  throw new CalicoctlError('usage', '--fix rewrites files: give their names with -f, not standard input');
}

/** Mending one fault may bring another to light; more often than this it is a circle. */
const ROUNDS = 5;

/** Looks, mends and looks again until nothing is left that can be mended; says on stderr what was. */
export async function fixUntilDone<R extends { readonly findings: readonly Finding[] }>(
  look: () => Promise<R>,
  io: Pick<Io, 'cwd' | 'err'>,
): Promise<R> {
  let found = await look();
  for (let round = 0; round < ROUNDS; round++) {
    const { changes, refusals } = await fixFiles(found.findings, io.cwd);
    for (const change of changes) io.err(`Fixed: ${change}\n`);
    for (const refusal of refusals) io.err(`Not fixed: ${refusal}\n`);
    if (changes.length === 0) break;
    found = await look();
    if (refusals.length > 0) break;
  }
  return found;
}

/** By real path: two names may lead to one file. */
async function byFile(findings: readonly Finding[], cwd: string): Promise<Map<string, Finding[]>> {
  const files = new Map<string, Finding[]>();
  const paths = new Map<string, string>();
  for (const finding of findings) {
    const { fix, place } = finding;
    if (fix === undefined || place?.line === undefined || place.file === '-') continue;
    const given = resolve(cwd, place.file);
    const path = paths.get(given) ?? (await realpath(given).catch(() => given));
    paths.set(given, path);
    const some = files.get(path);
    if (some === undefined) files.set(path, [finding]);
    else some.push(finding);
  }
  return files;
}

/** Returns what was changed, in order. */
async function fixFile(path: string, findings: readonly Finding[]): Promise<readonly Edit[]> {
  if (!(await stat(path)).isFile()) throw new Refusal('it is no regular file');
  // Another file could take its place all the same, but whoever write-protected it does not want that.
  await access(path, constants.W_OK);
  const before = await readFile(path);
  const source = textOf(before);
  if (source === undefined) throw new Refusal('it is no text');
  const name = findings[0]!.place!.file;
  const documents = split(name, source.text);
  const editsBy = editsByDocument(documents, findings);
  const texts = documents.map((raw, index) => edited(raw.text, editsBy[index]!));
  const text = joined(source.text, documents, texts);
  verify(documents, split(name, text), editsBy);
  await replaceFile(path, before, source.encode(text));
  return editsBy.flat();
}

function split(file: string, text: string): readonly RawDocument[] {
  const splitter = new Splitter(file);
  return [...splitter.push(text), ...splitter.end()];
}

function editsByDocument(
  documents: readonly RawDocument[],
  findings: readonly Finding[],
): (readonly Edit[])[] {
  // One long line may have many findings: that it is as it was has to be seen once.
  const seen = new Map<RawDocument, Map<number, string>>();
  const groups = groupBy(findings, (finding) => {
    const raw = documentOf(documents, finding);
    const { line = 1 } = finding.place!;
    const lines = (raw && seen.get(raw)) ?? new Map<number, string>();
    if (raw) seen.set(raw, lines);
    if (raw === undefined || !isUnchanged(raw, line, finding.source, lines))
      throw new Refusal(changedMeanwhile(finding));
    return raw;
  });
  // What cannot be parsed has nothing to mend, and does not keep others from being mended.
  return documents.map((raw) => (groups.has(raw) ? editsOf(raw, groups.get(raw)!) : []));
}

function isUnchanged(
  raw: RawDocument,
  line: number,
  source: string | undefined,
  lines: Map<number, string>,
): boolean {
  if (source === undefined || lines.get(line) === source) return true;
  lines.set(line, source);
  return lineOf(raw, line) === source;
}

/** The last document that begins at or before the finding. */
function documentOf(documents: readonly RawDocument[], { place }: Finding): RawDocument | undefined {
  const { line = 1, column = 1 } = place!;
  return documents.findLast((one) => one.line < line - 1 || (one.line === line - 1 && one.column < column));
}

/** What stands between documents stays. */
function joined(text: string, documents: readonly RawDocument[], texts: readonly string[]): string {
  const starts = lineStarts(text);
  const pieces: string[] = [];
  let at = 0;
  for (const [index, { text: old, line, column }] of documents.entries()) {
    const start = starts[line]! + column;
    pieces.push(text.slice(at, start), texts[index]!);
    at = start + old.length;
  }
  return pieces.join('') + text.slice(at);
}

function verify(
  before: readonly RawDocument[],
  after: readonly RawDocument[],
  editsBy: readonly (readonly Edit[])[],
): void {
  const isSame = (raw: RawDocument, index: number) => {
    const now = after[index]!;
    return raw.text === now.text || readsAsEdited(parseDocument(raw), parseDocument(now), editsBy[index]!);
  };
  if (before.length === after.length && before.every(isSame)) return;
  throw new Refusal('something else in it would read otherwise');
}

function wordsOf({ finding, place, from, to }: Edit, file: string): string {
  const field = formatPath(finding.path);
  return `${formatPlace({ ...place, file })}: ${field}: ${from} -> ${to} [${finding.rule}]`;
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal || isError(error, 'input')) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return REASONS[code] ?? message;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'it is on a read-only file system',
  ENOSPC: 'there is no space left',
  ENOENT: 'it is no longer there',
};
