import { defineKind } from '../kind.ts';
import { flag, integer, object, text } from '../schema.ts';

/** What address management itself reads; on etcd it is another entry than the IPAMConfiguration that users write. */
export default defineKind({
  kind: 'IPAMConfig',
  plural: 'ipamconfigs',
  scope: 'cluster',
  doc: 'How addresses are handed out, as address management reads it.',
  definition: { groups: ['crd.projectcalico.org'] },
  singleton: 'default',
  internal: true,
  verbs: ['get'],
  spec: object(
    {
      strictAffinity: flag('Never take an address from a block of another node.'),
      autoAllocateBlocks: flag('Give a node a new block when its blocks are full.'),
      maxBlocksPerHost: integer('Most blocks a node may have; 0 for the usual limit.', {
        crd: { minimum: 0, maximum: 2147483647 },
      }),
      kubeVirtVMAddressPersistence: text('Whether a KubeVirt machine keeps its address when it moves.', {
        presence: 'pointer',
        crd: { enum: ['Enabled', 'Disabled'] },
      }),
      ipCooldownSeconds: integer('Seconds for which a released address rests before it is given out again.', {
        crd: { minimum: 0, maximum: 1200 },
      }),
    },
    '',
    { crd: { required: ['autoAllocateBlocks', 'strictAffinity'] } },
  ),
  columns: { NAME: (config) => config.metadata.name },
  narrow: ['NAME'],
});
