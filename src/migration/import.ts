import { CalicoctlError, formatError, isError } from '../core/errors.ts';
import type { Io } from '../core/io.ts';
import type { Datastore } from '../datastore/datastore.ts';
import { initialise } from '../operations/initialise.ts';
import type { LockNote } from '../operations/lock.ts';
import { endsAll } from '../operations/refusals.ts';
import type { DefinitionGroup } from '../resources/definition.ts';
import { addressesIn } from './document/addresses.ts';
import { type ExportFile, openExportFile } from './document/file.ts';
import { type Identity, readInformation } from './document/information.ts';
import { type FirstPart, readFirstPart } from './document/resources.ts';
import { Wanted } from './document/wanted.ts';
import { type Claim, findHalf, finish, giveBack, leave, noteVersion, take } from './target/claim.ts';
import { define, isDefined, onceServed } from './target/definitions.ts';
import { type Done, doneBefore, NOTHING_DONE } from './target/done.ts';
import { verify } from './target/verify.ts';
import { writeAddresses, writeResources } from './target/write.ts';
import { applied, joined, missingNode, verifiedText, wayOn } from './words.ts';

/** Takes a cluster in from the file of an export. */

export interface ImportRequest {
  /** The value of -f. */
  readonly file: string;
  readonly io: Io;
  readonly store: Datastore;
  /** On Kubernetes: in which group Calico's kinds are to be, where that is configured. */
  readonly group: DefinitionGroup | undefined;
  /** Who imports, since when. */
  readonly note: LockNote;
  /** One line on standard error. */
  readonly tell: (text: string) => void;
  readonly progress: (what: string, total: number | undefined) => { at(done: number): void; end(): void };
  /** The datastore for what has to be brought to an end after Ctrl-C. */
  readonly uninterrupted: () => Promise<Datastore>;
}

/** A file that was read through, or why it could not be. */
interface Reading {
  readonly file?: ExportFile;
  readonly identity: Identity | CalicoctlError;
  readonly first: FirstPart | CalicoctlError;
  readonly wanted: Wanted;
}

/**
 * Imports, and gives the lines to print on standard output as the work goes on. On Kubernetes the steps, and what is left
 * behind by an error, are those of the reference: a file that cannot be read is found out behind the lock. What is left
 * can always be gone on with.
 */
export async function* importCluster(request: ImportRequest): AsyncGenerator<string> {
  const { store, io } = request;
  const reading = await readFile(request);
  try {
    const claim = claimOf(request, reading);
    if (!(await hasBegun(store, claim))) await define(store, request.group, io.signal);
    const taken = await take(store, claim);
    const isNew = taken === 'new';
    await orGiveBack(request, claim, isNew, () => onceServed(() => initialise(store)));
    if (isNew) yield 'Datastore locked.\n';
    else request.tell('Going on with an import of this file that has begun here before.');
    await orGiveBack(request, claim, isNew, async () => {
      if (io.signal.aborted) throw new CalicoctlError('cancelled', 'cancelled before anything was imported');
    });
    let addresses: number;
    try {
      const done = taken === 'new' ? NOTHING_DONE : doneBefore(store, reading.wanted);
      addresses = yield* write(request, reading, done);
    } catch (error) {
      // Whoever comes next may need another file; only where the datastore failed us it has to be the same.
      if (!endsAll(error)) await leave(store).catch(() => undefined);
      throw wayOn(error, store.capabilities.name);
    }
    if (addresses === 0 && store.capabilities.name === 'kubernetes') throw withoutAddresses();
    yield 'Datastore information successfully imported. Please refer to the datastore migration documentation for next steps.\n';
  } finally {
    await reading.file?.close();
  }
}

/**
 * Whoever has taken the datastore has made the definitions. What goes wrong here goes wrong later, and is told there.
 * ClusterInformation is not asked for where it is not defined: the API server is then taken for one that has no such group.
 */
async function hasBegun(store: Datastore, claim: Claim): Promise<boolean> {
  try {
    return (await isDefined(store)) && (await findHalf(store, claim)) !== undefined;
  } catch {
    return false;
  }
}

/** What cannot be read is told where the reference tells it; on other datastores before anything is done. */
async function readFile({ file: name, io, store }: ImportRequest): Promise<Reading> {
  const wanted = new Wanted(store.capabilities.name);
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | CalicoctlError> => {
    try {
      return await work();
    } catch (error) {
      if (!isError(error, 'input', 'validation')) throw error;
      const told = new CalicoctlError(error.errorClass, `${what}: ${error.message}`, error.details);
      if (store.capabilities.name !== 'kubernetes') throw told;
      return told;
    }
  };
  const file = await attempt('error while reading migration file', () => openExportFile(name, io));
  if (file instanceof CalicoctlError) return { identity: file, first: file, wanted };
  try {
    const identity = await attempt('failed to update cluster information', () =>
      readInformation(file.parts[1]),
    );
    const options = { wanted, signal: io.signal };
    const first = await attempt('failed to import v3 resources', () => readFirstPart(file.parts[0], options));
    return { file, identity, first, wanted };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function claimOf({ note }: ImportRequest, { file, identity }: Reading): Claim {
  return { sha256: file?.sha256, guid: identity instanceof CalicoctlError ? '' : identity.guid, note };
}

/** What goes wrong before anything of the file is written leaves nothing behind that was not there. */
async function orGiveBack(
  { store, io, uninterrupted }: ImportRequest,
  claim: Claim,
  isNew: boolean,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isNew) await giveBack(io.signal.aborted ? await uninterrupted() : store, claim);
    throw error;
  }
}

