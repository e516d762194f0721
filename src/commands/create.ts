import { isError } from '../core/errors.ts';
import { defineCommand } from '../kit/command.ts';
import { manifestArguments, writeAll } from '../kit/manifests.ts';
import { configOption, inputOptions, namespaceOption } from '../kit/options.ts';
import { createResource } from '../operations/write.ts';

export default defineCommand({
  summary: 'Create resources from files or standard input.',
  description:
    'Fails for resources that exist already. Every document is read and checked before the first is written.',
  examples: ['create -f pool.yaml', 'create -f manifests/ -R', 'create -f - --skip-exists'],
  args: manifestArguments,
  options: {
    ...inputOptions,
    skipExists: { type: 'flag', doc: 'A resource that exists already is no error and stays as it is.' },
    ...configOption,
    ...namespaceOption,
  },
  run: (input, context) =>
    writeAll(input, context, {
      verb: 'create',
      operation: createResource,
      tolerate: (error) => input.skipExists && isError(error, 'already-exists'),
    }),
});
