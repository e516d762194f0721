import { defineKind } from '../kind.ts';
import { flag, object, oneOf, text } from '../schema.ts';

export default defineKind({
  kind: 'BlockAffinity',
  plural: 'blockaffinities',
  scope: 'cluster',
  doc: 'Which node or service owns a block of addresses.',
  definition: {
    shortNames: ['affinity', 'affinities'],
    columns: [
      ['CIDR', 'string', '.spec.cidr'],
      ['Node', 'string', '.spec.node'],
      ['Type', 'string', '.spec.type'],
    ],
  },
  internal: true,
  verbs: ['get'],
  spec: object({
    state: oneOf(
      ['', 'confirmed', 'pending', 'pendingDeletion'],
      'How far the claim is; empty in old entries, which means confirmed.',
      { presence: 'always', required: true, crdV1: { enum: undefined } },
    ),
    node: text('The owner: a node, or `load-balancer`.', { presence: 'always', required: true }),
    type: text('What the owner is: `host` for a node, or `virtual`.', { assumed: 'host' }),
    cidr: text('The block.', {
      presence: 'always',
      required: true,
      format: 'cidr',
      goName: 'CIDR',
      crdV1: { format: undefined },
    }),
    deleted: flag('Set just before the entry is removed.', {
      presence: 'always',
      required: true,
      default: false,
      crdV1: { type: 'string', default: undefined },
    }),
  }),
  columns: { NAME: (affinity) => affinity.metadata.name },
  narrow: ['NAME'],
});
