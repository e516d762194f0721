import { CalicoctlError, isError } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import { isObject } from '../../../core/json.ts';
import { canonical } from '../../../resources/document.ts';
import { API_VERSION, formatRef, type Kind, type Ref, type Resource } from '../../../resources/kind.ts';
import { addressPlus, formatAddress } from '../../../resources/net/address.ts';
import { networkOf, parseCidr } from '../../../resources/net/cidr.ts';
import type { Change, Page, Query, Version } from '../../datastore.ts';
import type { Collection, KubeObject, KubernetesApi, Target } from '../api/api.ts';
import type { Backing } from '../backing.ts';
import { CHANGES, changesOf } from './changes.ts';
import {
  type Annotations,
  FIELD_ANNOTATIONS,
  fieldChanges,
  fieldsOf,
  objectOf,
  readFields,
} from './nodefields.ts';
import {
  METADATA_ANNOTATIONS,
  metadataChanges,
  refuseChangedKubeLabels,
  shownMetadata,
} from './nodelabels.ts';
import { notSupported } from './refused.ts';
import { remembered } from './remembered.ts';

/** Calico's nodes are those of Kubernetes, with what Calico knows of them in annotations. */

const NODES: Collection = { group: '', version: 'v1', plural: 'nodes', namespaced: false };

/** Kubelets write to their nodes too, every few seconds at most: this many in a row do not happen. */
const ATTEMPTS = 10;

export interface NodeOptions {
  /** Tunnel addresses are the first of a node's pod CIDR. */
  readonly usePodCidr: boolean;
}

/** The backing of Node. Nodes are changed here, never made or removed: that is what kubelets and kubectl do. */
export function nodes(api: KubernetesApi, kind: Kind, options: NodeOptions): Backing {
  const views = remembered();
  const show = (node: KubeObject): Resource => {
    views.keep(node.metadata.name, node.metadata.resourceVersion ?? '', viewOf(node));
    return resourceOf(kind, node, options);
  };
  return {
    get: async (ref) => show(await api.get(targetOf(ref))),
    list: (query) => list(api, query, show),
    async create(ref) {
      throw notSupported(
        'create',
        ref,
        CREATED_BY,
        'Start a kubelet on the machine, or `kubectl create` the node.',
      );
    },
    async update(ref, resource) {
      refuseChangedKubeLabels(ref, resource.metadata);
      return update({ api, ref, resource, options, views: views.of }, show);
    },
    async delete(ref) {
      // One that is not there is said to be so: nothing is left to do.
      await api.get(targetOf(ref));
      throw notSupported('delete', ref, DELETED_BY, `Use \`kubectl delete node ${ref.name}\`.`);
    },
    watch: ({ namePrefix = '' }, from) =>
      changesOf(api.watch({ collection: NODES }, from), ({ type, object }): Change | undefined => {
        const { name, resourceVersion = '' } = object.metadata;
        if (!name.startsWith(namePrefix)) return undefined;
        return { type: CHANGES[type], resource: show(object), version: resourceVersion };
      }),
  };
}

const CREATED_BY = 'nodes of the kubernetes datastore come from Kubernetes';
const DELETED_BY = 'nodes of the kubernetes datastore go with those of Kubernetes';

function targetOf(ref: Ref): Target {
  return { collection: NODES, name: ref.name, label: formatRef(ref) };
}

async function* list(
  api: KubernetesApi,
  { namePrefix = '' }: Query,
  show: (node: KubeObject) => Resource,
): AsyncIterable<Page> {
  for await (const { items, resourceVersion } of api.list({ collection: NODES })) {
    const meant = items.filter(({ metadata }) => metadata.name.startsWith(namePrefix));
    yield { items: meant.map(show), version: resourceVersion, corrupt: [] };
  }
}

/** All of a node that a write here touches or relies on, as text: heartbeats and conditions are none of it. */
function viewOf({ metadata: { uid, labels = {}, annotations = {} } }: KubeObject): string {
  const ours = [...FIELD_ANNOTATIONS, ...METADATA_ANNOTATIONS].map((key) => annotations[key] ?? null);
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([uid, ours, entries]);
}

interface Update {
  readonly api: KubernetesApi;
  readonly ref: Ref;
  readonly resource: Resource;
  readonly options: NodeOptions;
  readonly views: (name: string, version: Version) => string | undefined;
}

/**
 * Writes onto the node as it is now. Kubernetes changes a node all the time, so its version alone would forbid almost
 * every write: what must not have changed since the caller read it is Calico's part and the labels. The write itself is
 * conditional on the version that was compared.
 */
