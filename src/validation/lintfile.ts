import { dirname, relative, sep } from 'node:path';
import { CalicoctlError, type FieldPath, formatPath, formatPlace, formatValue } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import { isObject } from '../core/json.ts';
import type { Severity } from '../core/result.ts';
import { didYouMean } from '../core/suggest.ts';
import { readDocuments, type SourceDocument } from '../input/documents.ts';
import { globTest } from './glob.ts';
import { IGNORABLE } from './ids.ts';
import { ignorableBy } from './suppression.ts';

/** A `.calicoctl-lint.yaml`. */
export interface LintFile {
  readonly failOn: Severity | undefined;
  /** `path` is the whole path of a file of the input. */
  ignores(rule: string, path: string): boolean;
}

/** Reads one; throws CalicoctlError of class `configuration` with the place of what is wrong. */
export async function readLintFile(path: string, io: Io): Promise<LintFile> {
  const shown = relative(io.cwd, path);
  const documents: SourceDocument[] = [];
  for await (const document of readDocuments({ files: [shown], recursive: false, skipEmpty: true, io }))
    documents.push(document);
  const [first, second] = documents;
  if (second !== undefined) throw refusal(second, [], 'is a second document: the file has one');
  if (first === undefined) return { failOn: undefined, ignores: () => false };
  const { ignore, paths, failOn } = fieldsOf(first, first.value, [], ['ignore', 'paths', 'failOn']);
  const everywhere = idsOf(first, ignore, ['ignore']);
  const somewhere = listOf(first, paths, ['paths']).map((item, index) =>
    pathsItem(first, item, ['paths', index]),
  );
  const folder = dirname(path);
  return {
    failOn: severityOf(first, failOn),
    ignores: (rule, file) => {
      if (everywhere.has(rule)) return true;
      const below = relative(folder, file).replaceAll(sep, '/');
      return somewhere.some(({ ids, matches }) => ids.has(rule) && matches(below));
    },
  };
}

function pathsItem(document: SourceDocument, item: unknown, path: FieldPath) {
  const { glob, ignore } = fieldsOf(document, item, path, ['glob', 'ignore']);
  if (typeof glob !== 'string' || glob === '')
    throw refusal(
      document,
      [...path, 'glob'],
      'is needed: a pattern of file names such as "legacy/**"',
      glob,
    );
  return { matches: globTest(glob), ids: idsOf(document, ignore, [...path, 'ignore']) };
}

function severityOf(document: SourceDocument, value: unknown): Severity | undefined {
  if (value === undefined || value === 'error' || value === 'warning') return value;
  throw refusal(document, ['failOn'], 'is not supported: use error or warning', value);
}

function idsOf(document: SourceDocument, value: unknown, path: FieldPath): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const [index, id] of listOf(document, value, path).entries()) {
    const named = typeof id === 'string' ? ignorableBy(id) : [];
    if (named.length === 0) {
      const near = typeof id === 'string' ? didYouMean(id, [...IGNORABLE, 'all']) : '';
      throw refusal(document, [...path, index], `is not the id of a warning${near}`, id);
    }
    for (const rule of named) ids.add(rule);
  }
  return ids;
}

function listOf(document: SourceDocument, value: unknown, path: FieldPath): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw refusal(document, path, 'is not a list', value);
}

function fieldsOf(document: SourceDocument, value: unknown, path: FieldPath, known: readonly string[]) {
  if (!isObject(value)) throw refusal(document, path, `is not a mapping with ${known.join(', ')}`, value);
  for (const key of Object.keys(value))
    if (!known.includes(key)) {
      const message = `is not known here: use ${known.join(', ')}${didYouMean(key, known)}`;
      throw refusal(document, [...path, key], message, undefined, 'key');
    }
  return value;
}

function refusal(
  document: SourceDocument,
  path: FieldPath,
  message: string,
  value?: unknown,
  at?: 'key' | 'value',
): CalicoctlError {
  const place = document.place(path, at);
  const field = path.length === 0 ? '' : `${formatPath(path)}: `;
  const shown = value === undefined ? '' : `${formatValue(value)} `;
  return new CalicoctlError('configuration', `${formatPlace(place)}: ${field}${shown}${message}`, { place });
}
