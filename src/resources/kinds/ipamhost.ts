import { defineKind } from '../kind.ts';
import { object } from '../schema.ts';

/** Written by old releases, on etcd only; nothing reads it, but it should not outlive its node. */
export default defineKind({
  kind: 'IPAMHost',
  plural: 'ipamhosts',
  scope: 'cluster',
  doc: 'Says that a node once took addresses.',
  internal: true,
  verbs: ['delete'],
  spec: object({}),
  columns: { NAME: (host) => host.metadata.name },
  narrow: ['NAME'],
});
