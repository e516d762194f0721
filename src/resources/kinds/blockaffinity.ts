import { defineKind } from '../kind.ts';
import { flag, object, oneOf, text } from '../schema.ts';

export default defineKind({
  kind: 'BlockAffinity',
  plural: 'blockaffinities',
  scope: 'cluster',
  doc: 'Which node or service owns a block of addresses.',
  internal: true,
  verbs: ['get'],
  spec: object({
    state: oneOf(
      ['', 'confirmed', 'pending', 'pendingDeletion'],
      'How far the claim is; empty in old entries, which means confirmed.',
      { presence: 'always', required: true },
    ),
    node: text('The owner: a node, or `load-balancer`.', { presence: 'always', required: true }),
    type: text('What the owner is: `host` for a node, or `virtual`.', { assumed: 'host' }),
    cidr: text('The block.', { presence: 'always', required: true, format: 'cidr', goName: 'CIDR' }),
    deleted: flag('Set just before the entry is removed.', {
      presence: 'always',
      required: true,
      default: false,
    }),
  }),
  columns: { NAME: (affinity) => affinity.metadata.name },
  narrow: ['NAME'],
});
