import { CalicoctlError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import type { BulkVerb, OutcomeResult } from '../core/result.ts';
import type { Datastore } from '../datastore/datastore.ts';
import { runBulk } from '../operations/bulk.ts';
import { startRun } from '../operations/guards/seen.ts';
import { initialise } from '../operations/initialise.ts';
import type { Intent } from '../operations/write.ts';
import { API_VERSION, type Kind } from '../resources/kind.ts';
import { type Located, type Manifest, readManifests } from '../resources/manifest.ts';
import { kindNamed } from '../resources/registry.ts';
import type { Arguments, Context } from './command.ts';
import { openProgress, type Progress } from './progress.ts';

/** Words of the commands over resources: a kind and names, used where no file is given. */
export const manifestArguments = {
  kind: { arity: 'optional', doc: 'Kind of resource, e.g. ippool; plural and short forms are understood.' },
  names: { arity: 'rest', doc: 'Names of resources.' },
} as const satisfies Arguments;

export interface ManifestInput {
  readonly kind: string | undefined;
  readonly names: readonly string[];
  readonly filename: readonly string[];
  readonly recursive: boolean;
  readonly skipEmpty: boolean;
}

/** The resources that a command line means; may be gone through once. */
export interface Manifests extends AsyncIterable<Manifest> {
  readonly total: number;
  close(): Promise<void>;
}

/** Reads and decodes everything given, so that one bad document stops the command before it does anything. */
export async function manifestsGiven(input: ManifestInput, io: Io): Promise<Manifests> {
  refuseEmptyNames(input);
  const files = input.filename.filter((file) => file !== '');
  if (files.length > 0) return manifestsInFiles(files, input, io);
  if (input.kind === undefined) {
    throw new CalicoctlError('usage', 'nothing to work on: give -f FILE, or a KIND and names', {
      hint: 'For example `-f pool.yaml`, `-f -` for standard input, or `ippool main`.',
    });
  }
  const kind = await kindNamed(input.kind);
  const named = (input.names.length === 0 ? [''] : input.names).map((name) => bareManifest(kind, name));
  return Object.assign(iterate(named), { total: named.length, close: async () => {} });
}

/** Also where files are given and the words do not count. */
export function refuseEmptyNames({ names }: Pick<ManifestInput, 'names'>): void {
  if (names.includes('')) throw new CalicoctlError('usage', 'resource name may not be empty');
}

async function* iterate<T>(items: Iterable<T>): AsyncIterableIterator<T> {
  yield* items;
}

function bareManifest(kind: Kind, name: string): Manifest {
  return { kind, resource: { apiVersion: API_VERSION, kind: kind.kind, metadata: { name }, spec: {} } };
}

async function manifestsInFiles(
  files: readonly string[],
  { recursive, skipEmpty }: ManifestInput,
  io: Io,
): Promise<Manifests> {
  // Loaded when a file is given: the YAML parser is dear for a command that reads none.
  const { noResourcesInFile, readAll } = await import('../input/documents.ts');
  const decoding = new Decoding();
  const check = (document: Located, held: boolean) => decoding.take(document, held);
  const documents = await readAll({ files, recursive, skipEmpty, io, check });
  try {
    const { total, kept, empty } = decoding;
    if (empty !== undefined && !skipEmpty) throw noResourcesInFile(empty);
    const manifests = kept === undefined ? manifestsOf(documents) : iterate(kept);
    return Object.assign(manifests, { total, close: () => documents.close() });
  } catch (error) {
    await documents.close();
    throw error;
  }
}

async function* manifestsOf(documents: AsyncIterable<Located>): AsyncIterableIterator<Manifest> {
  for await (const document of documents) yield* await readManifests(document);
}

/** Decodes documents while they are read; `kept` is absent once there is more input than stays in memory. */
class Decoding {
  kept: Manifest[] | undefined = [];
  total = 0;
  readonly #perFile = new Map<string, number>();

  async take(document: Located, held: boolean): Promise<void> {
    const manifests = await readManifests(document);
    this.#perFile.set(document.file, (this.#perFile.get(document.file) ?? 0) + manifests.length);
    this.total += manifests.length;
    if (held) this.kept?.push(...manifests);
    else this.kept = undefined;
  }

  /** The first file that gave no resource. */
  get empty(): string | undefined {
    return [...this.#perFile].find(([, count]) => count === 0)?.[0];
  }
}

export interface WriteOptions {
  readonly verb: BulkVerb;
  readonly operation: (store: Datastore, intent: Intent) => Promise<unknown>;
  readonly tolerate?: (error: unknown) => boolean;
}

/** The run of create, apply, replace and delete. */
export async function writeAll(
  input: ManifestInput & { readonly config: string | undefined; readonly namespace: string | undefined },
  context: Context,
  { verb, operation, tolerate }: WriteOptions,
): Promise<OutcomeResult> {
  const manifests = await manifestsGiven(input, context.io);
  let progress: Progress | undefined;
  try {
    if (manifests.total === 0)
      return { type: 'outcome', verb, total: 0, handled: 0, kind: undefined, errors: [] };
    const store = await context.datastore({ config: input.config, access: 'write' });
    // As the reference: best effort, what cannot be initialised shows in the writes themselves.
    if (verb !== 'delete') await initialise(store).catch(() => undefined);
    startRun(store);
    progress = openProgress(context.io, verb, manifests.total);
    return await runBulk(manifests, (intent) => operation(store, intent), {
      verb,
      namespaces: input.namespace === undefined ? {} : { namespace: input.namespace },
      concurrency: store.capabilities.concurrency,
      signal: context.io.signal,
      progress: progress.at,
      ...(tolerate === undefined ? {} : { tolerate }),
    });
  } finally {
    progress?.end();
    await manifests.close();
  }
}
