import { lstatSync, renameSync, unlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CalicoctlError } from '../../core/errors.ts';
import { decodeStored } from '../../resources/document.ts';
import { API_VERSION, formatRef, type Ref, type Resource } from '../../resources/kind.ts';
import { keepComments } from './comments.ts';
import { type Entry, findEntry, missing, readResource, textOf } from './entry.ts';
import { fileFailure, guarded } from './failure.ts';
import { isFolder, linkIfFree, readPlain } from './files.ts';
import { makeFolders, makeRoot, syncAncestors, syncFolder } from './folders.ts';
import { printManifest, withVersion } from './manifest.ts';
import { ENDINGS, stemOf } from './names.ts';
import { versionOf } from './version.ts';
import { openWorkspace, type Workspace } from './workspace.ts';
import { loadYaml } from './yaml.ts';

/** The writing half of a datastore; loaded when something is written. */
export interface Writer {
  create(ref: Ref, resource: Resource): Promise<Resource>;
  update(ref: Ref, resource: Resource): Promise<Resource>;
  remove(ref: Ref, precondition: string | undefined): Promise<Resource>;
  close(): void;
}

export function openWriter(
  directory: string,
  lockTimeoutMs: number,
  signal: AbortSignal | undefined,
): Writer {
  const workspace = openWorkspace(directory, lockTimeoutMs, signal);
  const target = { directory, workspace };
  return {
    create: (ref, resource) => create(target, ref, resource),
    update: (ref, resource) => update(target, ref, resource),
    remove: (ref, precondition) => remove(target, ref, precondition),
    close: () => workspace.close(),
  };
}

interface Target {
  readonly directory: string;
  readonly workspace: Workspace;
}

const utf8 = new TextEncoder();

/** Stores a new resource. Its file appears whole or not at all, and only if none was there. */
async function create({ directory, workspace }: Target, ref: Ref, given: Resource): Promise<Resource> {
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
async function update({ directory, workspace }: Target, ref: Ref, given: Resource): Promise<Resource> {
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
async function remove(target: Target, ref: Ref, precondition: string | undefined): Promise<Resource> {
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
