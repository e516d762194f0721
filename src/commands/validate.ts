import { defineCommand } from '../kit/command.ts';
import { manifestArguments, manifestsGiven } from '../kit/manifests.ts';
import { inputOptions, namespaceOption } from '../kit/options.ts';
import { runBulk } from '../operations/bulk.ts';
import { validateResource } from '../operations/write.ts';

export default defineCommand({
  summary: 'Check resources in files or standard input, without a datastore.',
  examples: ['validate -f pool.yaml', 'validate -f manifests/ -R'],
  args: manifestArguments,
  options: { ...inputOptions, ...namespaceOption },
  async run(input, { io }) {
    const manifests = await manifestsGiven(input, io);
    try {
      return await runBulk(manifests, async (intent) => validateResource(intent), {
        verb: 'validate',
        namespaces: input.namespace === undefined ? {} : { namespace: input.namespace },
        concurrency: 1,
        signal: io.signal,
      });
    } finally {
      await manifests.close();
    }
  },
});
