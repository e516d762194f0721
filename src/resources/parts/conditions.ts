import { integer, list, object, oneOf, text, time } from '../schema.ts';

const QUALIFIED_NAME =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$';

const written = { presence: 'always', required: true } as const;

/** `status.conditions` as all Kubernetes kinds have them, one of each type. */
export function conditions(doc: string) {
  return list(
    object({
      type: text('What the condition is about.', { ...written, maxLength: 316, pattern: QUALIFIED_NAME }),
      status: oneOf(['True', 'False', 'Unknown'], 'Whether it holds.', written),
      observedGeneration: integer('The generation of the spec that this was observed for.', {
        minimum: 0,
        crd: { format: 'int64' },
      }),
      lastTransitionTime: time('When it last began or ceased to hold.', written),
      reason: text('One word why, for programs.', {
        ...written,
        maxLength: 1024,
        pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
        crd: { minLength: 1 },
      }),
      message: text('Why, for people.', { ...written, maxLength: 32768 }),
    }),
    doc,
    { crd: { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] } },
  );
}
