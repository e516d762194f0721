import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { type ReserveOutcome, rangesIn, reserve } from '../../ipam/reserve/reserve.ts';
import { usersIn } from '../../ipam/reserve/users.ts';
import { type Context, defineCommand } from '../../kit/command.ts';
import { configOption } from '../../kit/options.ts';
import { type Cidr, cidrSize, formatCidr } from '../../resources/net/cidr.ts';

type Store = Awaited<ReturnType<Context['datastore']>>;

const SHOWN = 10;

/** Addresses in use are not taken from anybody: whoever reserves them should know. */
async function warnOfUsers(store: Store, ranges: readonly Cidr[], warn: Context['warn']): Promise<void> {
  let count = 0;
  for await (const line of usersIn(store, ranges))
    if (++count <= SHOWN) warn(`Warning: in use, and stays so until it is released: ${line}`);
  if (count > SHOWN) warn(`Warning: ${count - SHOWN} more addresses of the ranges are in use.`);
}

function textOf(name: string, { added, held }: ReserveOutcome): string {
  const size = (range: Cidr) => (cidrSize(range) === 1n ? '1 address' : `${cidrSize(range)} addresses`);
  const lines = [
    ...added.map((range) => `Reserved ${formatCidr(range)} (${size(range)}) in IPReservation(${name})\n`),
    ...held.map((range) => `${formatCidr(range)} was reserved by IPReservation(${name}) before\n`),
  ];
  return lines.join('');
}

export default defineCommand({
  summary: 'Keep addresses from being handed out on their own.',
  description:
    'Makes an IPReservation, or adds to one. An address that somebody asks for by itself can be had still, and addresses in use stay so: those are told. What lies in no pool is refused without --force.',
  examples: [
    'ipam reserve 192.0.2.0/28 192.0.2.200',
    "ipam reserve 192.0.2.128/27 --name=printers --reason='printers of floor 2'",
  ],
  args: { ranges: { arity: 'rest', doc: 'Addresses and CIDRs.' } },
  options: {
    name: {
      type: 'text',
      value: 'NAME',
      default: 'reserved-by-calicoctl',
      doc: 'Name of the IPReservation.',
    },
    reason: { type: 'text', value: 'TEXT', doc: 'Note in the IPReservation what it is for.' },
    force: { type: 'flag', doc: 'Reserve also what lies in no pool.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const ranges = rangesIn(input.ranges);
    if (ranges.length === 0) throw new CalicoctlError('usage', 'nothing to reserve: name addresses or CIDRs');
    const store = await context.datastore({ config: input.config, access: 'write' });
    const outcome = await reserve(store, {
      ranges,
      name: input.name,
      reason: input.reason,
      force: input.force,
    });
    for (const other of outcome.overlaps)
      context.warn(
        `Note: ${formatCidr(other.wanted)} shares addresses with ${formatCidr(other.range)}, which IPReservation(${other.name}) reserves.`,
      );
    await warnOfUsers(store, outcome.added, context.warn);
    return { type: 'text', text: textOf(input.name, outcome) };
  },
});
