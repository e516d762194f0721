import { joinedShort } from '../columns.ts';
import { defineKind } from '../kind.ts';
import { netSetSpec, noNamespaceLabel } from '../parts/netset.ts';

export default defineKind({
  kind: 'NetworkSet',
  plural: 'networksets',
  aliases: ['netsets'],
  scope: 'namespaced',
  doc: 'Networks under labels, so that policies of a namespace can select them.',
  definition: {},
  spec: netSetSpec,
  columns: {
    NAME: (set) => set.metadata.name,
    NETS: (set) => joinedShort(set.spec.nets),
    NAMESPACE: (set) => set.metadata.namespace ?? '',
  },
  narrow: ['NAME'],
  wide: ['NAME', 'NETS'],
  rules: [noNamespaceLabel],
});
