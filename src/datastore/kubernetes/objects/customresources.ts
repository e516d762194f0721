import { isObject } from '../../../core/json.ts';
import { formatRef, type Kind, type Ref, type Resource } from '../../../resources/kind.ts';
import { problemsError } from '../../../resources/manifest.ts';
import type { KubernetesApi } from '../api/api.ts';
import type { Backing, CalicoGroup } from '../backing.ts';
import { plainForm } from './form.ts';
import { backingOf } from './objectstore.ts';

/** Kinds that are custom resources of the same name. */
export function customResources(api: KubernetesApi, kind: Kind, group: CalicoGroup): Backing {
  const backing = backingOf(api, plainForm(kind, group));
  if (kind.kind !== 'KubeControllersConfiguration') return backing;
  return {
    ...backing,
    async create(ref, resource) {
      refuseUnsyncedLabels(ref, resource);
      return backing.create(ref, resource);
    },
    async update(ref, resource) {
      refuseUnsyncedLabels(ref, resource);
      return backing.update(ref, resource);
    },
  };
}

/** Nodes are those of Kubernetes here, and so are their labels. */
function refuseUnsyncedLabels(ref: Ref, { spec }: Resource): void {
  const { controllers } = spec;
  const node = isObject(controllers) ? controllers['node'] : undefined;
  if (!isObject(node) || node['syncLabels'] !== 'Disabled') return;
  throw problemsError('validation', formatRef(ref), [
    {
      path: ['spec', 'controllers', 'node', 'syncLabels'],
      value: 'Disabled',
      message:
        'is not possible on Kubernetes, where the labels of nodes are those of Kubernetes: leave it out',
    },
  ]);
}
