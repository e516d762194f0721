import type { Resource } from '../../resources/kind.ts';
import type { Holder } from './occupants.ts';

/** What makes a pod anew when it is gone. */
export interface Controller {
  readonly kind: 'deployment' | 'statefulset' | 'daemonset' | 'job';
  readonly name: string;
}

/**
 * Who made a pod, as its labels and name tell: endpoints do not show owners. Undefined where they tell nothing, as of
 * pods that somebody made by hand.
 */
export function controllerOf({ metadata }: Resource, pod: string): Controller | undefined {
  const { labels = {} } = metadata;
  const prefix =
    typeof metadata['generateName'] === 'string' ? metadata['generateName'].replace(/-$/, '') : '';
  const hash = labels['pod-template-hash'];
  if (hash !== undefined) {
    const set = prefix || pod.replace(/-[^-]+$/, '');
    if (set.endsWith(`-${hash}`)) return { kind: 'deployment', name: set.slice(0, -hash.length - 1) };
    return undefined;
  }
  const job = labels['batch.kubernetes.io/job-name'] ?? labels['job-name'];
  if (job !== undefined) return { kind: 'job', name: job };
  if ('statefulset.kubernetes.io/pod-name' in labels) {
    const [, name] = /^(.+)-\d+$/.exec(pod) ?? [];
    return name === undefined ? undefined : { kind: 'statefulset', name };
  }
  if ('pod-template-generation' in labels && 'controller-revision-hash' in labels) {
    const name = prefix || pod.replace(/-[^-]+$/, '');
    return { kind: 'daemonset', name };
  }
  return undefined;
}

/** The command lines that give pods other addresses, each once, by namespace. */
export function restartCommands(holders: readonly Holder[]): readonly string[] {
  const commands = new Map<string, string[]>();
  for (const { what, namespace, name, controller, confirmed } of holders) {
    if (what !== 'pod' || !confirmed) continue;
    const key =
      controller === undefined || controller.kind === 'job'
        ? `kubectl delete pod -n ${namespace}`
        : `kubectl rollout restart -n ${namespace} ${controller.kind}/${controller.name}`;
    const pods = commands.get(key) ?? [];
    pods.push(name);
    commands.set(key, pods);
  }
  return [...commands]
    .flatMap(([command, pods]) =>
      command.startsWith('kubectl delete')
        ? rows(unique(pods)).map((row) => `${command} ${row.join(' ')}`)
        : [command],
    )
    .sort();
}

/** Pods that one command line names. */
const PODS_IN_A_LINE = 20;

function rows(names: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(names.length / PODS_IN_A_LINE);
  return Array.from({ length: count }, (_, row) =>
    names.slice(row * PODS_IN_A_LINE, (row + 1) * PODS_IN_A_LINE),
  );
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
