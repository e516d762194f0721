import { objectIn, objectsIn, textIn } from '../../../core/json.ts';
import type { Datastore } from '../../../datastore/datastore.ts';
import { planDefinitions } from '../../../operations/crds/plan.ts';
import type { Resource } from '../../../resources/kind.ts';
import { kindOf } from '../../../resources/registry.ts';
import type { CalicoNode, Definitions } from '../facts.ts';

export async function readCalicoNodes(store: Datastore): Promise<readonly CalicoNode[]> {
  const nodes: CalicoNode[] = [];
  for await (const { items } of store.list({ kind: await kindOf('Node'), asStored: true }))
    for (const item of items) nodes.push(calicoNodeOf(item));
  return nodes;
}

function calicoNodeOf({ metadata, spec }: Resource): CalicoNode {
  const bgp = objectIn(spec, 'bgp');
  return {
    name: metadata.name,
    kubernetesNames: objectsIn(spec['orchRefs'])
      .filter(({ orchestrator }) => orchestrator === 'k8s')
      .map(({ nodeName }) => textIn(nodeName)),
    addresses: [bgp['ipv4Address'], bgp['ipv6Address']]
      .map((address) => textIn(address).split('/')[0]!)
      .filter((address) => address !== ''),
  };
}

export async function readStatuses(store: Datastore): Promise<readonly Resource[]> {
  const statuses: Resource[] = [];
  for await (const { items } of store.list({ kind: await kindOf('CalicoNodeStatus'), asStored: true }))
    statuses.push(...items);
  return statuses;
}

/** How the kinds are defined in the cluster, against this program's definitions. */
export async function readDefinitions(store: Datastore): Promise<Definitions | undefined> {
  if (store.definitions === undefined) return undefined;
  const { group, steps } = await planDefinitions(store.definitions, { force: false });
  return {
    group,
    missing: steps.filter(({ verdict }) => verdict === 'create').map(({ name }) => name),
    other: steps
      .filter(({ verdict }) => verdict === 'change' || verdict === 'newer')
      .map(({ name, verdict }) => ({ name, newer: verdict === 'newer' })),
  };
}
