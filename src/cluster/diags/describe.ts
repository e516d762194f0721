/** A pod in words: what it is, how its containers fare, and what happened to it. */
import { redactObject, redactText } from '../../bundle/redact.ts';
import { isObject, objectIn, objectsIn } from '../../core/json.ts';
import type { KubeObject } from '../../datastore/cluster.ts';
import { columnsText } from './table.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `events` are those of the namespace, or why there are none. */
export function describePod(given: KubeObject, events: readonly KubeObject[] | string): string {
  // Before messages of several lines become one: secrets are found by their lines.
  const pod = redactObject(given) as KubeObject;
  const spec = objectIn(pod['spec']);
  const status = objectIn(pod['status']);
  const { name, namespace, labels = {}, annotations = {}, creationTimestamp } = pod.metadata as Fields;
  const facts: readonly (readonly [string, unknown])[] = [
    ['Name', name],
    ['Namespace', namespace],
    ['Priority', spec['priorityClassName']],
    ['Service Account', spec['serviceAccountName']],
    ['Node', spec['nodeName'] || '<none>'],
    ['Created', creationTimestamp],
    ['Started', status['startTime']],
    ['Labels', pairs(labels)],
    ['Annotations', pairs(annotations)],
    ['Status', [status['phase'], status['reason'], status['message']].filter(Boolean).join(': ')],
    [
      'IP',
      objectsIn(status['podIPs'])
        .map(({ ip }) => ip)
        .join(', ') || status['podIP'],
    ],
    ['Host Network', spec['hostNetwork'] === true ? 'yes' : 'no'],
  ];
  return [
    columnsText(
      facts
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([key, value]) => [`${key}:`, String(value)]),
    ),
    section('Init Containers', containers(spec['initContainers'], status['initContainerStatuses'])),
    section('Containers', containers(spec['containers'], status['containerStatuses'])),
    section('Conditions', conditions(status['conditions'])),
    section('Tolerations', tolerations(spec['tolerations'])),
    section('Events', eventLines(pod, events)),
  ].join('');
}

function pairs(map: unknown): string {
  const texts = Object.entries(objectIn(map))
    .filter(([key]) => !key.startsWith('kubectl.kubernetes.io/'))
    .map(([key, value]) => `${key}=${value}`);
  return texts.join(', ');
}

function section(title: string, text: string): string {
  return text === '' ? '' : `\n${title}:\n${text.replace(/^(?=.)/gm, '  ')}`;
}

function containers(specs: unknown, statuses: unknown): string {
  const byName = new Map(objectsIn(statuses).map((one) => [one['name'], one]));
  return objectsIn(specs)
    .map((spec) => {
      const status = byName.get(spec['name']) ?? {};
      const resources = objectIn(spec['resources']);
      const lines = [
        ['Image:', String(spec['image'] ?? '')],
        ['Image ID:', String(status['imageID'] || '<none>')],
        ['State:', stateText(status['state'])],
        ['Last State:', stateText(status['lastState'])],
        ['Ready:', String(status['ready'] ?? 'unknown')],
        ['Restart Count:', String(status['restartCount'] ?? 'unknown')],
        ['Requests:', pairs(resources['requests']) || '<none>'],
        ['Limits:', pairs(resources['limits']) || '<none>'],
        // Their values may be secrets, and are in the list of pods where they are none.
        [
          'Environment:',
          objectsIn(spec['env'])
            .map(({ name }) => name)
            .join(', ') || '<none>',
        ],
        [
          'Mounts:',
          objectsIn(spec['volumeMounts'])
            .map(({ mountPath, name }) => `${mountPath} from ${name}`)
            .join(', ') || '<none>',
        ],
      ];
      return `${spec['name']}:\n${columnsText(lines).replace(/^(?=.)/gm, '  ')}`;
    })
    .join('');
}

function stateText(state: unknown): string {
  const [[name, value] = ['<none>', {}]] = Object.entries(objectIn(state)).filter(([, one]) => isObject(one));
  const { reason, exitCode, signal, startedAt, finishedAt, message } = objectIn(value);
  const details = [
    ...(reason === undefined ? [] : [String(reason)]),
    ...(exitCode === undefined ? [] : [`exit code ${exitCode}`]),
    ...(signal === undefined ? [] : [`signal ${signal}`]),
    ...(startedAt ? [`started ${startedAt}`] : []),
    ...(finishedAt ? [`finished ${finishedAt}`] : []),
    ...(message ? [String(message).replace(/\s+/g, ' ').trim()] : []),
  ];
  return details.length === 0 ? name : `${name} (${details.join(', ')})`;
}

function conditions(value: unknown): string {
  const rows = objectsIn(value).map(({ type, status, reason, message, lastTransitionTime }) =>
    [type, status, reason, lastTransitionTime, message].map((cell) => (cell ? String(cell) : '')),
  );
  return rows.length === 0 ? '' : columnsText([['TYPE', 'STATUS', 'REASON', 'SINCE', 'MESSAGE'], ...rows]);
}

function tolerations(value: unknown): string {
  return objectsIn(value)
    .map(
      ({ key, operator, value: wanted, effect }) =>
        `${key ?? '*'}${operator === 'Exists' || wanted === undefined ? '' : `=${wanted}`}${effect ? `:${effect}` : ''}\n`,
    )
    .join('');
}

function eventLines(pod: KubeObject, events: readonly KubeObject[] | string): string {
  if (typeof events === 'string') return `could not be read: ${events}\n`;
  const { name, uid } = pod.metadata;
  const rows = events
    .filter((event) => {
      const about = objectIn(event['involvedObject']);
      return about['kind'] === 'Pod' && about['name'] === name && (!about['uid'] || about['uid'] === uid);
    })
    .map((event) => ({ event, last: lastSeen(event) }))
    .sort((a, b) => (a.last < b.last ? -1 : 1))
    .map(({ event, last }) =>
      [last, event['type'], event['reason'], event['count'] ?? 1, event['message']].map((cell) =>
        redactText(String(cell ?? ''))
          .replace(/\s+/g, ' ')
          .trim(),
      ),
    );
  return rows.length === 0
    ? 'none\n'
    : columnsText([['LAST SEEN', 'TYPE', 'REASON', 'COUNT', 'MESSAGE'], ...rows]);
}

function lastSeen(event: KubeObject): string {
  const created = (event.metadata as Fields)['creationTimestamp'];
  return String(event['lastTimestamp'] || event['eventTime'] || event['firstTimestamp'] || created || '');
}
