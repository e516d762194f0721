import { defineKind } from '../kind.ts';
import { flag, integer, map, object, text } from '../schema.ts';

export default defineKind({
  kind: 'IPAMHandle',
  plural: 'ipamhandles',
  scope: 'cluster',
  doc: 'Where the addresses of one workload or tunnel are.',
  definition: {
    columns: [['ID', 'string', '.spec.handleID']],
  },
  internal: true,
  verbs: ['get'],
  spec: object({
    handleID: text('Name under which the addresses were taken.', { presence: 'always', required: true }),
    block: map(integer('Addresses in the block.'), 'How many addresses in which block.', {
      presence: 'always',
      required: true,
    }),
    deleted: flag('Set just before the entry is removed.', { presence: 'always' }),
  }),
  columns: { NAME: (handle) => handle.metadata.name },
  narrow: ['NAME'],
});
