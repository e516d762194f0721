import type { SequenceResult } from '../../core/result.ts';
import type { Backup } from './backup.ts';
import { type Plan, VERDICTS, type Verdict } from './plan.ts';
import type { Restoration } from './restore.ts';

/** What is said of a backup that was made. */
export function backupWords({ objects, counts, sha256 }: Backup, to: string): string {
  const kinds = [...counts].map(([section, count]) => `${section} ${count}`).join(', ');
  return `${objects} object${objects === 1 ? '' : 's'} saved to ${to}${kinds === '' ? '' : ` (${kinds})`}\nSHA-256 ${sha256}\n`;
}

/** That there was nothing to save, as in a datastore that is not the one that was meant. Kubernetes itself has nodes. */
export function emptyWords({ counts }: Backup): readonly string[] {
  if ([...counts.keys()].some((section) => section !== 'Node')) return [];
  return [
    'Warning: the backup is empty: the datastore holds nothing of Calico. `calicoctl datastore status` shows which it is.',
  ];
}

/** That a backup shows no single moment. */
export function unsteadyWords(sections: readonly string[]): string {
  return `Warning: the backup is not of one moment: while it was read, ${sections.join(', ')} changed, each time it was tried. Each object is as it was at some time. With --lock, Calico writes less.`;
}

const HEADINGS: { readonly [verdict in Verdict]: string } = {
  ...{
    create: 'CREATE',
    change: 'CHANGE',
    delete: 'DELETE',
    keep: 'LEAVE',
    same: 'SAME',
    missing: 'MISSING',
  },
};

/** What is to be done, as a table of numbers by kind and the names of the first objects. */
export function planResult(plan: Plan): SequenceResult {
  const rows = [...plan.sections]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([section, counts]) => [section, ...VERDICTS.map((verdict) => String(counts[verdict]))]);
  const total = ['TOTAL', ...VERDICTS.map((verdict) => String(plan.total(verdict)))];
  return {
    type: 'sequence',
    results: [
      {
        type: 'table',
        headings: ['KIND', ...VERDICTS.map((verdict) => HEADINGS[verdict])],
        rows: [...rows, total],
      },
      { type: 'text', text: namesText(plan) },
    ],
  };
}

function namesText(plan: Plan): string {
  const lines = (['create', 'change', 'delete', 'keep', 'missing'] as const).flatMap((verdict) => {
    const names = plan.samples[verdict];
    if (names.length === 0) return [];
    const more = plan.total(verdict) - names.length;
    const rest = more > 0 ? ` and ${more} more` : '';
    return [
      `${HEADINGS[verdict][0]}${HEADINGS[verdict].slice(1).toLowerCase()}: ${names.join(', ')}${rest}\n`,
    ];
  });
  return lines.join('');
}

/** The same for programs. */
export function planData(plan: Plan, done?: Restoration): object {
  return {
    kinds: Object.fromEntries([...plan.sections].sort(([a], [b]) => (a < b ? -1 : 1))),
    total: Object.fromEntries(VERDICTS.map((verdict) => [verdict, plan.total(verdict)])),
    ...(done === undefined
      ? { applied: false }
      : {
          applied: true,
          written: done.written,
          failed: done.failed,
          complete: isComplete(done),
          errors: done.failures.map(({ message }) => message),
        }),
  };
}

export function isComplete({ failed, stopped }: Restoration): boolean {
  return failed === 0 && stopped === undefined;
}

/** How a restore ended. */
export function restoredWords(done: Restoration): string {
  const { plan, written, failed } = done;
  const missing = plan.total('missing');
  const left = plan.total('keep');
  const parts = [
    `${written} of ${plan.writes} objects written`,
    `${plan.total('same')} were as in the backup already`,
    ...(left > 0 ? [`${left} that it does not have were left alone`] : []),
    ...(missing > 0
      ? [`${missing} are not there and cannot be made here (${plan.samples.missing.join(', ')})`]
      : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  const again = isComplete(done)
    ? ''
    : 'Run the same command again to go on: what is done is not done twice.\n';
  return `${parts.join('; ')}.\n${again}`;
}
