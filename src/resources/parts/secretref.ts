import { ATOMIC_MAP, flag, object, text } from '../schema.ts';

/** A password kept in a secret in the namespace of calico-node. */
export function secretRef(doc: string) {
  return object(
    {
      secretKeyRef: object(
        {
          name: text('Name of the secret.', { default: '' }),
          key: text('Which of its entries.', { presence: 'always', required: true }),
          optional: flag('Whether it may be missing.', { presence: 'pointer' }),
        },
        'The entry of a secret.',
        { presence: 'pointer', crd: ATOMIC_MAP },
      ),
    },
    doc,
    { presence: 'pointer' },
  );
}
