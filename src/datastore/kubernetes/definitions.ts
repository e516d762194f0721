import { isError } from '../../core/errors.ts';
import type { DefinitionObject, Definitions } from '../definitions.ts';
import type { Collection, KubeObject, KubernetesApi, Target } from './api/api.ts';

const COLLECTION: Collection = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

function target(name: string): Target {
  return { collection: COLLECTION, name, label: `CustomResourceDefinition(${name})` };
}

/** The custom resource definitions of an API server. */
export function definitions(api: KubernetesApi): Definitions {
  return {
    async get(name) {
      try {
        return (await api.get(target(name))) as unknown as DefinitionObject;
      } catch (error) {
        if (isError(error, 'not-found')) return undefined;
        throw error;
      }
    },
    create: async (definition) =>
      (await api.create(
        target(definition.metadata.name),
        definition as unknown as KubeObject,
      )) as unknown as DefinitionObject,
    update: async (definition) =>
      (await api.replace(
        target(definition.metadata.name),
        definition as unknown as KubeObject,
      )) as unknown as DefinitionObject,
    served: async (group) => (await api.groups()).has(group),
  };
}
