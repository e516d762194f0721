import { defineKind } from '../kind.ts';
import { object } from '../schema.ts';

/** Of a Namespace only its metadata: annotations may ask for addresses of certain pools for all its pods. */
export default defineKind({
  kind: 'Namespace',
  plural: 'namespaces',
  scope: 'cluster',
  doc: 'A Namespace of Kubernetes; what Calico makes of it is a Profile.',
  madeOf: 'Namespace of v1',
  internal: true,
  verbs: ['get'],
  spec: object({}),
  columns: { NAME: (namespace) => namespace.metadata.name },
  narrow: ['NAME'],
});
