import type { JsonObject } from '../core/json.ts';
import { crdSchema, crdValidations, type SchemaOptions } from './crd.ts';
import { DEFINITION_GROUPS, type Definition, type DefinitionGroup } from './definition.ts';
import type { Kind } from './kind.ts';
import { allKinds } from './registry.ts';

/** CustomResourceDefinitions: what an API server must be told to keep Calico's kinds. */

/** Those of one group, by name. */
export async function customResourceDefinitions(group: DefinitionGroup): Promise<readonly JsonObject[]> {
  const kinds = await Promise.all(allKinds().map(async (entry) => (await entry.load()).default));
  return kinds
    .filter(({ definition }) => definition !== undefined && (definition.groups?.includes(group) ?? true))
    .sort((a, b) => (a.plural < b.plural ? -1 : 1))
    .map((kind) => customResourceDefinition(kind, kind.definition!, group));
}

function customResourceDefinition(kind: Kind, definition: Definition, group: DefinitionGroup): JsonObject {
  const native = group === 'projectcalico.org';
  const { shortNames = [], selectable = [], columns = [] } = native ? definition : {};
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${group}` },
    spec: {
      group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        ...(shortNames.length === 0 ? {} : { shortNames: [...shortNames] }),
        singular: kind.kind.toLowerCase(),
      },
      scope: kind.scope === 'namespaced' ? 'Namespaced' : 'Cluster',
      versions: [
        {
          ...(columns.length === 0
            ? {}
            : {
                additionalPrinterColumns: columns.map(([name, type, jsonPath]) => ({ name, type, jsonPath })),
              }),
          name: DEFINITION_GROUPS[group],
          schema: { openAPIV3Schema: objectSchema(kind, definition, group) },
          ...(selectable.length === 0
            ? {}
            : { selectableFields: selectable.map((jsonPath) => ({ jsonPath })) }),
          served: true,
          storage: true,
          ...(kind.status === undefined ? {} : { subresources: { status: {} } }),
        },
      ],
    },
  };
}

function objectSchema(kind: Kind, definition: Definition, group: DefinitionGroup): JsonObject {
  const sentences = new Map(kind.rules.map(({ id, doc }) => [id, doc]));
  const options: SchemaOptions = { group, sentences };
  const complete = group === 'projectcalico.org' || definition.complete === true;
  return {
    description: kind.doc,
    properties: {
      apiVersion: {
        description: `The API group and its version: ${group}/${DEFINITION_GROUPS[group]}.`,
        type: 'string',
      },
      kind: { description: `What the object is: ${kind.kind}.`, type: 'string' },
      metadata: { type: 'object' },
      spec: crdSchema(kind.spec, options),
      ...(kind.status === undefined ? {} : { status: crdSchema(kind.status, options) }),
    },
    ...(complete ? { required: ['metadata', 'spec'] } : {}),
    type: 'object',
    ...(definition.cel === undefined
      ? {}
      : { 'x-kubernetes-validations': crdValidations(definition.cel, sentences)! }),
  } as JsonObject;
}
