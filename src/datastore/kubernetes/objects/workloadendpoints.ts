import { CalicoctlError, isError } from '../../../core/errors.ts';
import { formatRef, type Kind, type Ref, type Resource } from '../../../resources/kind.ts';
import { parseWorkloadEndpointName } from '../../../resources/parts/workloadendpoint.ts';
import type { Change, CorruptEntry, Page, Query, Version } from '../../datastore.ts';
import type { Collection, KubeObject, KubernetesApi, Selection, Target } from '../api/api.ts';
import type { Backing } from '../backing.ts';
import { CHANGES, changesOf } from './changes.ts';
import { endpointOf, hasEndpoint, POD_IP, POD_IPS, PodFault, plainEndpointOf } from './pods.ts';
import { notFound, notSupported } from './refused.ts';

/** Workload endpoints are what Calico makes of pods. */

const PODS: Collection = { group: '', version: 'v1', plural: 'pods', namespaced: true };

/** The backing of WorkloadEndpoint. Deleting one tells Calico that its pod has lost its addresses. */
export function workloadEndpoints(api: KubernetesApi, kind: Kind): Backing {
  const show = (pod: KubeObject): Resource => endpointOf(kind, pod, interfacePrefix());
  return {
    get: async (ref) => (await read(api, ref, show)).resource,
    list: (query) =>
      list(api, query, query.asStored ? (pod) => plainEndpointOf(kind, pod, interfacePrefix()) : show),
    async create(ref) {
      throw notSupported('create', ref, MADE_OF, 'Create the pod with kubectl.');
    },
    async update(ref) {
      throw notSupported('update', ref, MADE_OF, 'Change the pod with kubectl.');
    },
    delete: (ref, precondition) => remove(api, ref, precondition, show),
    watch: (query, from) => watch(api, query, from, show),
  };
}

const MADE_OF = 'endpoints of the kubernetes datastore are made of pods';

/** The setting of Felix and of the CNI plug-in, a list of which the plug-in uses the first. */
function interfacePrefix(): string {
  const [first = ''] = (process.env['FELIX_INTERFACEPREFIX'] || 'cali').split(',');
  return first;
}

function podTarget(ref: Ref): Target {
  const { orchestrator, workload: pod, endpoint } = parseWorkloadEndpointName(ref.name) ?? {};
  if (orchestrator !== 'k8s' || pod === undefined || endpoint === undefined)
    throw notFound(
      ref,
      'names of endpoints have the form NODE-k8s-POD-eth0, dashes within its parts doubled',
    );
  const namespace = ref.namespace ?? 'default';
  return { collection: PODS, namespace, name: pod, label: formatRef(ref) };
}

async function read(
  api: KubernetesApi,
  ref: Ref,
  show: (pod: KubeObject) => Resource,
): Promise<{ readonly pod: KubeObject; readonly resource: Resource }> {
  const target = podTarget(ref);
  const pod = await api.get(target);
  if (!hasEndpoint(pod))
    throw notFound(
      ref,
      `the pod ${target.name} has no endpoint: it uses the network of its node, or has no node yet`,
    );
  const resource = shownOr(ref, pod, show);
  if (resource.metadata.name !== ref.name)
    throw notFound(ref, `the endpoint of the pod ${target.name} is ${resource.metadata.name}`);
  return { pod, resource };
}

function shownOr(ref: Ref, pod: KubeObject, show: (pod: KubeObject) => Resource): Resource {
  try {
    return show(pod);
  } catch (error) {
    if (!(error instanceof PodFault)) throw error;
    throw new CalicoctlError(
      'corrupt',
      `${formatRef(ref)} cannot be read: of the pod ${pod.metadata.name} no endpoint can be made: ${error.message}`,
      { resource: formatRef(ref), hint: 'Correct the annotations of the pod with kubectl.' },
    );
  }
}

function selectionOf({ namespace, namePrefix = '' }: Query): Selection {
  // What stands before `-k8s-` is a node's whole name.
  const isWhole = /^[^-]+(--[^-]+)*-k8s-/.test(namePrefix);
  const { node } = parseWorkloadEndpointName(namePrefix) ?? {};
  return {
    collection: PODS,
    ...(namespace === undefined ? {} : { namespace }),
    ...(isWhole && node && { fieldSelector: `spec.nodeName=${node}` }),
  };
}

async function* list(
  api: KubernetesApi,
  query: Query,
  show: (pod: KubeObject) => Resource,
): AsyncIterable<Page> {
  const { namePrefix = '' } = query;
  for await (const page of api.list(selectionOf(query))) {
    const items: Resource[] = [];
    const corrupt: CorruptEntry[] = [];
    for (const pod of page.items.filter(hasEndpoint)) {
      try {
        const resource = show(pod);
        if (resource.metadata.name.startsWith(namePrefix)) items.push(resource);
      } catch (error) {
        if (!(error instanceof PodFault)) throw error;
        const { namespace, name } = pod.metadata;
        corrupt.push({ entry: `pods/${namespace}/${name}`, reason: error.message });
      }
    }
    yield { items, version: page.resourceVersion, corrupt };
  }
}

/** Blanks the annotations by which the CNI plug-in tells of the pod's addresses, of this very pod and no later one. */
async function remove(
  api: KubernetesApi,
  ref: Ref,
  precondition: Version | undefined,
  show: (pod: KubeObject) => Resource,
): Promise<Resource> {
  const { pod, resource } = await read(api, ref, show);
  const { uid } = pod.metadata;
  const metadata = {
    annotations: { [POD_IP]: '', [POD_IPS]: '' },
    ...(uid && { uid }),
    ...(precondition && { resourceVersion: precondition }),
  };
  try {
    await api.patch(podTarget(ref), { metadata }, 'strategic-merge', 'status');
  } catch (error) {
    if (!(await isDone(api, ref, uid, error))) throw refusalOf(ref, error);
  }
  return resource;
}

/** True where the answer to a patch was lost, but the pod is as it was to be. */
async function isDone(
  api: KubernetesApi,
  ref: Ref,
  uid: string | undefined,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof CalicoctlError) || !error.details.mayBeDone) return false;
  const found = await api.get(podTarget(ref)).catch(() => undefined);
  const { annotations = {} } = found?.metadata ?? {};
  return found?.metadata.uid === uid && annotations[POD_IP] === '' && annotations[POD_IPS] === '';
}

/** The API server takes another uid or version in a patch for an attempt to change it. */
function refusalOf(ref: Ref, error: unknown): unknown {
  if (!isError(error, 'validation', 'conflict')) return error;
  const fields = (error.details.problems ?? []).map(({ path }) => path.at(-1));
  if (fields.includes('uid')) return notFound(ref, 'its pod was replaced by another one meanwhile');
  if (!fields.includes('resourceVersion')) return error;
  return new CalicoctlError('conflict', `update conflict: ${formatRef(ref)} was changed since it was read`, {
    resource: formatRef(ref),
    hint: 'Get it again and repeat the change.',
  });
}

function watch(
  api: KubernetesApi,
  query: Query,
  from: Version,
  show: (pod: KubeObject) => Resource,
): AsyncIterable<Change> {
  return changesOf(api.watch(selectionOf(query), from), ({ type, object }): Change | undefined => {
    if (!hasEndpoint(object)) return undefined;
    try {
      const resource = show(object);
      if (!resource.metadata.name.startsWith(query.namePrefix ?? '')) return undefined;
      return { type: CHANGES[type], resource, version: object.metadata.resourceVersion ?? '' };
    } catch (error) {
      // There is nothing to show of it until it is mended.
      if (error instanceof PodFault) return undefined;
      throw error;
    }
  });
}
