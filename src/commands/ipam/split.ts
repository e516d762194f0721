import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { defineCommand } from '../../kit/command.ts';
import { configOption } from '../../kit/options.ts';
import { splitPool } from '../../operations/ipam/split.ts';
import { formatCidr } from '../../resources/net/cidr.ts';

function numberOf(word: string): number {
  if (/^[+-]?\d+$/.test(word)) return Number(word);
  throw new CalicoctlError(
    'usage',
    `error reading number to split IP pools into. ${word} is not a valid number`,
  );
}

export default defineCommand({
  summary: 'Split an IP pool into smaller ones of equal size.',
  description: [
    'The datastore has to be locked. The parts are named split-POOL-0, split-POOL-1 and so on, and have the settings of the pool; addresses in use stay so. NUMBER is a power of 2, and a part cannot be smaller than a block.',
    'A NUMBER into which the pool cannot be split leaves it disabled; anything else that is wrong is found before anything is written. A split that broke off is finished by the same command.',
  ].join('\n\n'),
  examples: ['ipam split 2 --name=main', 'ipam split 4 --cidr=192.0.2.0/24'],
  args: { number: { arity: 'required', doc: 'How many parts to make.' } },
  options: {
    name: { type: 'text', value: 'POOL', doc: 'Name of the pool.' },
    cidr: { type: 'text', value: 'CIDR', doc: 'CIDR of the pool, as `get ippool` shows it.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const count = numberOf(input.number);
    const choice = input.name ? { name: input.name } : input.cidr ? { cidr: input.cidr } : undefined;
    if (choice === undefined)
      throw new CalicoctlError(
        'usage',
        'no name or CIDR provided. Provide a name or CIDR to denote the IP pool to split',
      );
    const store = await context.datastore({ config: input.config, access: 'write' });
    const { pool, parts, resumed, wasDisabled } = await splitPool(store, choice, count);
    if (resumed !== undefined) context.warn(`Finished an earlier split: ${resumed}.`);
    else if (wasDisabled) context.warn(`Note: pool ${pool} was disabled; its parts are enabled.`);
    const created = parts.map((part) => `Created ${part.name} with CIDR ${formatCidr(part.range)}.\n`);
    // The first line has no end, as scripts know it.
    const text = `IP Pool ${pool} was successfully split into ${parts.length} smaller pools.${created.join('')}`;
    return { type: 'text', text: `${text}Please refer to the documentation for final steps.\n` };
  },
});
