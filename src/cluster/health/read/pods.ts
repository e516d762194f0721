import { objectIn, objectsIn, textIn } from '../../../core/json.ts';
import type { KubeObject } from '../../../datastore/cluster.ts';
import type { CalicoPod, PodContainer } from '../facts.ts';
import { conditionOf, numberIn } from './fields.ts';

/** What is judged of a pod. */
export function podOf(object: KubeObject): CalicoPod {
  const { metadata } = object;
  const [spec, status] = [objectIn(object, 'spec'), objectIn(object, 'status')];
  const ready = conditionOf(object, 'Ready');
  const scheduled = conditionOf(object, 'PodScheduled');
  const since = ready['lastTransitionTime'] ?? metadata.creationTimestamp;
  const statuses = [...objectsIn(status['initContainerStatuses']), ...objectsIn(status['containerStatuses'])];
  const images = new Map(
    [...objectsIn(spec['initContainers']), ...objectsIn(spec['containers'])].map((container) => [
      textIn(container['name']),
      textIn(container['image']),
    ]),
  );
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    component: metadata.labels?.['k8s-app'] ?? '',
    node: textIn(spec['nodeName']),
    ready: ready['status'] === 'True',
    ...(typeof since === 'string' ? { since } : {}),
    ...(scheduled['status'] === 'False'
      ? { unscheduled: textIn(scheduled['message']) || textIn(scheduled['reason']) }
      : {}),
    containers: [...images].map(([name, image]) =>
      containerOf(name, image, statuses.find((each) => each['name'] === name) ?? {}),
    ),
  };
}

function containerOf(name: string, image: string, status: Readonly<Record<string, unknown>>): PodContainer {
  const waiting = objectIn(status, 'state', 'waiting');
  const isDone = objectIn(status, 'state', 'terminated')['exitCode'] === 0;
  const ended = [objectIn(status, 'lastState', 'terminated'), objectIn(status, 'state', 'terminated')].find(
    ({ finishedAt }) => finishedAt !== undefined,
  );
  return {
    name,
    image,
    restarts: numberIn(status['restartCount']),
    ...(waiting['reason'] === undefined
      ? {}
      : { waiting: { reason: textIn(waiting['reason']), message: textIn(waiting['message']) } }),
    // What prepares a pod does it again after a reboot, and ends well.
    ...(ended === undefined || isDone
      ? {}
      : {
          ended: {
            reason: textIn(ended['reason']),
            exitCode: numberIn(ended['exitCode']),
            at: textIn(ended['finishedAt']),
          },
        }),
  };
}
