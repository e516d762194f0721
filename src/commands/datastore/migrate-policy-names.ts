import type { Result } from '../../core/result.ts';
import { defineCommand } from '../../kit/command.ts';
import { configOption } from '../../kit/options.ts';
import { migratePolicyNames } from '../../migration/policy-names.ts';

export default defineCommand({
  summary: 'Give policies that old releases stored under a default. prefix their plain names back.',
  description:
    'Old releases stored a policy NAME of the default tier as default.NAME. Such policies are listed, but not found by name. Each is written under its name, and the old entry is deleted. It does no harm to run this again.',
  examples: ['datastore migrate-policy-names'],
  args: {},
  options: configOption,
  async run(input, context): Promise<Result> {
    const store = await context.datastore({ config: input.config, access: 'write' });
    const count = await migratePolicyNames(store, context.warn);
    return { type: 'text', text: `Policy name migration complete, migrated ${count} policies.\n` };
  },
});
