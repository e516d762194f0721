import { defineKind } from '../kind.ts';
import { explainedPattern } from '../patterns.ts';
import { ATOMIC_LIST, anything, flag, integer, list, map, object, text, time, uint64 } from '../schema.ts';

const AFFINITY = explainedPattern(
  String.raw`^(host|virtual):[a-zA-Z0-9\.\-_]+$`,
  'is not an owner such as "host:worker-1" or "virtual:load-balancer"',
);

const ATOMIC_IN_V3 = { crd: ATOMIC_LIST, crdV1: { 'x-kubernetes-list-type': undefined } } as const;

const NUMBER_OR_NULL = { type: 'integer', nullable: true } as const;

export default defineKind({
  kind: 'IPAMBlock',
  plural: 'ipamblocks',
  scope: 'cluster',
  doc: 'A block of addresses and who has them.',
  definition: {
    columns: [
      ['CIDR', 'string', '.spec.cidr'],
      ['Affinity', 'string', '.spec.affinity'],
      ['ClaimTime', 'date', '.spec.affinityClaimTime'],
    ],
  },
  internal: true,
  verbs: ['get'],
  spec: object({
    cidr: text('The block.', {
      presence: 'always',
      required: true,
      format: 'cidr',
      goName: 'CIDR',
      crdV1: { format: undefined },
    }),
    affinity: text('Who owns the block; nobody when absent.', {
      presence: 'pointer',
      pattern: AFFINITY,
      crdV1: { pattern: undefined },
    }),
    affinityClaimTime: time('When the owner claimed it.', { presence: 'pointer' }),
    allocations: list(
      anything('Index in `attributes`, or null where the address is free.', { crd: NUMBER_OR_NULL }),
      'For each address, who has it.',
      { presence: 'always', required: true, ...ATOMIC_IN_V3 },
    ),
    unallocated: list(
      integer('Place of an address in the block.'),
      'Free addresses, the next to be given first.',
      { presence: 'always', required: true, ...ATOMIC_IN_V3 },
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
      { presence: 'always', required: true, ...ATOMIC_IN_V3 },
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
