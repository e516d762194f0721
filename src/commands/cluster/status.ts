import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { defineCommand } from '../../kit/command.ts';
import { configOption, dataFormat } from '../../kit/options.ts';
import { remedies } from '../../kit/remedy.ts';
import { clusterAround, clusterOption } from '../../kit/services.ts';

export default defineCommand({
  summary: 'Show the health of the cluster, and what is wrong with it, the worst first.',
  description: [
    'Looks at versions, nodes, the pods of Calico, its operator, Typha and controllers, the datastore and its lock, BGP sessions that nodes report, addresses left, and definitions of kinds. Nothing is changed.',
    'What could not be looked at is told as unknown, with the reason. The exit status is 1 where something is wrong, and where something should have been seen and could not be; --fail-on warning counts warnings too.',
  ].join('\n\n'),
  examples: ['cluster status', 'cluster status -o json', 'cluster status --fail-on warning'],
  args: {},
  options: {
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json or yaml.' },
    failOn: {
      type: 'text',
      value: 'SEVERITY',
      default: 'error',
      doc: 'Least severity that makes the command fail: error or warning.',
    },
    ...clusterOption,
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const format = dataFormat(input.output);
    const failOn = severityNamed(input.failOn);
    const given = { config: input.config, kubeconfig: input.kubeconfig };
    // Settings that say nothing are the user's fault, not the cluster's.
    const store = context.datastore({ config: input.config, access: 'read', unchecked: true });
    await store.catch((error: unknown) => {
      if (isError(error, 'configuration', 'usage', 'input')) throw error;
    });
    const { clusterHealth, statusOf } = await import('../../cluster/health/health.ts');
    const found = await clusterHealth({
      store: () => store,
      cluster: () => clusterAround(context, given),
    });
    const meant = await remedies(context, given);
    const causes = found.causes.map(({ command, ...rest }) =>
      command === undefined ? rest : { ...rest, command: meant(command) },
    );
    const health = { ...found, causes };
    const status = statusOf(health, failOn);
    if (format !== undefined) {
      const { healthDocument } = await import('../../cluster/status/document.ts');
      const value = healthDocument(health);
      return { type: 'sequence', results: [{ type: 'data', format, value }], status };
    }
    const { healthText } = await import('../../cluster/status/text.ts');
    return { type: 'sequence', results: [{ type: 'text', text: healthText(health) }], status };
  },
});

function severityNamed(word: string): 'error' | 'warning' {
  if (word === 'error' || word === 'warning') return word;
  throw new CalicoctlError('usage', `unrecognized severity '${word}' for --fail-on: use error or warning`);
}
