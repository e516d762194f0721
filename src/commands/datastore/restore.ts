import { resolve } from 'node:path';
import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { configOption, dataFormat } from '../../kit/options.ts';
import { openProgress } from '../../kit/progress.ts';
import { backupFile, spooled } from '../../migration/backup/file.ts';
import type { Plan } from '../../migration/backup/plan.ts';
import { type BackupFile, recordsOf, scopeOf } from '../../migration/backup/read.ts';
import { planRestore, type Restoration, refuseOthers, restore } from '../../migration/backup/restore.ts';
import { isComplete, planData, planResult, restoredWords } from '../../migration/backup/words.ts';

async function open({ io }: Context, name: string): Promise<BackupFile> {
  return name === '-' ? spooled(name, io.stdin()) : backupFile(name, resolve(io.cwd, name));
}

/** The kinds that the backup looked for. */
async function kindsOf(
  file: BackupFile,
  { capabilities }: Awaited<ReturnType<Context['datastore']>>,
): Promise<readonly string[]> {
  const { datastore: of, kinds } = await scopeOf(file);
  if (of === capabilities.name) return kinds;
  throw new CalicoctlError(
    'not-supported',
    `the backup ${file.name} is of the ${of} datastore, and this is ${capabilities.name}`,
    {
      hint: 'Restore it where it came from, then move it with `calicoctl datastore migrate export` and `import`.',
    },
  );
}

/** How far it got is told before what it was ended by. */
async function ended(
  context: Context,
  done: Restoration,
  format: 'json' | 'yaml' | undefined,
): Promise<Result> {
  const result: Result =
    format === undefined
      ? { type: 'text', text: restoredWords(done), errors: done.failures }
      : { type: 'data', format, value: planData(done.plan, done) };
  if (done.stopped === undefined)
    return { type: 'sequence', results: [result], status: isComplete(done) ? 0 : 1 };
  await context.show(result);
  throw done.stopped;
}

function shown(plan: Plan, format: 'json' | 'yaml' | undefined): Result {
  return format === undefined ? planResult(plan) : { type: 'data', format, value: planData(plan) };
}

export default defineCommand({
  summary: 'Make the datastore as a backup has it.',
  description: [
    'The backup is verified first, to its last line. Then only what differs is written, each object on condition that it is still as it was read; ClusterInformation comes last. A datastore that holds anything else is left alone, unless --overwrite or --prune says otherwise. A restore that was interrupted or killed goes on where it ended when it is run again.',
    'On etcd and in a folder objects keep their identity. On Kubernetes, the API server gives them new ones, and of nodes only what Calico added to them is restored, where they are there.',
  ].join('\n\n'),
  examples: [
    'datastore restore -f calico.jsonl.gz --dry-run',
    'datastore restore -f calico.jsonl.gz',
    'datastore restore -f calico.jsonl.gz --overwrite --prune',
  ],
  args: {},
  options: {
    filename: {
      type: 'text',
      short: 'f',
      value: 'FILE',
      doc: 'The backup, packed or not; - for standard input.',
    },
    dryRun: { type: 'flag', doc: 'Only show what would be written.' },
    overwrite: {
      type: 'flag',
      doc: 'Change objects that differ from the backup; those that it does not have are left alone.',
    },
    prune: { type: 'flag', doc: 'Delete objects that the backup does not have.' },
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json or yaml: numbers for programs.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const format = dataFormat(input.output);
    if (!input.filename) throw new CalicoctlError('usage', 'no backup is given: add -f FILE');
    const file = await open(context, input.filename);
    const store = await context.datastore({ config: input.config, access: input.dryRun ? 'read' : 'write' });
    const choices = {
      ...{ overwrite: input.overwrite, prune: input.prune },
      kinds: await kindsOf(file, store),
    };
    const records = () => recordsOf(file);
    const plan = await planRestore(store, records, choices);
    if (input.dryRun) return shown(plan, format);
    refuseOthers(plan, choices);
    const progress = openProgress(context.io, 'restore', plan.writes);
    const done = await restore(store, records, plan, { ...choices, progress: progress.at });
    progress.end();
    return ended(context, done, format);
  },
});
