import { isError } from '../core/errors.ts';
import { defineCommand } from '../kit/command.ts';
import { manifestArguments, writeAll } from '../kit/manifests.ts';
import { configOption, inputOptions, namespaceOption } from '../kit/options.ts';
import { deleteResource } from '../operations/write.ts';

export default defineCommand({
  summary: 'Delete resources named by kind and name, or in files.',
  description:
    'Of a file only kinds, names and namespaces count; a metadata.resourceVersion makes the deletion conditional.',
  examples: ['delete ippool main', 'delete networkset lab -n dev', 'delete -f pool.yaml --skip-not-exists'],
  args: manifestArguments,
  options: {
    ...inputOptions,
    skipNotExists: { type: 'flag', short: 's', doc: 'A resource that does not exist is no error.' },
    ...configOption,
    ...namespaceOption,
  },
  run: (input, context) =>
    writeAll(input, context, {
      verb: 'delete',
      operation: deleteResource,
      tolerate: (error) => input.skipNotExists && isError(error, 'not-found'),
    }),
});
