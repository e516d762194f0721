import { defineCommand } from '../kit/command.ts';
import { manifestArguments, writeAll } from '../kit/manifests.ts';
import { configOption, inputOptions, namespaceOption } from '../kit/options.ts';
import { applyResource } from '../operations/apply.ts';

export default defineCommand({
  summary: 'Create resources from files or standard input, or replace those that exist.',
  description:
    'Spec, labels and annotations become what the file says; identity stays. Every document is read and checked before the first is written.',
  examples: ['apply -f pool.yaml', 'apply -f manifests/ -R'],
  args: manifestArguments,
  options: { ...inputOptions, ...configOption, ...namespaceOption },
  run: (input, context) => writeAll(input, context, { verb: 'apply', operation: applyResource }),
});
