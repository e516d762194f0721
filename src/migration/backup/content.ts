import { lockStateOf, withLock, withoutLock } from '../../operations/lock.ts';
import type { Kind, Metadata, Resource } from '../../resources/kind.ts';
import { API_VERSION } from '../../resources/kind.ts';

/** What of a resource is its content, the same wherever and whenever it is stored. */

/** The built-in profile is nowhere stored. */
const BUILT_IN = 'projectcalico-default-allow';

export function isStored({ kind, metadata }: Resource): boolean {
  return kind !== 'Profile' || metadata.name !== BUILT_IN;
}

/** True for kinds of which the backup has not all that is stored. */
export function isPartial({ kind }: Kind): boolean {
  return kind === 'CalicoNodeStatus' || kind === 'ClusterInformation';
}

/** Without version; of node statuses what they ask for; not whether the datastore is locked just now. */
export function contentOf(resource: Resource): Resource {
  const { resourceVersion: _, ...metadata } = resource.metadata;
  const content = { ...resource, apiVersion: API_VERSION, metadata: metadata as Metadata };
  if (resource.kind === 'ClusterInformation') return withoutLock(content);
  if (resource.kind !== 'CalicoNodeStatus') return content;
  const { status: __, ...asked } = content;
  return asked;
}

/** The content as it is to be stored over `current`: in its version, and as locked as that is. */
export function over(content: Resource, current: Resource): Resource {
  const { resourceVersion } = current.metadata;
  const metadata = { ...content.metadata, ...(resourceVersion && { resourceVersion }) };
  const next = { ...content, metadata };
  if (content.kind === 'ClusterInformation' && lockStateOf(current).locked) return withLock(next, current);
  return content.kind === 'CalicoNodeStatus' && current.status !== undefined
    ? { ...next, status: current.status }
    : next;
}

const SERVERS_OWN = [
  ...['uid', 'creationTimestamp', 'generation', 'managedFields', 'selfLink', 'ownerReferences'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds'],
];

/**
 * On Kubernetes, identity is the server's. Owners are named by their uids: of one that is gone Kubernetes would delete
 * what it owned. Status is what controllers say of the present.
 */
export function withoutServersOwn({ status: _, ...resource }: Resource): Resource {
  const kept = Object.entries(resource.metadata).filter(([field]) => !SERVERS_OWN.includes(field));
  return { ...resource, metadata: Object.fromEntries(kept) as Metadata };
}

const KUBE_LABELS = 'projectcalico.org/kube-labels';

/** Calico's part of a node of Kubernetes: without what Kubernetes says of it. */
export function calicosPart(node: Resource): Resource {
  const { labels = {}, annotations: { [KUBE_LABELS]: note, ...annotations } = {}, name } = node.metadata;
  const theirs = labelsIn(note);
  const own = Object.fromEntries(Object.entries(labels).filter(([key]) => !Object.hasOwn(theirs, key)));
  const { orchRefs: _, addresses: __, ...spec } = node.spec;
  const { podCIDRs: ___, ...status } = (node.status ?? {}) as { [field: string]: unknown };
  return {
    apiVersion: API_VERSION,
    kind: node.kind,
    metadata: {
      name,
      ...(Object.keys(own).length > 0 && { labels: own }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec,
    ...(Object.keys(status).length > 0 && { status }),
  };
}

/** The node with another part of Calico's. */
export function withCalicosPart(node: Resource, part: Resource): Resource {
  const note = node.metadata.annotations?.[KUBE_LABELS];
  const { labels, annotations } = part.metadata;
  const { orchRefs, addresses } = node.spec;
  const { podCIDRs } = (node.status ?? {}) as { readonly podCIDRs?: unknown };
  return {
    ...node,
    metadata: {
      ...node.metadata,
      labels: { ...labels, ...labelsIn(note) },
      annotations: { ...annotations, ...(note !== undefined && { [KUBE_LABELS]: note }) },
    },
    spec: { ...part.spec, ...(orchRefs && { orchRefs }), ...(addresses && { addresses }) },
    status: { ...(part.status as object | undefined), ...(podCIDRs !== undefined && { podCIDRs }) },
  };
}

function labelsIn(note: string | undefined): Readonly<Record<string, string>> {
  return (JSON.parse(note ?? 'null') as Record<string, string> | null) ?? {};
}
