/** Logs and descriptions of pods. */
import type { Link } from '../../bundle/bundle.ts';
import { Skipped, type Step } from '../../bundle/recorder.ts';
import { CalicoctlError, isError } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import type { Cluster, KubeObject } from '../../datastore/cluster.ts';
import { describePod } from './describe.ts';
import type { Watch } from './lists.ts';
import type { ChosenPod } from './workloads.ts';

/** Kubelets rotate logs long before; what a container prints faster than that must not fill the disk. */
const LOG_BYTES = 256 << 20;
/** Of one log, however slowly it comes. */
const LOG_MS = 300_000;

export interface PodSource {
  readonly cluster: Cluster;
  readonly watch: Watch;
  readonly sinceSeconds: number | undefined;
  /** Events of a namespace; read once. */
  events(namespace: string): Promise<readonly KubeObject[]>;
  /** A step that asks a kubelet, not tried where it did not answer before. */
  guarded(node: string, step: Step): Step;
}

/** Where a pod's files are. */
export function podFolder({ node, namespace }: ChosenPod): string {
  return `nodes/${node === '' ? 'unscheduled' : node}/${namespace}`;
}

/** The files of a pod once more, by its namespace alone. */
export function linksOf(pod: ChosenPod): Link[] {
  const { namespace, name, object } = pod;
  const previous = restarted(object).map((container) => `${name}.${container}.previous.log`);
  return [`${name}.log`, `${name}.txt`, ...previous].map((file) => ({
    name: `links/${namespace}/${file}`,
    file: `${podFolder(pod)}/${file}`,
  }));
}

export function podSteps(source: PodSource, pod: ChosenPod): Step[] {
  const { guarded } = source;
  const { namespace, name, node } = pod;
  const where = `pod ${name} in namespace ${namespace}`;
  const folder = podFolder(pod);
  return [
    guarded(node, logStep(source, pod, `${folder}/${name}.log`)),
    {
      name: `description of ${where}`,
      async work(collect) {
        const events = await source.events(namespace).catch((error: unknown) => whyNot(error));
        await collect.text(`${folder}/${name}.txt`, describePod(pod.object, events));
      },
    },
    ...restarted(pod.object).map((container) =>
      guarded(node, previousStep(source, pod, container, `${folder}/${name}.${container}.previous.log`)),
    ),
  ];
}

function whyNot(error: unknown): string {
  if (error instanceof CalicoctlError) return error.message;
  throw error;
}

/** All containers in turn; that one has no log stands in the file, and fails nothing. */
function logStep({ cluster, watch, sinceSeconds }: PodSource, pod: ChosenPod, file: string): Step {
  const { namespace, name, object } = pod;
  const chunks = async function* () {
    const failures: CalicoctlError[] = [];
    const containers = containersOf(object);
    for (const container of containers) {
      yield containers.length > 1 ? `==== container ${container} ====\n` : '';
      try {
        yield* cluster.logs({
          namespace,
          pod: name,
          container,
          ...since(sinceSeconds),
          limitBytes: LOG_BYTES,
        });
      } catch (error) {
        if (!(error instanceof CalicoctlError)) throw error;
        yield `\n[${error.message}]\n`;
        if (isError(error, 'unavailable', 'timeout', 'cancelled')) throw error;
        if (!isError(error, 'not-found')) failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  };
  return {
    name: `logs of pod ${name} in namespace ${namespace}`,
    timeoutMs: LOG_MS,
    work: ({ stream }) => stream(file, watch(file, chunks())),
  };
}

function previousStep(
  { cluster, watch, sinceSeconds }: PodSource,
  { namespace, name: pod }: ChosenPod,
  container: string,
  file: string,
): Step {
  const request = { namespace, pod, container, previous: true, ...since(sinceSeconds) } as const;
  return {
    name: `logs of the previous container ${container} of pod ${pod} in namespace ${namespace}`,
    timeoutMs: LOG_MS,
    async work({ stream }) {
      const log = cluster.logs({ ...request, limitBytes: LOG_BYTES });
      await stream(file, watch(file, log)).catch((error: unknown) => {
        // The kubelet keeps it no longer.
        throw isError(error, 'not-found') ? new Skipped(error.message) : error;
      });
    },
  };
}

function since(sinceSeconds: number | undefined): { readonly sinceSeconds?: number } {
  return sinceSeconds === undefined ? {} : { sinceSeconds };
}

/** Names of all containers, those that run first first. */
export function containersOf({ spec }: KubeObject): readonly string[] {
  if (!isObject(spec)) return [];
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) => namesIn(spec[field]));
}

function namesIn(containers: unknown): string[] {
  return (Array.isArray(containers) ? containers : []).filter(isObject).map(({ name }) => String(name));
}

/** Containers that ran before. */
function restarted({ status }: KubeObject): readonly string[] {
  if (!isObject(status)) return [];
  return ['initContainerStatuses', 'containerStatuses']
    .flatMap((field) => (Array.isArray(status[field]) ? status[field] : []))
    .filter(isObject)
    .filter(({ restartCount, lastState }) => {
      const ended = isObject(lastState) && lastState['terminated'] !== undefined;
      return Number(restartCount ?? 0) > 0 || ended;
    })
    .map(({ name }) => String(name));
}
