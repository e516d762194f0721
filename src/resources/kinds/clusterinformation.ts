import { shown } from '../columns.ts';
import { defineKind } from '../kind.ts';
import { flag, object, text } from '../schema.ts';

export default defineKind({
  kind: 'ClusterInformation',
  plural: 'clusterinformations',
  aliases: ['clusterinfo', 'clusterinfos'],
  scope: 'cluster',
  doc: 'What the cluster says of itself; written by its components, read-only here.',
  definition: {
    shortNames: ['clusterinfo', 'clusterinfos'],
    columns: [
      ['Version', 'string', '.spec.calicoVersion'],
      ['Ready', 'boolean', '.spec.datastoreReady'],
      ['Types', 'string', '.spec.clusterType'],
    ],
  },
  singleton: 'default',
  verbs: ['get'],
  spec: object({
    clusterGUID: text('Identity of the cluster.'),
    clusterType: text('What the cluster runs on, as words joined by commas, e.g. `k8s,bgp,kdd`.'),
    calicoVersion: text('Version of Calico that the cluster runs.'),
    datastoreReady: flag('False while the datastore is locked, as during a migration.', {
      presence: 'pointer',
    }),
    variant: text('Which Calico: the open-source one when absent.'),
  }),
  columns: {
    NAME: (cluster) => cluster.metadata.name,
    CLUSTERGUID: (cluster) => cluster.spec.clusterGUID ?? '',
    CLUSTERTYPE: (cluster) => cluster.spec.clusterType ?? '',
    CALICOVERSION: (cluster) => cluster.spec.calicoVersion ?? '',
    DATASTOREREADY: (cluster) => shown(cluster.spec.datastoreReady),
  },
  narrow: ['NAME', 'CLUSTERGUID', 'CLUSTERTYPE', 'CALICOVERSION', 'DATASTOREREADY'],
});
