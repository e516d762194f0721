import type { Result } from '../core/result.ts';
import type { Practice, SettingFacts } from '../doctor/surroundings.ts';
import { type Context, defineCommand } from '../kit/command.ts';
import { milliseconds } from '../kit/duration.ts';
import { configOption, dataFormat } from '../kit/options.ts';
import { remedies } from '../kit/remedy.ts';
import { clusterAround, clusterOption } from '../kit/services.ts';
import { writesOf } from '../reference/verbs.ts';

export default defineCommand({
  summary: 'Try everything between this command line and a healthy cluster, and say what to do.',
  description: [
    'Tries, step by step: the configuration, files and credentials, name, port, TLS and answer of the server, login and rights, clocks, the datastore and its lock, versions, definitions of kinds, nodes, BGP, addresses, resources and policies, and the health of the cluster. A step that fails leaves out those that need it. In the end it says what to do, the most urgent first, each with a command.',
    'Nothing is changed, and no secret is shown. The exit status is 1 where something needs doing.',
  ].join('\n\n'),
  examples: ['doctor', 'doctor -c cluster.cfg -o json', 'doctor --timeout 30s'],
  args: {},
  options: {
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json or yaml.' },
    timeout: {
      type: 'text',
      value: 'DURATION',
      default: '5m',
      doc: 'How long all of it may take; what is left then is not tried.',
    },
    ...clusterOption,
    ...configOption,
  },
  async run(input, context): Promise<Result> {
    const format = dataFormat(input.output);
    const limit = milliseconds(input.timeout, '--timeout', 1);
    const practice = practiceOf(context, { config: input.config, kubeconfig: input.kubeconfig });
    const { doctorDocument, doctorText } = await import('../doctor/report.ts');
    if (format === undefined) {
      const { marksFor } = await import('../doctor/text.ts');
      const { chunks, failed } = doctorText(
        practice,
        limit,
        marksFor(context.io.env, context.io.terminal.out),
      );
      return { type: 'stream', chunks, status: () => (failed() ? 1 : 0) };
    }
    const value = await doctorDocument(practice, limit);
    return { type: 'sequence', results: [{ type: 'data', format, value }], status: value.well ? 0 : 1 };
  },
});

interface Given {
  readonly config: string | undefined;
  readonly kubeconfig: string | undefined;
}

function practiceOf(context: Context, { config, kubeconfig }: Given): Practice {
  const { io } = context;
  const settings = async (): Promise<SettingFacts> => factsOf(await context.configuration(config), context);
  return {
    settings,
    store: () => context.datastore({ config, access: 'read', unchecked: true }),
    cluster: () => clusterAround(context, { config, kubeconfig }),
    host: () => context.host(),
    remedies: () => remedies(context, { config, kubeconfig }),
    ...{ env: io.env, signal: io.signal },
    takes: (type, kind, write) => writesOf(kind, type).includes(write),
  };
}

/** The getters throw where settings contradict each other. */
async function factsOf(
  configuration: Awaited<ReturnType<Context['configuration']>>,
  context: Context,
): Promise<SettingFacts> {
  const { datastoreType: type, configFile, notes } = configuration;
  const rows = await context.settingsOf(configuration);
  if (type === 'kubernetes') void configuration.kubernetes;
  return {
    ...{ type, notes, rows },
    ...(configFile === undefined ? {} : { configFile }),
    endpoints: type === 'etcdv3' ? configuration.etcd.endpoints : [],
    ...(type === 'file' ? { directory: configuration.file.directory } : {}),
  };
}
