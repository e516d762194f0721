import { counted } from '../../../core/words.ts';
import type { CauseCode } from '../catalogue.ts';
import { type Cause, cause, listed, type Subject } from '../cause.ts';
import type { CalicoPod, Facts, PodContainer } from '../facts.ts';
import { seenValue } from '../seen.ts';

/** Restarts are told for so long. */
const LATELY_MS = 60 * 60 * 1000;
/** A pod that is younger may still be starting. */
const STARTING_MS = 5 * 60 * 1000;

const IMAGE_TROUBLE: ReadonlySet<string> = new Set([
  ...['ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'ErrImageNeverPull'],
  'ImageInspectError',
]);

interface Trouble {
  readonly code: CauseCode;
  /** What is the same of all pods that are told together. */
  readonly what: string;
  readonly pod: CalicoPod;
  readonly container: string;
  readonly restarts: number;
  readonly previous: boolean;
}

/** Pods of Calico that crash, do not start, or did so lately. */
export function* judgePods(facts: Facts): Generator<Cause> {
  const items = seenValue(facts.pods)?.items ?? [];
  const troubles = items.flatMap((pod) => troublesOf(pod, facts.now));
  const key = ({ code, pod, container, what }: Trouble) => `${code} ${pod.component} ${container} ${what}`;
  for (const group of Map.groupBy(troubles, key).values()) yield told(group);
}

/** Why the pod is not ready is told already. */
export function hasOwnCause(pod: CalicoPod, now: number): boolean {
  return troublesOf(pod, now).some(stops);
}

function stops({ code }: Trouble): boolean {
  return code === 'pod-pending' || code === 'crash-loop' || code === 'image-missing';
}

function troublesOf(pod: CalicoPod, now: number): readonly Trouble[] {
  if (pod.unscheduled !== undefined) {
    const what = `cannot be scheduled: ${pod.unscheduled}`;
    return [{ code: 'pod-pending', what, pod, container: '', restarts: 0, previous: false }];
  }
  const isHeldUp = ({ waiting }: PodContainer) => waiting?.reason === 'PodInitializing';
  const found = (of: readonly PodContainer[]) =>
    of.flatMap((container) => troubleOf(pod, container, now) ?? []);
  const own = found(pod.containers.filter((each) => !isHeldUp(each)));
  return own.some(stops) ? own : [...own, ...found(pod.containers.filter(isHeldUp))];
}

function troubleOf(pod: CalicoPod, container: PodContainer, now: number): Trouble | undefined {
  const { name, waiting, ended, restarts, image } = container;
  const of = (code: CauseCode, what: string, previous = false): Trouble => ({
    ...{ code, what, pod, container: name, restarts, previous },
  });
  const last = ended && (ended.reason === 'OOMKilled' ? 'was out of memory' : `ended with ${ended.exitCode}`);
  if (waiting?.reason === 'CrashLoopBackOff')
    return of('crash-loop', `crashes again and again${last ? ` (last it ${last})` : ''}`, true);
  if (waiting !== undefined && IMAGE_TROUBLE.has(waiting.reason))
    return of('image-missing', `cannot get its image ${image} (${waiting.reason})`);
  if (waiting?.reason.endsWith('Error')) return of('pod-pending', `does not start (${waiting.reason})`);
  const passed = ended === undefined ? Number.POSITIVE_INFINITY : now - Date.parse(ended.at);
  if (ended !== undefined && restarts > 0 && passed < LATELY_MS) {
    if (ended.reason === 'OOMKilled')
      return of('out-of-memory', 'was killed within the last hour: out of memory', true);
    return of('restarts', `restarted within the last hour (it ${last})`, true);
  }
  const waits = pod.since === undefined ? 0 : now - Date.parse(pod.since);
  return waiting !== undefined && waits > STARTING_MS
    ? of('pod-pending', `does not start (${waiting.reason})`)
    : undefined;
}

const ADVICE: Readonly<Partial<Record<CauseCode, string>>> = {
  'crash-loop': 'Look at what it said before it ended.',
  'out-of-memory': 'Raise its memory limit, or look for what made it grow.',
  restarts: 'Look at what it said before it ended.',
  'image-missing': 'Check the name of the image, the registry, and the secrets for pulling.',
  'pod-pending': 'The events of the pod say why.',
};

function told(group: readonly Trouble[]): Cause {
  const { code, what, pod, container, previous } = group[0]!;
  const sorted = group.toSorted((a, b) => (a.pod.name < b.pod.name ? -1 : 1));
  const names = sorted.map(({ pod: { name, node } }) => (node === '' ? name : `${name} on ${node}`));
  const found: readonly Subject[] = sorted.map(({ pod: { namespace, name } }) => ({
    ...{ kind: 'Pod', namespace, name },
  }));
  const place = `kubectl -n ${pod.namespace}`;
  const first = sorted[0]!.pod.name;
  const of = container === '' || container === pod.component ? '' : `, container ${container},`;
  return cause(code, {
    subjects: found,
    message: `${pod.component}${of} ${what} in ${counted(names.length, 'pod')}: ${listed(names)}`,
    evidence: {
      container,
      restarts: sorted.map(({ restarts }) => restarts),
      nodes: sorted.map((each) => each.pod.node),
    },
    advice: ADVICE[code] ?? 'Look at the pod.',
    command: previous
      ? `${place} logs ${first} -c ${container} --previous --tail 50`
      : `${place} describe pod ${first}`,
  });
}
