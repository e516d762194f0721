import type { Result } from '../../../core/result.ts';
import { defineCommand } from '../../../kit/command.ts';
import { lockNote } from '../../../kit/lock-note.ts';
import { configOption } from '../../../kit/options.ts';
import { formatLockNote, lockDatastore, lockState } from '../../../operations/lock.ts';

export default defineCommand({
  summary: 'Lock the datastore, so that components of Calico leave it alone.',
  description:
    'While the lock is held no addresses are handed out and nothing new is programmed; what runs goes on. With --reason it is noted in the datastore who locked it, when and why; `datastore status` shows that.',
  examples: ['datastore migrate lock', "datastore migrate lock --reason 'split of pool main'"],
  args: {},
  options: {
    reason: { type: 'text', value: 'TEXT', doc: 'Note who locks the datastore, and that it is for this.' },
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const store = await context.datastore({ config: input.config, access: 'write' });
    const isNew = await lockDatastore(store, input.reason === undefined ? undefined : lockNote(input.reason));
    if (!isNew) {
      const { note } = await lockState(store);
      context.warn(
        `The datastore was locked before${note === undefined ? '' : `: ${formatLockNote(note)}`}.`,
      );
    }
    return { type: 'text', text: 'Datastore locked.\n' };
  },
});
