import { CalicoctlError } from '../core/errors.ts';
import { shellWord } from '../core/shell.ts';
import type { Context } from './command.ts';

interface Given {
  readonly config: string | undefined;
  readonly kubeconfig: string | undefined;
}

/**
 * Makes of a command line that is advised one that means this cluster wherever it is pasted: with the configuration file,
 * kubeconfig and context by which the cluster was found, where they are not what the programs take by themselves.
 */
export async function remedies(context: Context, given: Given): Promise<(command: string) => string> {
  const flags = (...pairs: readonly (readonly [flag: string, value: string | undefined])[]) =>
    pairs.map(([flag, value]) => (value ? ` ${flag} ${shellWord(value)}` : '')).join('');
  const { kubeconfig, current } = await kubernetesOf(context, given);
  const ours = flags(['-c', given.config], ['--context', context.globals.context]);
  const kubectls = flags(['--kubeconfig', kubeconfig], ['--context', current]);
  return (command) => {
    if (command.startsWith('calicoctl ')) return command + ours;
    return command.startsWith('kubectl ') ? command.replace(/^kubectl/, () => `kubectl${kubectls}`) : command;
  };
}

/** What kubectl has to be told, for it knows nothing of our configuration. */
async function kubernetesOf(context: Context, { config, kubeconfig }: Given) {
  try {
    const configuration = await context.configuration(config, { emptyPathIsDefault: true });
    const { kubeconfigPaths, context: current } = configuration.kubernetes;
    const row = (await context.settingsOf(configuration)).find(({ field }) => field === 'kubeconfig');
    const isHidden = configuration.datastoreType === 'kubernetes' && row?.from.startsWith('file');
    const own = isHidden && kubeconfigPaths.length === 1 ? kubeconfigPaths[0] : undefined;
    return { kubeconfig: kubeconfig || own, current };
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    return { kubeconfig, current: context.globals.context };
  }
}
