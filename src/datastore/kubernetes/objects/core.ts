import type { JsonObject } from '../../../core/json.ts';
import { formatRef, type Kind, type Ref, type Resource } from '../../../resources/kind.ts';
import type { Collection, KubeObject, KubernetesApi } from '../api/api.ts';
import type { Backing } from '../backing.ts';
import { CHANGES, changesOf } from './changes.ts';
import { notSupported } from './refused.ts';

/**
 * Services, pods and namespaces as they are. Calico shows them nowhere, but load balancers have addresses of pools, and
 * annotations ask for them.
 */

const KUBECTL = 'Use kubectl.';

/** The backing of Service, Pod and Namespace; read-only. */
export function coreObjects(api: KubernetesApi, kind: Kind): Backing {
  const { plural, scope } = kind;
  const namespaced = scope === 'namespaced';
  const collection: Collection = { group: '', version: 'v1', plural, namespaced };
  const show = (object: KubeObject): Resource => ({
    apiVersion: 'v1',
    kind: kind.kind,
    metadata: object.metadata,
    spec: (object['spec'] ?? {}) as JsonObject,
    status: object['status'] ?? {},
  });
  const refused = async (operation: 'create' | 'update' | 'delete', ref: Ref) => {
    throw notSupported(operation, ref, `${plural} are objects of Kubernetes`, KUBECTL);
  };
  return {
    async get(ref) {
      const { name, namespace = 'default' } = ref;
      const place = namespaced ? { namespace } : {};
      return show(await api.get({ collection, ...place, name, label: formatRef(ref) }));
    },
    async *list({ namespace, namePrefix = '' }) {
      const selection = { collection, ...(namespace === undefined ? {} : { namespace }) };
      for await (const { items, resourceVersion: version } of api.list(selection)) {
        const meant = items.filter(({ metadata }) => metadata.name.startsWith(namePrefix));
        yield { items: meant.map(show), version, corrupt: [] };
      }
    },
    create: (ref) => refused('create', ref),
    update: (ref) => refused('update', ref),
    delete: (ref) => refused('delete', ref),
    watch({ namespace, namePrefix = '' }, from) {
      const selection = { collection, ...(namespace === undefined ? {} : { namespace }) };
      return changesOf(api.watch(selection, from), ({ type, object }) => {
        if (!object.metadata.name.startsWith(namePrefix)) return undefined;
        const version = object.metadata.resourceVersion ?? '';
        return { type: CHANGES[type], resource: show(object), version };
      });
    },
  };
}
