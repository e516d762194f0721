import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CorruptEntry, Query } from '../datastore.ts';
import { codeOf, guarded } from './failure.ts';
import { isFolder } from './files.ts';
import { compareKeys, decodeName, encodeName, folderOfKind, splitEnding } from './names.ts';

/** Which files of a kind there are, found by names alone: nothing is opened. */
export interface Scan {
  /** In key order. */
  readonly slots: readonly Slot[];
  /** Files and folders that stand where no resource of the kind can. */
  readonly strays: readonly CorruptEntry[];
}

/** The place of one resource. More than one file in it is a fault that reading reports. */
export interface Slot {
  readonly key: string;
  readonly name: string;
  readonly namespace?: string;
  readonly files: readonly string[];
}

interface Walk {
  readonly directory: string;
  readonly query: Query;
  readonly slots: Map<string, Slot & { readonly files: string[] }>;
  readonly strays: CorruptEntry[];
}

export function scan(directory: string, query: Query): Scan {
  const walk: Walk = { directory, query, slots: new Map(), strays: [] };
  const folder = folderOfKind(query.kind);
  if (query.kind.scope === 'cluster') walkFiles(walk, folder, undefined);
  else if (query.namespace === undefined) walkNamespaces(walk, folder, '');
  else walkFiles(walk, `${folder}/${encodeName(query.namespace)}`, query.namespace);
  const slots = [...walk.slots.values()].sort((a, b) => compareKeys(a.key, b.key));
  return { slots, strays: walk.strays };
}

function entriesOf({ directory }: Walk, folder: string): readonly Dirent[] {
  if (!isFolder(directory, folder)) return [];
  const path = join(directory, folder);
  return guarded('read', path, () => {
    try {
      return readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.name.startsWith('.'));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

function walkNamespaces(walk: Walk, folder: string, before: string): void {
  for (const entry of entriesOf(walk, folder)) {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory() && !entry.isSymbolicLink()) {
      if (splitEnding(entry.name)) stray(walk, path, 'belongs into the folder of its namespace');
    } else if (entry.name.endsWith('%')) {
      walkNamespaces(walk, path, `${before}${entry.name}/`);
    } else {
      const namespace = decodeName(`${before}${entry.name}`);
      if (namespace === undefined) stray(walk, path, misnamed(entry.name));
      else walkFiles(walk, path, namespace);
    }
  }
}

function walkFiles(walk: Walk, folder: string, namespace: string | undefined, before = ''): void {
  for (const entry of entriesOf(walk, folder)) {
    const path = `${folder}/${entry.name}`;
    const split = splitEnding(entry.name);
    if (entry.isDirectory() && entry.name.endsWith('%')) {
      walkFiles(walk, path, namespace, `${before}${entry.name}/`);
    } else if (split !== undefined) {
      const name = decodeName(before + split.stem);
      if (name === undefined) stray(walk, path, misnamed(split.stem));
      else addFile(walk, path, name, namespace);
    } else if (entry.isDirectory()) {
      stray(walk, path, 'is a folder where only files belong');
    }
  }
}

function addFile(walk: Walk, path: string, name: string, namespace: string | undefined): void {
  const { namePrefix } = walk.query;
  if (namePrefix !== undefined && !name.startsWith(namePrefix)) return;
  const key = namespace === undefined ? name : `${namespace}/${name}`;
  const file = join(walk.directory, path);
  const slot = walk.slots.get(key);
  if (slot !== undefined) slot.files.push(file);
  else walk.slots.set(key, { key, name, ...(namespace === undefined ? {} : { namespace }), files: [file] });
}

function stray(walk: Walk, path: string, reason: string): void {
  walk.strays.push({ entry: join(walk.directory, path), reason });
}

function misnamed(stem: string): string {
  const lower = stem.toLowerCase();
  const advice = lower === stem ? '' : `; for a resource named "${stem}" it is "${encodeName(stem)}"`;
  return `is not the file name of a resource${advice}`;
}

/** Something that changes whenever a file is written or replaced; undefined where it is gone. */
export function markOf(slot: Slot): string | undefined {
  const marks = slot.files.flatMap((file) => {
    const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? [] : [`${found.ino}.${found.size}.${found.mtimeNs}.${found.ctimeNs}`];
  });
  return marks.length === 0 ? undefined : `${slot.key} ${marks.join(' ')}`;
}
