import { lstatSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { CalicoctlError } from '../../core/errors.ts';
import { decodeStored } from '../../resources/document.ts';
import { API_VERSION, formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import { keepComments } from './comments.ts';
import { type Entry, findEntry, readResource, textOf } from './entry.ts';
import { codeOf, fileFailure, guarded } from './failure.ts';
import { isFolder, linkIfFree, readPlain } from './files.ts';
import { printManifest, withVersion } from './manifest.ts';
import { ENDINGS, stemOf } from './names.ts';
import { versionOf } from './version.ts';
import type { Workspace } from './workspace.ts';
import { loadYaml } from './yaml.ts';

/** Where writes go. */
export interface Target {
  readonly directory: string;
  readonly workspace: Workspace;
}

const utf8 = new TextEncoder();

/** Stores a new resource. Its file appears whole or not at all, and only if none was there. */
export async function create({ directory, workspace }: Target, ref: Ref, given: Resource): Promise<Resource> {
  const resource = storable(ref, given);
  await refuseExisting(directory, ref);
  const bytes = utf8.encode(printManifest(await loadYaml(), resource, ENDINGS[0]));
  const file = join(directory, stemOf(ref) + ENDINGS[0]);
  makeRoot(directory);
  const staged = await workspace.stage(bytes, undefined);
  let made = false;
  try {
    made = makeFolders(directory, dirname(stemOf(ref)));
    // Between losing the race and looking who won, the winner's file may be gone again.
    while (!linkIfFree(staged, file)) await refuseExisting(directory, ref);
  } catch (error) {
    throw fileFailure(error, 'create', file);
  } finally {
    workspace.discard(staged);
  }
  await syncFolder(dirname(file));
  if (made) await syncAncestors(directory, dirname(file));
  return withVersion(ref.kind, resource, await versionOf(bytes));
}

async function refuseExisting(directory: string, ref: Ref): Promise<void> {
  const entry = await findEntry(directory, ref);
  if (entry === undefined) return;
  await readResource(ref, entry);
  throw new CalicoctlError('already-exists', `resource already exists: ${formatRef(ref)}`, {
    resource: formatRef(ref),
  });
}

/** Replaces a resource if it is still the one that `given` was made of. */
export async function update({ directory, workspace }: Target, ref: Ref, given: Resource): Promise<Resource> {
  const expected = given.metadata.resourceVersion;
  if (!expected) throw new Error(`update of ${formatRef(ref)} without a version`);
  const resource = storable(ref, given);
  const entry = await existing(directory, ref);
  // Who broke a file by hand should hear of that, not of a conflict; and the same bytes may be good elsewhere.
  await readResource(ref, entry);
  requireVersion(ref, entry, expected);
  const bytes = utf8.encode(await replacement(ref, entry, resource));
  const version = await versionOf(bytes);
  if (version === entry.version) return withVersion(ref.kind, resource, version);
  const found = lstatSync(entry.file, { throwIfNoEntry: false });
  if (found === undefined) throw missing(ref);
  const staged = await workspace.stage(bytes, found.mode & 0o777);
  try {
    await workspace.exclusively(() => {
      requireUnchanged(directory, ref, entry);
      guarded('replace', entry.file, () => renameSync(staged, entry.file));
    });
  } finally {
    workspace.discard(staged);
  }
  await syncFolder(dirname(entry.file));
  return withVersion(ref.kind, resource, version);
}

async function replacement(ref: Ref, entry: Entry, resource: Resource): Promise<string> {
  const yaml = await loadYaml();
  const plain = printManifest(yaml, resource, entry.ending);
  if (entry.ending === '.json') return plain;
  return keepComments({ yaml, ref, file: entry.file, before: textOf(ref, entry), after: resource, plain });
}

/** Removes a resource; with a version only if it still is that one. Returns what it was. */
export async function remove(target: Target, ref: Ref, precondition: string | undefined): Promise<Resource> {
  const { directory, workspace } = target;
  for (;;) {
    const entry = await existing(directory, ref);
    const resource = await readResource(ref, entry);
    if (precondition !== undefined) requireVersion(ref, entry, precondition);
    const removed = await workspace.exclusively(() => {
      if (precondition !== undefined) requireUnchanged(directory, ref, entry);
      else if (!isUnchanged(directory, entry)) return false;
      guarded('remove', entry.file, () => unlinkSync(entry.file));
      return true;
    });
    if (!removed) continue;
    await syncFolder(dirname(entry.file));
    return resource;
  }
}

async function existing(directory: string, ref: Ref): Promise<Entry> {
  const entry = await findEntry(directory, ref);
  if (entry === undefined) throw missing(ref);
  return entry;
}

/** Nothing is stored for a reference. */
export function missing(ref: Ref): CalicoctlError {
  return new CalicoctlError('not-found', `resource does not exist: ${formatRef(ref)}`, {
    resource: formatRef(ref),
  });
}

function requireVersion(ref: Ref, entry: Entry, expected: string): void {
  if (entry.version !== expected) throw conflict(ref);
}

function conflict(ref: Ref): CalicoctlError {
  return new CalicoctlError('conflict', `update conflict: ${formatRef(ref)}`, {
    resource: formatRef(ref),
    hint: 'It was changed since it was read: read it again and repeat the change.',
  });
}

function isUnchanged(directory: string, { file, bytes }: Entry): boolean {
  if (!isFolder(directory, relative(directory, dirname(file)))) return false;
  const now = guarded('read', file, () => readPlain(file));
  return now !== undefined && Buffer.compare(now, bytes) === 0;
}

function requireUnchanged(directory: string, ref: Ref, entry: Entry): void {
  if (isUnchanged(directory, entry)) return;
  throw lstatSync(entry.file, { throwIfNoEntry: false }) === undefined ? missing(ref) : conflict(ref);
}

/** The resource in normal form under the name it is stored by, without a version: that is made of what is written. */
function storable(ref: Ref, given: Resource): Resource {
  const namespaced = ref.kind.scope === 'namespaced';
  if (namespaced && !ref.namespace) {
    throw new CalicoctlError('validation', `${formatRef(ref)}: a namespace is needed`, {
      resource: formatRef(ref),
    });
  }
  const { resourceVersion: _made, ...metadata } = given.metadata;
  const { resource, problems } = decodeStored(ref.kind, {
    ...structuredClone(given),
    apiVersion: API_VERSION,
    kind: ref.kind.kind,
    metadata: {
      ...structuredClone(metadata),
      name: ref.name,
      ...(namespaced ? { namespace: ref.namespace } : {}),
    },
  });
  if (problems.length > 0) {
    throw new CalicoctlError('validation', `${formatRef(ref)} cannot be stored`, {
      resource: formatRef(ref),
      problems,
    });
  }
  return resource;
}

/** Only the owner may look into a datastore that is made here; who wants to share it opens the one folder. */
function makeRoot(directory: string): void {
  guarded('create', directory, () => {
    mkdirSync(dirname(directory), { recursive: true });
    try {
      mkdirSync(directory, { mode: 0o700 });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  });
}

/** True where there is a folder now that was not there. */
function makeFolders(directory: string, folder: string): boolean {
  if (isFolder(directory, folder)) return false;
  const path = join(directory, folder);
  guarded('create', path, () => mkdirSync(path, { recursive: true }));
  return true;
}

async function syncAncestors(directory: string, folder: string): Promise<void> {
  for (let path = folder; path !== directory; ) {
    path = dirname(path);
    await syncFolder(path);
  }
  await syncFolder(dirname(directory));
}

const syncing = new Map<string, Promise<void>>();
const waiting = new Map<string, Promise<void>>();

/**
 * Makes the entries of a folder durable. Writers that arrive while one sync runs share the next one: a thousand
 * creations need a few dozen syncs.
 */
async function syncFolder(path: string): Promise<void> {
  const running = syncing.get(path);
  if (running === undefined) return startSync(path);
  let next = waiting.get(path);
  if (next === undefined) {
    next = running.then(() => {
      waiting.delete(path);
      return startSync(path);
    });
    waiting.set(path, next);
  }
  return next;
}

function startSync(path: string): Promise<void> {
  const run = syncOnce(path).finally(() => syncing.delete(path));
  syncing.set(path, run);
  return run;
}

async function syncOnce(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // Some systems cannot open or sync a folder; the rename is atomic there all the same.
  }
}
