import { defineKind } from '../kind.ts';
import { flag, integer, object, oneOf } from '../schema.ts';

export default defineKind({
  kind: 'IPAMConfiguration',
  plural: 'ipamconfigurations',
  aliases: ['ipamconfig', 'ipamconfigs'],
  scope: 'cluster',
  doc: 'How addresses are handed out.',
  definition: {
    groups: ['projectcalico.org'],
    shortNames: ['ipamconfig', 'ipamconfigs'],
    columns: [
      ['StrictAffinity', 'boolean', '.spec.strictAffinity'],
      ['MaxBlocksPerHost', 'integer', '.spec.maxBlocksPerHost'],
      ['AutoAllocateBlocks', 'boolean', '.spec.autoAllocateBlocks'],
    ],
  },
  singleton: 'default',
  spec: object({
    strictAffinity: flag('Never take an address from a block of another node.', {
      presence: 'always',
      required: true,
      default: false,
    }),
    maxBlocksPerHost: integer(
      'Most blocks of each IP version that a node may have; 0 for the usual limit of 20.',
      {
        form: 'int32',
        minimum: 0,
        maximum: 1000000,
        default: 0,
      },
    ),
    autoAllocateBlocks: flag('Give a node a new block when its blocks are full; an absent field is false.', {
      presence: 'always',
      required: true,
      default: true,
    }),
    kubeVirtVMAddressPersistence: oneOf(
      ['Enabled', 'Disabled'],
      'Whether a KubeVirt machine keeps its address when it moves.',
      { presence: 'pointer', assumed: 'Enabled' },
    ),
    ipCooldownSeconds: integer('Seconds for which a released address rests before it is given out again.', {
      form: 'int32',
      minimum: 0,
      maximum: 1200,
      goName: 'IPCooldownSeconds',
      assumed: '0',
    }),
  }),
  columns: {
    NAME: (config) => config.metadata.name,
    STRICTAFFINITY: (config) => String(config.spec.strictAffinity ?? false),
    AUTOALLOCATEBLOCKS: (config) => String(config.spec.autoAllocateBlocks ?? false),
    MAXBLOCKSPERHOST: (config) => String(config.spec.maxBlocksPerHost ?? 0),
  },
  narrow: ['NAME', 'STRICTAFFINITY', 'AUTOALLOCATEBLOCKS'],
  wide: ['NAME', 'STRICTAFFINITY', 'AUTOALLOCATEBLOCKS', 'MAXBLOCKSPERHOST'],
});
