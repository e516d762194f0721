import { isError } from '../../core/errors.ts';
import type { KubeObject, KubernetesApi, Target } from './api/api.ts';
import type { CalicoGroup } from './backing.ts';

const V1 = 'crd.projectcalico.org/v1';
const V3 = 'projectcalico.org/v3';

/** What nearly every command reads first, to compare versions. */
const FIRST: Target = {
  collection: {
    group: 'crd.projectcalico.org',
    version: 'v1',
    plural: 'clusterinformations',
    namespaced: false,
  },
  name: 'default',
  label: 'ClusterInformation(default)',
};

export interface Discovered {
  /** Asks once; asks again only where asking failed. */
  readonly group: () => Promise<CalicoGroup>;
  /** The API, which hands out what was read on the way, once. */
  readonly api: KubernetesApi;
}

/**
 * The group of Calico's custom resources, with the reference's outcome: the setting, or else v3 where that is served and
 * v1 is not. A server that knows ClusterInformation in v1 need not be asked what it serves, and what it answers is kept
 * for whoever asks for that object first: one request instead of two before the command's own.
 */
export function discoverGroup(api: KubernetesApi, setting: string | undefined): Discovered {
  let first: Promise<KubeObject> | undefined;
  let group: Promise<CalicoGroup> | undefined;
  const isFirst = ({ collection, name }: Target) =>
    name === FIRST.name &&
    collection.plural === FIRST.collection.plural &&
    collection.group === FIRST.collection.group;
  const ask = async (): Promise<CalicoGroup> => {
    if (setting !== undefined) return setting.toLowerCase() === V3 ? V3 : V1;
    first = api.get(FIRST);
    try {
      await first;
      return V1;
    } catch (error) {
      if (isError(error, 'not-found')) return V1;
      first = undefined;
      refuseUnreached(error);
      return groupServed(api);
    }
  };
  return {
    group() {
      group ??= ask().catch((error: unknown) => {
        group = undefined;
        throw error;
      });
      return group;
    },
    api: {
      ...api,
      get(target) {
        if (first === undefined || !isFirst(target)) return api.get(target);
        const known = first;
        first = undefined;
        return known;
      },
      // Whoever has written it does not want to read what it was before.
      create(target, object) {
        if (isFirst(target)) first = undefined;
        return api.create(target, object);
      },
    },
  };
}

/** A server that does not tell is taken for v1. */
async function groupServed(api: KubernetesApi): Promise<CalicoGroup> {
  try {
    const groups = await api.groups();
    return groups.has('projectcalico.org') && !groups.has('crd.projectcalico.org') ? V3 : V1;
  } catch (error) {
    refuseUnreached(error);
    return V1;
  }
}

/** Of a server that cannot be reached no group is guessed: in the wrong one nothing would be found. */
function refuseUnreached(error: unknown): void {
  if (isError(error, 'unavailable', 'timeout', 'cancelled', 'configuration')) throw error;
}
