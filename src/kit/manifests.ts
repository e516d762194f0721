import { CalicoctlError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import type { BulkVerb, OutcomeResult } from '../core/result.ts';
import type { Datastore } from '../datastore/datastore.ts';
import { readAll } from '../input/documents.ts';
import { runBulk } from '../operations/bulk.ts';
import { initialise } from '../operations/initialise.ts';
import type { Intent } from '../operations/write.ts';
import { API_VERSION, type Kind } from '../resources/kind.ts';
import { type Manifest, readManifests } from '../resources/manifest.ts';
import { kindNamed } from '../resources/registry.ts';
import type { Arguments, Context } from './command.ts';

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
  close(): Promise<void>;
}

/** Reads and decodes everything given, so that one bad document stops the command before it does anything. */
export async function manifestsGiven(input: ManifestInput, io: Io): Promise<Manifests> {
  const words = input.kind === undefined ? [] : [input.kind, ...input.names];
  if (words.slice(1).includes('')) throw new CalicoctlError('usage', 'resource name may not be empty');
  const files = input.filename.filter((file) => file !== '');
  if (files.length > 0) return manifestsInFiles(files, input, io);
  if (input.kind === undefined) {
    throw new CalicoctlError('usage', 'nothing to work on: give -f FILE, or a KIND and names', {
      hint: 'For example `-f pool.yaml`, `-f -` for standard input, or `ippool main`.',
    });
  }
  const kind = await kindNamed(input.kind);
  const named = (input.names.length === 0 ? [''] : input.names).map((name) => bareManifest(kind, name));
  return Object.assign(iterate(named), { close: async () => {} });
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
  const documents = await readAll({ files, recursive, skipEmpty, io });
  throw new Error(`not yet ${documents}`);
}

export interface WriteOptions {
  readonly verb: BulkVerb;
  readonly operation: (store: Datastore, intent: Intent) => Promise<unknown>;
  readonly tolerate?: (error: unknown) => boolean;
  /** Refuse resources without a name before anything is done. */
  readonly needsName?: boolean;
}

/** The run of create, apply, replace and delete. */
export async function writeAll(
  input: ManifestInput & { readonly config: string | undefined; readonly namespace: string | undefined },
  context: Context,
  { verb, operation, tolerate }: WriteOptions,
): Promise<OutcomeResult> {
  const store = await context.datastore({ config: input.config, access: 'write' });
  const manifests = await manifestsGiven(input, context.io);
  try {
    // As the reference: best effort, what cannot be initialised shows in the writes themselves.
    if (verb !== 'delete') await initialise(store).catch(() => undefined);
    return await runBulk(manifests, (intent) => operation(store, intent), {
      verb,
      namespaces: input.namespace === undefined ? {} : { namespace: input.namespace },
      concurrency: store.capabilities.concurrency,
      signal: context.io.signal,
      ...(tolerate === undefined ? {} : { tolerate }),
    });
  } finally {
    await manifests.close();
  }
}