/** Recorded scripts rely on this failure; on other datastores, which the reference does not import into, it is none. */
function withoutAddresses(): CalicoctlError {
  return new CalicoctlError('input', 'no IPAM resources specified in file', {
    hint: 'All else is imported. Where the cluster has no addresses of Calico IPAM, that is all there is to do.',
  });
}

/** Returns how many objects of address management the file has. */
async function* write(request: ImportRequest, reading: Reading, done: Done): AsyncGenerator<string, number> {
  const { store } = request;
  const { file, identity, first, wanted } = reading;
  if (first instanceof CalicoctlError) throw first;
  yield* writeFirstPart(request, first, wanted, done);
  if (identity instanceof CalicoctlError) throw identity;
  await noteVersion(store, identity);
  yield 'Importing IPAM resources\n';
  const count = yield* writeThirdPart(request, file!, wanted, done);
  await check(request, wanted);
  await finish(store, identity);
  return count;
}

async function* writeFirstPart(
  { store, progress, tell }: ImportRequest,
  first: FirstPart,
  wanted: Wanted,
  done: Done,
): AsyncGenerator<string> {
  for (const { kind, reason, count } of first.leftOut)
    tell(`Left out: ${count} ${kind} resource(s), for each ${reason}.`);
  if (first.total === 0)
    throw new CalicoctlError('input', 'failed to import v3 resources: no resources specified in file');
  const line = progress('import', first.total);
  const { handled, errors, missingNodes } = await writeResources(store, first, done, line.at).finally(
    line.end,
  );
  if (errors.length > 0) {
    const what =
      handled === 0
        ? 'failed to apply any resources'
        : `${handled} of ${first.total} resources are written, hit ${errors.length} error(s)`;
    throw joined(`failed to import v3 resources: ${what}`, errors);
  }
  for (const node of missingNodes) {
    wanted.forget(await kindOfNode(), node);
    yield missingNode(node);
  }
  if (missingNodes.length === 0)
    yield applied(handled, first.counts.size === 1 ? [...first.counts.keys()][0] : undefined);
}

async function kindOfNode() {
  const { kindOf } = await import('../resources/registry.ts');
  return kindOf('Node');
}

async function* writeThirdPart(
  { store, io, progress }: ImportRequest,
  file: ExportFile,
  wanted: Wanted,
  done: Done,
): AsyncGenerator<string, number> {
  const line = progress('import of addresses', undefined);
  const items = addressesIn(file.parts[2], { wanted, signal: io.signal });
  try {
    const { handled, errors } = await writeAddresses(store, items, done, line.at);
    if (errors.length > 0) {
      const total = handled + errors.length;
      if (handled > 0) yield `Partial success: applied ${handled} out of ${total} resources:\n`;
      throw joined('failed to import IPAM resources: hit error(s)', errors);
    }
    if (handled > 0) yield `Successfully applied ${handled} IPAM resource(s)\n`;
    return handled;
  } catch (error) {
    if (!isError(error, 'input') || error.message.startsWith('failed to import')) throw error;
    throw new CalicoctlError('input', `failed to read IPAM resources: ${formatError(error)}`, {
      cause: error,
    });
  } finally {
    line.end();
  }
}

/** Reads everything back. */
async function check({ store, tell, progress }: ImportRequest, wanted: Wanted): Promise<void> {
  const line = progress('verify', undefined);
  const differences: string[] = [];
  const counts: (readonly [string, number])[] = [];
  let [done, more] = [0, 0];
  try {
    for await (const found of verify(store, wanted)) {
      differences.push(...found.differences);
      more += found.more;
      counts.push([found.kind, found.found]);
      done += found.found;
      line.at(done);
    }
  } finally {
    line.end();
  }
  if (differences.length === 0) return tell(verifiedText(counts));
  throw new CalicoctlError(
    'conflict',
    `the datastore does not hold what the file does, though everything was written: ${differences.join('; ')}${more === 0 ? '' : ` and ${more} more`}`,
    {
      hint: 'Somebody else may be writing to the datastore: stop that. Or the datastore keeps no such field of the file. Run the import again: it names the field.',
    },
  );
}
