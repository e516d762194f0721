import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { abandon } from '../../ipam/migrate/abandon.ts';
import { type Advance, advance } from '../../ipam/migrate/advance.ts';
import { occupantsData, viewData } from '../../ipam/migrate/data.ts';
import type { Wishes } from '../../ipam/migrate/goal.ts';
import { viewOf } from '../../ipam/migrate/view.ts';
import { nextText, occupantsLines, viewText } from '../../ipam/migrate/words.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { milliseconds } from '../../kit/duration.ts';
import { configOption, dataFormat } from '../../kit/options.ts';

type Format = 'json' | 'yaml' | undefined;
type Store = Awaited<ReturnType<Context['datastore']>>;

interface Input extends Wishes {
  readonly plan: boolean;
  readonly apply: boolean;
  readonly abort: boolean;
}

/** Where to, as the command line says it. */
interface Goal {
  readonly to: string | undefined;
  readonly toCidr: string | undefined;
  readonly toName: string | undefined;
  readonly viaCidr: string | undefined;
  readonly toBlockSize: string | undefined;
}

function prefixLength(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  if (/^\/?\d{1,3}$/.test(word)) return Number(word.replace('/', ''));
  throw new CalicoctlError('usage', `--to-block-size '${word}' is not a prefix length such as 26`);
}

function wishesOf(input: Goal): Wishes {
  const size = prefixLength(input.toBlockSize);
  return {
    ...(input.to === undefined ? {} : { to: input.to }),
    ...(input.toCidr === undefined ? {} : { toCidr: input.toCidr }),
    ...(input.toName === undefined ? {} : { toName: input.toName }),
    ...(input.viaCidr === undefined ? {} : { viaCidr: input.viaCidr }),
    ...(size === undefined ? {} : { toBlockSize: size }),
  };
}

function refuseMixed({ plan, apply, abort, ...wishes }: Input): void {
  if ([plan, apply, abort].filter(Boolean).length > 1)
    throw new CalicoctlError('usage', 'give one of --plan, --apply and --abort');
  if (abort && Object.keys(wishes).length > 0)
    throw new CalicoctlError('usage', '--abort gives up the migration that is under way: it takes no goal');
}

/** What is not done yet: somebody has to leave first. */
function notYet({ step, view }: Advance): CalicoctlError {
  const left = (view?.occupants?.holders.length ?? 0) + (view?.occupants?.resting ?? 0);
  return new CalicoctlError(
    'timeout',
    `step ${step.number} is not done: ${left} address(es) of pool ${step.pool} are in use or rest`,
    {
      hint: 'Restart those that have them, then run the same command again; --wait 10m waits for them.',
    },
  );
}

function advanceText(outcome: Advance): string {
  const { step, done, view } = outcome;
  if (!done) return `${occupantsLines(view!.occupants!).join('\n')}\n`;
  const head = `Step ${step.number} is done: ${step.title}\n`;
  return view === undefined ? `${head}The migration is over.\n` : `${head}${nextText(view)}`;
}

async function apply(
  store: Store,
  pool: string,
  wishes: Wishes,
  wait: number,
  format: Format,
  { io }: Context,
): Promise<Result> {
  const onLook = (left: number) => {
    if (io.terminal.err) io.err(`\r\u001b[K${left} address(es) left`);
  };
  const outcome = await advance(store, pool, wishes, { wait, onLook, signal: io.signal });
  if (io.terminal.err && outcome.step.what === 'wait') io.err('\r\u001b[K');
  const errors = outcome.done ? [] : [notYet(outcome)];
  if (format === undefined) return { type: 'text', text: advanceText(outcome), errors };
  const { step, done, view } = outcome;
  const value = {
    ...{ step: step.number, what: step.what, pool: step.pool, done, over: view === undefined },
    migration: view === undefined ? null : viewData(view),
  };
  const data: Result = { type: 'data', format, value };
  return done ? data : { type: 'sequence', results: [data], status: 1 };
}

async function abort(store: Store, pool: string, format: Format): Promise<Result> {
  const { done, left } = await abandon(store, pool);
  const over = left === undefined;
  if (format !== undefined) {
    const value = { pool, done, over, ...(left && { leaving: left.pool, ...occupantsData(left.occupants) }) };
    return { type: 'sequence', results: [{ type: 'data', format, value }], status: over ? 0 : 1 };
  }
  const lines = [
    ...done,
    ...(left === undefined ? ['The migration is given up.'] : occupantsLines(left.occupants)),
  ];
  const error =
    left &&
    new CalicoctlError('timeout', `pool ${left.pool} stays for now: addresses of it are in use or rest`, {
      hint: 'It hands out nothing more. Restart those that have them, then run the same command again.',
    });
  return { type: 'text', text: `${lines.join('\n')}\n`, errors: error ? [error] : [] };
}

export default defineCommand({
  summary: 'Move a pool to another range, or cut it into blocks of another size.',
  description: [
    'Range and block size of a pool never change. This command makes another pool, keeps the old one from handing out addresses, waits until nobody has one of it, gives up its blocks and deletes it. Where the new range overlaps the old one, as with another block size, a temporary pool stands in and everybody moves twice.',
    'Without --apply it only shows the steps, who has to restart, and what speaks against it. --apply does the next step and no more; run it again for the one after. How far a migration is shows in the pools, blocks and endpoints themselves, so a run that breaks off loses nothing. No step is done that would leave pods, tunnels or services without a pool.',
  ].join('\n\n'),
  examples: [
    'ippool migrate blue --to-cidr 10.60.0.0/16',
    'ippool migrate blue --to-cidr 10.60.0.0/16 --apply',
    'ippool migrate blue --apply --wait 30m',
    'ippool migrate blue --to-block-size 28 --via-cidr 10.61.0.0/16 --apply',
    'ippool migrate blue --abort',
  ],
  args: { pool: { arity: 'required', doc: 'Name of the pool.' } },
  options: {
    plan: { type: 'flag', doc: 'Only show what would be done; that is so without --apply, too.' },
    apply: { type: 'flag', doc: 'Do the next step.' },
    abort: { type: 'flag', doc: 'Go back, as long as the old pool is there.' },
    to: { type: 'text', value: 'POOL', doc: 'Move to this pool, which is there already.' },
    toCidr: { type: 'text', value: 'CIDR', doc: 'Range of the new pool.' },
    toBlockSize: { type: 'text', value: 'BITS', doc: 'Prefix length of the new blocks, e.g. 28.' },
    toName: { type: 'text', value: 'NAME', doc: 'Name of the new pool.' },
    viaCidr: { type: 'text', value: 'CIDR', doc: 'Range of the temporary pool, where one is needed.' },
    wait: {
      type: 'text',
      value: 'DURATION',
      default: '0s',
      doc: 'How long to wait until nobody has an address of the old pool.',
    },
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json or yaml: the same for programs.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const format = dataFormat(input.output);
    const wait = milliseconds(input.wait, '--wait');
    const wishes = wishesOf(input);
    refuseMixed({ ...wishes, plan: input.plan, apply: input.apply, abort: input.abort });
    const access = input.apply || input.abort ? 'write' : 'read';
    const store = await context.datastore({ config: input.config, access });
    if (input.abort) return abort(store, input.pool, format);
    if (input.apply) return apply(store, input.pool, wishes, wait, format, context);
    const view = await viewOf(store, input.pool, wishes);
    if (format !== undefined) return { type: 'data', format, value: viewData(view) };
    return { type: 'text', text: viewText(view) };
  },
});