async function update(work: Update, show: (node: KubeObject) => Resource): Promise<Resource> {
  const { api, ref, resource, options } = work;
  for (let attempt = 1; ; attempt++) {
    const current = await api.get(targetOf(ref));
    refuseChanged(work, current);
    const next = withCalico(current, resource, options);
    try {
      return show(await api.replace(targetOf(ref), next, 'status'));
    } catch (error) {
      if (error instanceof CalicoctlError && error.details.mayBeDone) {
        const found = await api.get(targetOf(ref)).catch(() => undefined);
        if (found === undefined || viewOf(found) !== viewOf(next)) throw error;
        return show(found);
      }
      if (!isError(error, 'conflict') || attempt === ATTEMPTS) throw error;
    }
  }
}

function refuseChanged({ ref, resource, views }: Update, current: KubeObject): void {
  const { resourceVersion } = resource.metadata;
  if (!resourceVersion) throw new Error(`update of ${formatRef(ref)} without a version`);
  const { resourceVersion: now } = current.metadata;
  if (resourceVersion === now || views(ref.name, resourceVersion) === viewOf(current)) return;
  throw new CalicoctlError(
    'conflict',
    `update conflict: ${formatRef(ref)} was changed since it was read (it is at version ${now} now)`,
    { resource: formatRef(ref), hint: 'Get it again and repeat the change.' },
  );
}

/** The node with Calico's part as the resource has it. */
function withCalico(node: KubeObject, resource: Resource, options: NodeOptions): KubeObject {
  const changes = {
    ...fieldChanges(shownFields(node, options), fieldsOf(resource)),
    ...metadataChanges(node, resource.metadata),
  };
  const annotations: Record<string, string> = { ...node.metadata.annotations };
  for (const [key, text] of Object.entries(changes)) {
    if (text === undefined) delete annotations[key];
    else annotations[key] = text;
  }
  return { ...node, metadata: { ...node.metadata, annotations } };
}

const TUNNEL = 'spec.bgp.ipv4IPIPTunnelAddr';
const WIREGUARD = ['spec.wireguard.interfaceIPv4Address', 'spec.wireguard.interfaceIPv6Address'] as const;

/** What annotations say, but for tunnels where those go by the pod CIDR. */
function shownFields(node: KubeObject, { usePodCidr }: NodeOptions): Map<string, unknown> {
  const annotations: Annotations = node.metadata.annotations ?? {};
  const fields = readFields(annotations);
  const podCidr = usePodCidr ? objectIn(node['spec'])['podCIDR'] : undefined;
  if (typeof podCidr !== 'string' || podCidr === '') return fields;
  for (const path of [TUNNEL, ...WIREGUARD]) fields.delete(path);
  const cidr = parseCidr(podCidr);
  const address = cidr?.address.family === 4 ? addressPlus(networkOf(cidr).address, 1n) : undefined;
  if (address === undefined) return fields;
  fields.set(TUNNEL, formatAddress(address));
  if (fields.has('status.wireguardPublicKey')) fields.set(WIREGUARD[0], formatAddress(address));
  return fields;
}

function resourceOf(kind: Kind, node: KubeObject, options: NodeOptions): Resource {
  const { name, uid, resourceVersion, creationTimestamp } = node.metadata;
  const { spec, status } = objectOf(shownFields(node, options));
  const podCIDRs = objectIn(node['spec'])['podCIDRs'];
  return canonical(kind, {
    apiVersion: API_VERSION,
    kind: kind.kind,
    metadata: {
      ...{ name, ...shownMetadata(node) },
      ...(uid && { uid }),
      ...(resourceVersion && { resourceVersion }),
      ...(creationTimestamp && { creationTimestamp }),
    },
    spec: {
      ...spec,
      orchRefs: [{ nodeName: name, orchestrator: 'k8s' }],
      addresses: [...calicoAddresses(spec), ...kubeAddresses(node)],
    },
    status: { ...status, ...(Array.isArray(podCIDRs) && { podCIDRs }) },
  });
}

function calicoAddresses(spec: JsonObject): JsonObject[] {
  const { ipv4Address, ipv6Address } = objectIn(spec['bgp']) as Record<string, string | undefined>;
  return [ipv4Address, ipv6Address].flatMap((address) =>
    address === undefined ? [] : [{ address, type: 'CalicoNodeIP' }],
  );
}

const SHOWN_TYPES = ['InternalIP', 'ExternalIP'];

function kubeAddresses(node: KubeObject): JsonObject[] {
  const { addresses } = objectIn(node['status']);
  const all = (Array.isArray(addresses) ? addresses : []) as readonly { address: string; type: string }[];
  return all.filter(({ type }) => SHOWN_TYPES.includes(type)).map(({ address, type }) => ({ address, type }));
}

function objectIn(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}
