import { resolve } from 'node:path';
import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { readFile } from '../../input/sources.ts';
import { type OnceResult, repairOnce } from '../../ipam/repair/once.ts';
import { codesNamed } from '../../ipam/repair/select.ts';
import { undoOnce } from '../../ipam/repair/undo-once.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { confirm } from '../../kit/confirm.ts';
import { milliseconds } from '../../kit/duration.ts';
import { lockNote } from '../../kit/lock-note.ts';
import { configOption, dataFormat } from '../../kit/options.ts';
import { openProgress } from '../../kit/progress.ts';
import { servicesOf, servicesOption } from '../../kit/services.ts';

interface Given {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly lock: boolean;
  readonly force: boolean;
  readonly fromReport: readonly string[];
  readonly only: readonly string[];
  readonly undo: string | undefined;
  readonly undoFile: string | undefined;
}

/** Words that do not go together. */
function check({ dryRun, yes, lock, force, fromReport, only, undo, undoFile }: Given, data: boolean): void {
  const wrong = (message: string, hint?: string) => {
    throw new CalicoctlError('usage', message, hint === undefined ? {} : { hint });
  };
  if (undo !== undefined && (lock || force || fromReport.length > 0 || only.length > 0 || undoFile))
    wrong('--undo puts back what its file says: no other choice goes with it');
  if (lock && fromReport.length > 0)
    wrong(
      '--lock makes every report stale, since it is newer',
      'Lock with `calicoctl datastore migrate lock`, make the last report, then repair from it without --lock.',
    );
  if (force && fromReport.length === 0) wrong('--force is about reports: it goes with --from-report');
  if (data && !dryRun && !yes) wrong('-o is for programs, which cannot be asked: add --dry-run or --yes');
}

/** `calicoctl-ipam-undo-20260131T101112345Z.jsonl`. */
function undoName(now: Date): string {
  return `calicoctl-ipam-undo-${now.toISOString().replace(/[-:.]/g, '')}.jsonl`;
}

/** Shows what is going to be done and asks for a yes, where nobody said it on the command line. */
function asker(
  { io, show }: Context,
  yes: boolean,
): (plan: () => Promise<Result>, question: string) => Promise<void> {
  return async (plan, question) => {
    if (yes) return;
    await show(await plan());
    const answer = await confirm(io, question);
    if (answer === true) return;
    if (answer === false) throw new CalicoctlError('usage', 'nothing was changed');
    throw new CalicoctlError('usage', 'nothing was changed: there is no terminal to ask for a yes on', {
      hint: 'Add --yes to make these changes, or --dry-run to only look at them.',
    });
  };
}

async function stores(
  context: Context,
  { config, dryRun, kubeconfig }: Pick<Given, 'dryRun'> & Record<'config' | 'kubeconfig', string | undefined>,
) {
  const store = await context.datastore({ config, access: dryRun ? 'read' : 'write' });
  // What was begun is brought to its end after Ctrl-C, and the datastore is unlocked.
  const lasting = dryRun ? store : await context.datastore({ config, access: 'write', uninterrupted: true });
  return { store, lasting, services: servicesOf(context, store, { config, kubeconfig }) };
}

/** How far a run got is told before what it was ended by. */
async function ended(context: Context, { result, interrupted, failure }: OnceResult): Promise<Result> {
  if (!interrupted && failure === undefined) return result;
  await context.show(result);
  throw failure ?? new CalicoctlError('cancelled', 'interrupted');
}

export default defineCommand({
  summary: 'Mend what `ipam check` finds, where that is safe.',
  description: [
    'Leaked addresses are released, handles are deleted, made or counted anew, affinities and blocks that nobody needs are removed. What is to be written is shown as a diff, then a yes is asked for (or --yes). Every write is made only if what was read still holds: the handle and the sequence number of an address, the version of all else, and that nobody uses the address when everything is looked at once more. What changed in between is left alone and told.',
    'Addresses that were taken less than --min-age ago are passed over, since a pod that is starting has its address before it uses it. Of some addresses, such as those of tunnels, it is not known since when they are taken: they are released only while the datastore is locked (--lock), if their node is gone, or with --min-age=0.',
    'Before each write a line in the undo file says what was there; --undo puts that back as far as nobody has written it since. A run that was killed can simply be started again.',
    'The exit status is 1 where something was left alone, failed or was not tried.',
  ].join('\n\n'),
  examples: [
    'ipam repair --dry-run',
    'ipam repair --yes --only=CAL3001 --min-age=1h',
    'ipam repair --yes --lock',
    'ipam repair --yes --from-report=monday.json --from-report=tuesday.json',
    'ipam repair --undo=calicoctl-ipam-undo-20260131T101112345Z.jsonl',
  ],
  args: {},
  options: {
    dryRun: { type: 'flag', doc: 'Only show what would be written.' },
    yes: { type: 'flag', short: 'y', doc: 'Do it without asking.' },
    only: {
      type: 'list',
      value: 'CODE',
      doc: 'Mend only findings with this code, e.g. CAL3001; may be repeated.',
    },
    minAge: {
      type: 'text',
      value: 'DURATION',
      default: '10m',
      doc: 'Leave addresses alone that were taken less long ago; 0 for none.',
    },
    lock: { type: 'flag', doc: 'Lock the datastore meanwhile, so that nobody is handed an address.' },
    fromReport: {
      type: 'list',
      value: 'FILE',
      doc: 'Mend only leaks that this report of `ipam check -o FILE` names too; may be repeated, the newest last. The datastore must be locked.',
    },
    force: { type: 'flag', doc: 'Take reports of another version, and go on though nothing is locked.' },
    ...servicesOption,
    undoFile: {
      type: 'text',
      value: 'FILE',
      doc: 'Where to note what was there (default "calicoctl-ipam-undo-TIME.jsonl").',
    },
    undo: { type: 'text', value: 'FILE', doc: 'Put back what a run noted in this undo file.' },
    output: {
      type: 'text',
      short: 'o',
      value: 'FORMAT',
      doc: 'json or yaml: what was done, for programs (with --dry-run or --yes).',
    },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const format = dataFormat(input.output);
    check(input, format !== undefined);
    const minAge = milliseconds(input.minAge, '--min-age');
    const only = codesNamed(input.only);
    const { io, warn } = context;
    const { signal, cwd } = io;
    const { store, lasting, services } = await stores(context, {
      dryRun: input.dryRun,
      config: input.config,
      kubeconfig: input.kubeconfig,
    });
    const common = { lasting, signal, format, dryRun: input.dryRun, agree: asker(context, input.yes) };
    if (input.undo !== undefined) {
      return ended(context, await undoOnce({ ...common, path: resolve(cwd, input.undo) }));
    }
    const name = input.undoFile ?? undoName(new Date());
    const outcome = await repairOnce({
      ...common,
      ...{ store, services, minAge, only, warn, name, path: resolve(cwd, name) },
      ...(input.lock ? { note: lockNote } : {}),
      reports: input.fromReport,
      force: input.force,
      open: (file) => readFile(file, resolve(cwd, file)),
      progress: (total) => openProgress(io, 'ipam repair', total),
    });
    return ended(context, outcome);
  },
});
