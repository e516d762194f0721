import { joinedShort } from '../columns.ts';
import { defineKind } from '../kind.ts';
import { netSetSpec, noNamespaceLabel } from '../parts/netset.ts';

export default defineKind({
  kind: 'GlobalNetworkSet',
  plural: 'globalnetworksets',
  aliases: ['gnetsets'],
  scope: 'cluster',
  doc: 'Networks under labels, so that policies of the whole cluster can select them.',
  definition: {
    shortNames: ['gns'],
    columns: [['Age', 'date', '.metadata.creationTimestamp']],
  },
  spec: netSetSpec,
  columns: {
    NAME: (set) => set.metadata.name,
    NETS: (set) => joinedShort(set.spec.nets),
  },
  narrow: ['NAME'],
  wide: ['NAME', 'NETS'],
  rules: [noNamespaceLabel],
});
