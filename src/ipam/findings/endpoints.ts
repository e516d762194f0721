import { textIn } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { listed } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import type { IpamFinding } from '../finding.ts';
import { lookedAt, nodeAgain } from '../survey/again.ts';
import { interfaceKey, interfaceText } from '../survey/endpoints.ts';
import type { Survey } from '../survey/survey.ts';
import { networksOf } from '../survey/users.ts';
import { found } from './finding.ts';

/** Endpoints of nodes that are not there (CAL3023), and of one interface of one pod (CAL3024). */
export default async function* endpoints(survey: Survey, store: Datastore): AsyncGenerator<IpamFinding> {
  const { byNode, repeated } = survey.endpoints;
  const gone = new Set([...byNode.keys()].filter((name) => name !== '' && !survey.nodes.has(name)));
  if (gone.size === 0 && repeated.size === 0) return;
  const stale: Resource[] = [];
  const groups = new Map<string, Resource[]>();
  for await (const endpoint of listed(store, { kind: await kindOf('WorkloadEndpoint'), asStored: true })) {
    const node = nodeName(endpoint);
    // Hosts of OpenStack are no nodes of Calico.
    if (gone.has(node)) {
      if (endpoint.spec['orchestrator'] !== 'openstack') stale.push(endpoint);
    } else if (repeated.has(interfaceKey(endpoint))) {
      const key = interfaceText(endpoint.metadata, endpoint.spec);
      groups.set(key, [...(groups.get(key) ?? []), endpoint]);
    }
  }
  yield* lookedAt(store, stale, (endpoint) => staleFinding(store, endpoint));
  yield* lookedAt(
    store,
    [...groups.values()].filter((group) => group.length > 1),
    (group) => repeatedFinding(store, group),
  );
}

function nodeName({ spec }: Resource): string {
  return textIn(spec['node']);
}

function nameOf({ metadata }: Resource): string {
  return `${metadata.namespace}/${metadata.name}`;
}

async function isStill(store: Datastore, endpoint: Resource): Promise<boolean> {
  const { namespace, name, resourceVersion } = endpoint.metadata;
  const kind = await kindOf('WorkloadEndpoint');
  const stored = await unlessNotFound(
    store.get({ kind, name, ...(namespace === undefined ? {} : { namespace }) }),
  );
  return stored !== undefined && stored.metadata.resourceVersion === resourceVersion;
}

async function staleFinding(store: Datastore, endpoint: Resource): Promise<IpamFinding | undefined> {
  const node = nodeName(endpoint);
  if ((await nodeAgain(store, node)) !== undefined || !(await isStill(store, endpoint))) return undefined;
  const { namespace = '', name, resourceVersion: version = '', creationTimestamp } = endpoint.metadata;
  const isKubernetes = store.capabilities.name === 'kubernetes';
  return found('CAL3023', {
    subject: { kind: 'endpoint', name: nameOf(endpoint) },
    message: `endpoint ${nameOf(endpoint)} is on node ${node}, which is not there`,
    ...(creationTimestamp === undefined ? {} : { since: creationTimestamp }),
    owner: `Workload(${nameOf(endpoint)})`,
    evidence: { node, addresses: networksOf(endpoint), version },
    ...(isKubernetes
      ? { advice: `Delete the pod ${namespace}/${endpoint.spec['pod']}.` }
      : { fix: { write: 'delete-endpoint', namespace, name, version } as const }),
  });
}

async function repeatedFinding(
  store: Datastore,
  group: readonly Resource[],
): Promise<IpamFinding | undefined> {
  const still = await Promise.all(group.map((endpoint) => isStill(store, endpoint)));
  if (still.includes(false)) return undefined;
  const first = group[0]!;
  const { pod, workload, endpoint } = first.spec;
  const nodes = group.map(nodeName).join(', ');
  return found('CAL3024', {
    subject: { kind: 'endpoint', name: nameOf(first) },
    message: `interface ${endpoint} of ${first.metadata.namespace}/${pod || workload} has ${group.length} endpoints, on ${nodes}`,
    owner: `Pod(${first.metadata.namespace}/${pod || workload})`,
    evidence: {
      endpoints: group.map((each) => ({
        name: each.metadata.name,
        node: nodeName(each),
        addresses: networksOf(each),
        version: each.metadata.resourceVersion ?? '',
        ...(each.metadata.creationTimestamp === undefined
          ? {}
          : { creationTimestamp: each.metadata.creationTimestamp }),
      })),
    },
    advice: 'Delete those of nodes where the pod does not run any more.',
  });
}
