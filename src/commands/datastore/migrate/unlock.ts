import type { Result } from '../../../core/result.ts';
import { defineCommand } from '../../../kit/command.ts';
import { configOption } from '../../../kit/options.ts';
import { unlockDatastore } from '../../../operations/lock.ts';

export default defineCommand({
  summary: 'Unlock the datastore.',
  description: 'A note of who locked it and why goes with the lock.',
  examples: ['datastore migrate unlock'],
  args: {},
  options: configOption,
  async run(input, context): Promise<Result> {
    await unlockDatastore(await context.datastore({ config: input.config, access: 'write' }));
    return { type: 'text', text: 'Datastore unlocked.\n' };
  },
});
