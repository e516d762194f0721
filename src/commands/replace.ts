import { defineCommand } from '../kit/command.ts';
import { manifestArguments, writeAll } from '../kit/manifests.ts';
import { configOption, inputOptions, namespaceOption } from '../kit/options.ts';
import { replaceResource } from '../operations/write.ts';

export default defineCommand({
  summary: 'Replace resources that exist by what files or standard input say.',
  description:
    'A metadata.resourceVersion in the file makes the replacement conditional: it fails when the stored object has changed.',
  examples: ['replace -f pool.yaml', 'get ippool main -o yaml | calicoctl replace -f -'],
  args: manifestArguments,
  options: { ...inputOptions, ...configOption, ...namespaceOption },
  run: (input, context) => writeAll(input, context, { verb: 'replace', operation: replaceResource }),
});
