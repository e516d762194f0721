import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Kind, Ref } from '../../resources/kind.ts';
import type { Datastore } from '../datastore.ts';
import type { KubernetesApi } from './api/api.ts';
import type { Backing, CalicoGroup } from './backing.ts';
import { definitions } from './definitions.ts';

export interface StoreOptions {
  /** Resolved once, when the first custom resource is asked for. */
  readonly group: () => Promise<CalicoGroup>;
  /** Addresses come from the nodes' pod CIDRs: there is no IPAM data. */
  readonly usePodCidr: boolean;
}

/** The Datastore over an API server: each kind's backing is loaded when it is first used. */
export function kubernetesDatastore(api: KubernetesApi, options: StoreOptions): Datastore {
  const backings = new Map<Kind, Promise<Backing>>();
  const backingOf = (kind: Kind): Promise<Backing> => {
    let backing = backings.get(kind);
    if (backing === undefined) {
      backing = openBacking(kind, api, options);
      backing.catch(() => backings.delete(kind));
      backings.set(kind, backing);
    }
    return backing;
  };
  return {
    capabilities: { name: 'kubernetes', serverSideIdentity: true, concurrency: 64 },
    definitions: definitions(api),
    async get(ref, at) {
      const backing = await backingOf(ref.kind);
      return backing.get(ref, at).catch((error: unknown) => Promise.reject(withWayOut(ref, error)));
    },
    async *list(query) {
      yield* (await backingOf(query.kind)).list(query);
    },
    create: async (ref, resource) => (await backingOf(ref.kind)).create(ref, resource),
    update: async (ref, resource) => (await backingOf(ref.kind)).update(ref, resource),
    delete: async (ref, precondition) => (await backingOf(ref.kind)).delete(ref, precondition),
    watch: (query, from) => opened(async () => (await backingOf(query.kind)).watch(query, from)),
    async close() {
      api.close();
    },
  };
}

/**
 * What a source that is not open yet yields. Written without a generator: one that waits for the next change would leave
 * whoever stops it waiting too.
 */
function opened<T>(open: () => Promise<AsyncIterable<T>>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const source = open().then((iterable) => iterable[Symbol.asyncIterator]());
      // Told to whoever asks for the first item.
      source.catch(() => undefined);
      return {
        next: async () => (await source).next(),
        async return() {
          const iterator = await source.catch(() => undefined);
          await iterator?.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** Calico's other components call policies of Kubernetes so. The reference shows none of them, under no name. */
const OF_KUBERNETES = /^knp\.default\.(.+)/;

/** Tells who looks for a policy of Kubernetes among Calico's where it can be seen. */
function withWayOut({ kind, name, namespace = 'default' }: Ref, error: unknown): unknown {
  const [, policy] = kind.kind === 'NetworkPolicy' ? (OF_KUBERNETES.exec(name) ?? []) : [];
  if (policy === undefined || !isError(error, 'not-found')) return error;
  const hint = `A policy of Kubernetes is shown by: calicoctl get knp ${policy} -n ${namespace}`;
  return new CalicoctlError(error.errorClass, error.message, { ...error.details, hint });
}

async function openBacking(kind: Kind, api: KubernetesApi, options: StoreOptions): Promise<Backing> {
  switch (kind.kind) {
    case 'Node': {
      const { nodes } = await import('./objects/nodes.ts');
      return nodes(api, kind, { usePodCidr: options.usePodCidr });
    }
    case 'Profile': {
      const { profiles } = await import('./objects/profiles.ts');
      return profiles(api, kind);
    }
    case 'WorkloadEndpoint': {
      const { workloadEndpoints } = await import('./objects/workloadendpoints.ts');
      return workloadEndpoints(api, kind);
    }
    case 'KubernetesNetworkPolicy':
    case 'KubernetesClusterNetworkPolicy': {
      const { kubernetesPolicies } = await import('./objects/kubernetespolicies.ts');
      return kubernetesPolicies(api, kind);
    }
    case 'Namespace':
    case 'Pod':
    case 'Service': {
      const { coreObjects } = await import('./objects/core.ts');
      return coreObjects(api, kind);
    }
    case 'IPAMBlock':
    case 'IPAMHandle':
    case 'BlockAffinity':
    case 'IPAMConfig':
    case 'IPAMHost': {
      const { ipamObjects } = await import('./objects/ipam.ts');
      return ipamObjects(api, kind, await options.group(), { usePodCidr: options.usePodCidr });
    }
    default: {
      const { customResources } = await import('./objects/customresources.ts');
      return customResources(api, kind, await options.group());
    }
  }
}
