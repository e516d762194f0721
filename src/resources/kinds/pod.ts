import { defineKind } from '../kind.ts';
import { object } from '../schema.ts';

/** Of a Pod only its metadata: annotations may ask for addresses of certain pools. */
export default defineKind({
  kind: 'Pod',
  plural: 'pods',
  scope: 'namespaced',
  doc: 'A Pod of Kubernetes; what Calico makes of it is a WorkloadEndpoint.',
  madeOf: 'Pod of v1',
  internal: true,
  verbs: ['get'],
  spec: object({}),
  columns: { NAME: (pod) => pod.metadata.name },
  narrow: ['NAME'],
});
