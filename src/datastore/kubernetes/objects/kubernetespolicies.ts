import { CalicoctlError } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import { canonical } from '../../../resources/document.ts';
import { API_VERSION, formatRef, type Kind, type Ref, type Resource } from '../../../resources/kind.ts';
import type { Change, CorruptEntry, Page, Query, Version } from '../../datastore.ts';
import type { Collection, KubeObject, KubernetesApi, Selection, Target } from '../api/api.ts';
import type { Backing } from '../backing.ts';
import { CHANGES, changesOf } from './changes.ts';
import { clusterNetworkPolicySpec } from './clusternetworkpolicies.ts';
import { networkPolicySpec } from './networkpolicies.ts';
import { notSupported } from './refused.ts';
import { convertUid } from './uid.ts';

/** Policies of Kubernetes, shown as what Calico makes of them. */

/** Under this name a policy of Kubernetes is understood wherever a NetworkPolicy of Calico is asked for by name. */
const NAMED = /^knp\.default\.(?=.)/;

interface Source {
  readonly collection: Collection;
  /** The spec of the Calico policy; text that says why where there is none. */
  readonly specOf: (object: KubeObject) => JsonObject | string;
}

const OF_NAMESPACES: Source = {
  collection: {
    group: 'networking.k8s.io',
    version: 'v1',
    plural: 'networkpolicies',
    namespaced: true,
  },
  specOf: networkPolicySpec,
};

const OF_CLUSTER: Source = {
  collection: {
    group: 'policy.networking.k8s.io',
    version: 'v1alpha2',
    plural: 'clusternetworkpolicies',
    namespaced: false,
  },
  specOf: clusterNetworkPolicySpec,
};

/** The backing of KubernetesNetworkPolicy and of KubernetesClusterNetworkPolicy; read-only. */
export function kubernetesPolicies(api: KubernetesApi, kind: Kind): Backing {
  const source = kind.scope === 'cluster' ? OF_CLUSTER : OF_NAMESPACES;
  return {
    get: (ref) => get(api, source, ref),
    list: (query) => list(api, source, query),
    async create(ref) {
      throw notSupported('create', ref, READ_ONLY, KUBECTL);
    },
    async update(ref) {
      throw notSupported('update', ref, READ_ONLY, KUBECTL);
    },
    async delete(ref) {
      throw notSupported('delete', ref, READ_ONLY, KUBECTL);
    },
    watch: (query, from) => watch(api, source, query, from),
  };
}

const READ_ONLY = 'kubernetes network policies must be managed through the kubernetes API';
const KUBECTL = 'Use kubectl.';

async function get(api: KubernetesApi, source: Source, ref: Ref): Promise<Resource> {
  const name = ref.name.replace(NAMED, '');
  const place = ref.namespace === undefined ? {} : { namespace: ref.namespace };
  const target: Target = { collection: source.collection, name, ...place, label: formatRef(ref) };
  const object = await explaining(source, () => api.get(target));
  const shown = resourceOf(ref.kind, ref.name, object, source.specOf(object));
  if (typeof shown !== 'string') return shown;
  throw new CalicoctlError('corrupt', `${formatRef(ref)} is not enforced by Calico: ${shown}`, {
    resource: formatRef(ref),
    hint: KUBECTL,
  });
}

function resourceOf(
  kind: Kind,
  name: string,
  { metadata }: KubeObject,
  spec: JsonObject | string,
): Resource | string {
  if (typeof spec === 'string') return spec;
  const { namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return canonical(kind, {
    apiVersion: API_VERSION,
    kind: kind.kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid && { uid: convertUid(uid) }),
      ...(resourceVersion && { resourceVersion }),
      ...(creationTimestamp && { creationTimestamp }),
    },
    spec,
  });
}

function selectionOf({ collection }: Source, { namespace }: Query): Selection {
  return { collection, ...(namespace === undefined ? {} : { namespace }) };
}

async function* list(api: KubernetesApi, source: Source, query: Query): AsyncIterable<Page> {
  const { kind, namePrefix = '' } = query;
  const pages = api.list(selectionOf(source, query))[Symbol.asyncIterator]();
  for (let page = await explaining(source, () => pages.next()); !page.done; page = await pages.next()) {
    const items: Resource[] = [];
    const corrupt: CorruptEntry[] = [];
    for (const object of page.value.items) {
      const { name, namespace } = object.metadata;
      if (!name.startsWith(namePrefix)) continue;
      const shown = resourceOf(kind, name, object, source.specOf(object));
      const entry = [source.collection.plural, namespace, name].filter(Boolean).join('/');
      if (typeof shown === 'string') corrupt.push({ entry, reason: `Calico does not enforce it: ${shown}` });
      else items.push(shown);
    }
    yield { items, version: page.value.resourceVersion, corrupt };
  }
}

/** Few clusters have policies of the cluster: where there is no such kind, that is said. */
async function explaining<T>({ collection }: Source, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CalicoctlError) || error.errorClass !== 'not-supported') throw error;
    throw new CalicoctlError(
      'not-supported',
      `the cluster has no ${collection.plural}: ${collection.group}/${collection.version} is not installed in it`,
      { cause: error },
    );
  }
}

function watch(api: KubernetesApi, source: Source, query: Query, from: Version): AsyncIterable<Change> {
  const { kind, namePrefix = '' } = query;
  return changesOf(api.watch(selectionOf(source, query), from), ({ type, object }): Change | undefined => {
    const { name, resourceVersion = '' } = object.metadata;
    if (!name.startsWith(namePrefix)) return undefined;
    const resource = resourceOf(kind, name, object, source.specOf(object));
    return typeof resource === 'string'
      ? undefined
      : { type: CHANGES[type], resource, version: resourceVersion };
  });
}
