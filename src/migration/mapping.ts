import { CalicoctlError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import type { Metadata, Resource } from '../resources/kind.ts';
import { MOVED_FROM_KUBERNETES, type StoreName } from './kinds.ts';

/** What becomes of a resource on its way to another datastore. Pure functions. */

/** Names of nodes in Calico, and what Kubernetes calls them. */
export type NodeNames = ReadonlyMap<string, string>;

export interface Mapping {
  readonly to: StoreName;
  readonly nodes: NodeNames;
  /** Rename nodes also where peers and host endpoints name them, which the reference does not. */
  readonly everywhere: boolean;
}

/** Policies of Kubernetes that its controllers copied: they are made anew where they are needed. */
const OF_KUBERNETES = 'knp.default.';

export function isOfKubernetes({ kind, metadata }: Resource): boolean {
  return kind === 'NetworkPolicy' && metadata.name.startsWith(OF_KUBERNETES);
}

/** The profile that every datastore shows and none stores. */
const BUILT_IN_PROFILE = 'projectcalico-default-allow';

/** Why a resource stays behind; undefined for what moves. */
export function reasonToStay(resource: Resource): string | undefined {
  if (isOfKubernetes(resource)) return 'comes from Kubernetes, whose controllers make it anew';
  if (resource.kind === 'Profile' && resource.metadata.name === BUILT_IN_PROFILE)
    return 'is built into Calico';
  return undefined;
}

const OF_KUBERNETES_KINDS: ReadonlySet<string> = new Set(MOVED_FROM_KUBERNETES);

/** Why a resource of a file is not written to a datastore; undefined for what is. */
export function reasonToLeaveOut(resource: Resource, to: StoreName): string | undefined {
  if (to === 'kubernetes' && OF_KUBERNETES_KINDS.has(resource.kind))
    return resource.kind === 'IPAMConfiguration'
      ? 'is on Kubernetes the same as the settings of address management'
      : 'is on Kubernetes made of what Kubernetes has';
  return reasonToStay(resource);
}

/** What Kubernetes calls a node, by the last reference of the node that says so. */
export function kubernetesName(node: Resource): string {
  const refs = node.spec['orchRefs'];
  const names = (Array.isArray(refs) ? refs : []).flatMap((ref: unknown) =>
    isObject(ref) && ref['orchestrator'] === 'k8s' && typeof ref['nodeName'] === 'string'
      ? [ref['nodeName']]
      : [],
  );
  const name = names.at(-1);
  if (name) return name;
  throw new CalicoctlError(
    'validation',
    `unable to process metadata for export for Node resource: node ${node.metadata.name} missing a 'k8s' orchestrator reference. Unable to export data unless every node has a 'k8s' orchestrator reference`,
    {
      resource: `Node(${node.metadata.name})`,
      hint: 'Add `orchRefs: [{nodeName: NAME, orchestrator: k8s}]` to its spec, or delete the node where Kubernetes does not have it.',
    },
  );
}

/** The resource as it stands in an export: without identity, in the words of the datastore it goes to. */
export function mapped(resource: Resource, mapping: Mapping): Resource {
  const moved = { ...resource, metadata: anonymous(resource.metadata) };
  const renamed = mapping.nodes.size === 0 ? moved : withNodeNames(moved, mapping);
  return renamed.kind === 'FelixConfiguration' ? withPlainActions(renamed) : renamed;
}

/** How Kubernetes' labels of a node are told from Calico's while both are shown. */
const BOOKKEEPING = 'projectcalico.org/kube-labels';

function anonymous(metadata: Metadata): Metadata {
  const { uid, resourceVersion, creationTimestamp, annotations, ...rest } = metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds, managedFields, generation, selfLink, ...kept } =
    rest;
  const { [BOOKKEEPING]: _, ...own } = annotations ?? {};
  return Object.keys(own).length === 0 ? kept : { ...kept, annotations: own };
}

/** Settings of one node are named after it. */
const OF_A_NODE = 'node.';

function withNodeNames(resource: Resource, { nodes, everywhere }: Mapping): Resource {
  const { kind, metadata, spec } = resource;
  switch (kind) {
    case 'Node':
      return renamed(resource, nodes.get(metadata.name));
    case 'BGPConfiguration':
    case 'FelixConfiguration': {
      const node = metadata.name.startsWith(OF_A_NODE) ? metadata.name.slice(OF_A_NODE.length) : '';
      const name = nodes.get(node);
      return name === undefined ? resource : renamed(resource, OF_A_NODE + name);
    }
    case 'BGPPeer':
    case 'HostEndpoint': {
      const node = everywhere ? nodes.get(String(spec['node'] ?? '')) : undefined;
      return node === undefined ? resource : { ...resource, spec: { ...spec, node } };
    }
    default:
      return resource;
  }
}

function renamed(resource: Resource, name: string | undefined): Resource {
  return name === undefined ? resource : { ...resource, metadata: { ...resource.metadata, name } };
}

/** Names a node that is called otherwise in Kubernetes; only of use where such names are left as they are. */
export function namesOldNode({ kind, spec }: Resource, { nodes, everywhere }: Mapping): string | undefined {
  if (everywhere || (kind !== 'BGPPeer' && kind !== 'HostEndpoint')) return undefined;
  const node = String(spec['node'] ?? '');
  const name = nodes.get(node);
  return name === undefined || name === node ? undefined : node;
}

const ACTIONS = [
  ...['defaultEndpointToHostAction', 'iptablesFilterAllowAction', 'iptablesMangleAllowAction'],
  'iptablesFilterDenyAction',
] as const;

/** Old releases took actions in any letter case; Kubernetes takes `Accept`, `Drop` and their like only. */
function withPlainActions(resource: Resource): Resource {
  const spec: JsonObject = { ...resource.spec };
  for (const field of ACTIONS) {
    const action = spec[field];
    if (typeof action === 'string' && action !== '')
      spec[field] = action[0]!.toUpperCase() + action.slice(1).toLowerCase();
  }
  return { ...resource, spec };
}
