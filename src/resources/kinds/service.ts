import { defineKind } from '../kind.ts';
import { list, object, text } from '../schema.ts';

/** Of a Service only what tells whether Calico gives it addresses, and which it has. */
export default defineKind({
  kind: 'Service',
  plural: 'services',
  scope: 'namespaced',
  doc: 'A Service of Kubernetes; the load balancers among them may have addresses of pools.',
  madeOf: 'Service of v1',
  internal: true,
  verbs: ['get'],
  spec: object({
    type: text('What kind of service it is, e.g. `LoadBalancer`.'),
    loadBalancerClass: text('Who gives the addresses.'),
    loadBalancerIP: text('An address that is asked for.'),
  }),
  status: object({
    loadBalancer: object(
      {
        ingress: list(object({ ip: text('The address.') }), 'What the service can be reached at.'),
      },
      'What was given to the service.',
    ),
  }),
  columns: { NAME: (service) => service.metadata.name },
  narrow: ['NAME'],
});
