import { defineKind } from '../kind.ts';
import { explainedPattern } from '../patterns.ts';
import { ATOMIC_LIST, anything, flag, integer, list, map, object, text, time, uint64 } from '../schema.ts';

const AFFINITY = explainedPattern(
  String.raw`^(host|virtual):[a-zA-Z0-9\.\-_]+$`,
  'is not an owner such as "host:worker-1" or "virtual:load-balancer"',
);

const NUMBER_OR_NULL = { type: 'integer', nullable: true } as const;

export default defineKind({
  kind: 'IPAMBlock',
  plural: 'ipamblocks',
  scope: 'cluster',
  doc: 'A block of addresses and who has them.',
  internal: true,
  verbs: ['get'],
  spec: object({
    cidr: text('The block.', { presence: 'always', required: true, format: 'cidr', goName: 'CIDR' }),
    affinity: text('Who owns the block; nobody when absent.', { presence: 'pointer', pattern: AFFINITY }),
    affinityClaimTime: time('When the owner claimed it.', { presence: 'pointer' }),
    allocations: list(
      anything('Index in `attributes`, or null where the address is free.', { crd: NUMBER_OR_NULL }),
      'For each address, who has it.',
      { presence: 'always', required: true, crd: ATOMIC_LIST },
    ),
    unallocated: list(
      integer('Place of an address in the block.'),
      'Free addresses, the next to be given first.',
      { presence: 'always', required: true, crd: ATOMIC_LIST },
    ),
    attributes: list(
      object({
        handle_id: text('Name under which the address was taken.', {
          presence: 'pointer',
          goName: 'HandleID',
        }),
        secondary: map(text('Value.'), 'What is known of the owner: pod, namespace, node, type.'),
        alternateOwnerAttrs: map(text('Value.'), 'The second owner while a machine moves.'),
        releasedAt: time('When the address was released; it rests from then on.', { presence: 'pointer' }),
      }),
      'Owners of addresses.',
      { presence: 'always', required: true, crd: ATOMIC_LIST },
    ),
    sequenceNumber: uint64('Counter of changes to the block.', { presence: 'always', default: 0 }),
    sequenceNumberForAllocation: map(
      uint64('Counter at that time.'),
      'For each address in use, the counter when it was given.',
      { presence: 'always' },
    ),
    deleted: flag('Set just before the entry is removed.', { presence: 'always' }),
    strictAffinity: flag('Obsolete.', { presence: 'always', required: true }),
  }),
  columns: { NAME: (block) => block.metadata.name },
  narrow: ['NAME'],
});
