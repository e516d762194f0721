import { anything, integer, list, map, object, text, time } from './schema.ts';

/** Kubernetes ObjectMeta, in the order in which it is written. */
export const metadataSchema = object(
  {
    name: text('Name of the resource, unique within its kind (and namespace).'),
    generateName: text('Prefix for a generated name; not used by this tool.'),
    namespace: text('Namespace of a namespaced kind.'),
    selfLink: text('Obsolete; never stored.'),
    uid: text('Identity, given when the resource is created.'),
    resourceVersion: text(
      'Version of the stored object; a write that carries one succeeds only while it is current.',
    ),
    generation: integer('Counter of changes to the spec, kept by the Kubernetes API server.'),
    creationTimestamp: time('When the resource was created.'),
    deletionTimestamp: time('When deletion was asked for.', { presence: 'pointer' }),
    deletionGracePeriodSeconds: integer('Seconds left to end gracefully.', { presence: 'pointer' }),
    labels: map(text('Value.'), 'Labels, by which selectors choose resources.'),
    annotations: map(text('Value.'), 'Free text for people and programs; not selectable.'),
    ownerReferences: list(
      object({
        apiVersion: text('API version of the owner.', { presence: 'always' }),
        kind: text('Kind of the owner.', { presence: 'always' }),
        name: text('Name of the owner.', { presence: 'always' }),
        uid: text('Identity of the owner.', { presence: 'always' }),
        controller: anything('Whether the owner is the managing controller.', { presence: 'pointer' }),
        blockOwnerDeletion: anything('Whether the owner waits for this resource to go first.', {
          presence: 'pointer',
        }),
      }),
      'Resources this one belongs to.',
    ),
    finalizers: list(text('Name.'), 'What must be done before the resource may go.'),
    managedFields: list(anything('Entry.'), 'Book-keeping of the Kubernetes API server.'),
  },
  'Standard object metadata.',
);
