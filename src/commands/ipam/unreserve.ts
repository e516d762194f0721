import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { rangesIn } from '../../ipam/reserve/reserve.ts';
import { type Freed, unreserve } from '../../ipam/reserve/unreserve.ts';
import { defineCommand } from '../../kit/command.ts';
import { configOption } from '../../kit/options.ts';

function lineOf({ name, left }: Freed): string {
  if (left === undefined) return `IPReservation(${name}) reserved nothing more and was deleted\n`;
  return `IPReservation(${name}) reserves ${left.join(', ')} now\n`;
}

export default defineCommand({
  summary: 'Let reserved addresses be handed out again.',
  description:
    'Takes the addresses out of every IPReservation that has them, or out of the one that --name gives. What is reserved beside them stays so, in smaller ranges where it has to be. With --name alone the whole IPReservation goes.',
  examples: [
    'ipam unreserve 192.0.2.7',
    'ipam unreserve 192.0.2.0/29 --name=printers',
    'ipam unreserve --name=printers',
  ],
  args: { ranges: { arity: 'rest', doc: 'Addresses and CIDRs.' } },
  options: {
    name: { type: 'text', value: 'NAME', doc: 'Name of the IPReservation.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const ranges = rangesIn(input.ranges);
    if (ranges.length === 0 && !input.name)
      throw new CalicoctlError(
        'usage',
        'nothing to free: name addresses or CIDRs, or an IPReservation with --name',
      );
    const store = await context.datastore({ config: input.config, access: 'write' });
    const freed = await unreserve(store, { ranges, name: input.name || undefined });
    return { type: 'text', text: freed.map(lineOf).join('') };
  },
});
