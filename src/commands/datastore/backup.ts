import { resolve } from 'node:path';
import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { lockNote } from '../../kit/lock-note.ts';
import { configOption } from '../../kit/options.ts';
import { openProgress } from '../../kit/progress.ts';
import { type Backup, backup, type Sink } from '../../migration/backup/backup.ts';
import { fileSink, spoolSink } from '../../migration/backup/file.ts';
import { backupWords, emptyWords, unsteadyWords } from '../../migration/backup/words.ts';
import { clusterInformation } from '../../operations/lock.ts';
import { processRuns, purposeOf, underLock } from '../../operations/under-lock.ts';

/** `calico-backup-20260131T101112Z.jsonl`. */
function defaultName(now: Date): string {
  return `calico-backup-${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z.jsonl`;
}

interface Given {
  readonly config: string | undefined;
  readonly lock: boolean;
}

interface Taken {
  readonly made: Backup;
  /** What unlocking failed with; the backup is good all the same. */
  readonly errors: readonly CalicoctlError[];
}

/** Reads everything into a sink, under the lock where that is asked for. */
async function take(context: Context, { config, lock }: Given, sink: Sink): Promise<Taken> {
  const store = await context.datastore({ config, access: lock ? 'write' : 'read' });
  const progress = openProgress(context.io, 'backup', undefined);
  const work = () => backup(store, sink, { progress: progress.at }).finally(progress.end);
  // One that was never initialised has no lock, and is not made to have one.
  const isLockable = lock && (await clusterInformation(store)) !== undefined;
  if (!isLockable) return { made: await work(), errors: [] };
  // The datastore is unlocked after Ctrl-C too.
  const lasting = await context.datastore({ config, access: 'write', uninterrupted: true });
  const note = lockNote(purposeOf('backup', process.pid));
  let made: Backup | undefined;
  try {
    await underLock(lasting, note, processRuns, async () => {
      made = await work();
    });
    return { made: made!, errors: [] };
  } catch (error) {
    if (made === undefined || !(error instanceof CalicoctlError)) throw error;
    return { made, errors: [error] };
  }
}

async function toFile(context: Context, given: Given, name: string): Promise<Result> {
  const file = await fileSink(name, resolve(context.io.cwd, name));
  try {
    const { made, errors } = await take(context, given, file.sink);
    await file.commit();
    for (const warning of emptyWords(made)) context.warn(warning);
    if (made.unsteady.length > 0) context.warn(unsteadyWords(made.unsteady));
    return { type: 'text', text: backupWords(made, name), errors };
  } finally {
    await file.discard();
  }
}

async function* toStandardOutput(context: Context, given: Given): AsyncGenerator<string> {
  const kept = spoolSink();
  try {
    const { made, errors } = await take(context, given, kept.sink);
    yield* kept.text();
    for (const warning of emptyWords(made)) context.warn(warning);
    if (made.unsteady.length > 0) context.warn(unsteadyWords(made.unsteady));
    context.io.err(backupWords(made, 'standard output'));
    for (const error of errors) throw error;
  } finally {
    await kept.close();
  }
}

export default defineCommand({
  summary: 'Save everything that Calico has in the datastore to a file.',
  description: [
    'All kinds of resources, address management with its blocks and handles, ClusterInformation, and in etcd every other key below /calico that no lease holds. One line of JSON stands for each object; equal contents give equal files, whenever and by whom they are made. `datastore restore` reads them. Secrets of Kubernetes, to which BGP peers may refer, are not in it.',
    'What is saved of etcd is of one moment. Other datastores are read again where something changed meanwhile, three times at most, and then that is told. --lock keeps the components of Calico from handing out addresses until the backup is made. The lock itself is no part of a backup.',
  ].join('\n\n'),
  examples: [
    'datastore backup',
    'datastore backup -o calico.jsonl.gz --lock',
    'datastore backup -o - | sha256sum',
  ],
  args: {},
  options: {
    output: {
      type: 'text',
      short: 'o',
      value: 'FILE',
      doc: 'File to write, packed where its name ends in .gz, or - for standard output (default "calico-backup-TIME.jsonl").',
    },
    lock: { type: 'flag', doc: 'Lock the datastore meanwhile.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const given = { config: input.config, lock: input.lock };
    if (input.output === '-') return { type: 'stream', chunks: toStandardOutput(context, given) };
    return toFile(context, given, input.output || defaultName(new Date()));
  },
});
