import type { Access } from '../../datastore/cluster.ts';
import { refusedAmong } from '../../operations/reviews.ts';
import type { DefinitionGroup } from '../../resources/definition.ts';
import { kindOf } from '../../resources/registry.ts';
import { ADDRESS_KINDS, MOVED } from '../kinds.ts';

/** What an import has to be allowed to do on Kubernetes. */

const DEFINITIONS = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };

async function needed(group: DefinitionGroup): Promise<readonly Access[]> {
  const kinds = await Promise.all(
    [...MOVED, 'ClusterInformation', ...ADDRESS_KINDS].filter((kind) => kind !== 'Node').map(kindOf),
  );
  const plurals = kinds.map(({ kind, plural }) =>
    // In the newer group the settings of address management are the object that users write.
    kind === 'IPAMConfig' && group === 'projectcalico.org' ? 'ipamconfigurations' : plural,
  );
  return [
    ...['get', 'create', 'update'].map((verb) => ({ verb, ...DEFINITIONS })),
    ...plurals.flatMap((resource) => ['get', 'list', 'create'].map((verb) => ({ verb, group, resource }))),
    ...['clusterinformations', 'tiers'].map((resource) => ({ verb: 'update', group, resource })),
    ...['get', 'list'].map((verb) => ({ verb, group: '', resource: 'nodes' })),
    { verb: 'update', group: '', resource: 'nodes/status' },
  ];
}

/** What is not allowed, in words. */
export async function missingRights(
  allowed: (access: Access) => Promise<boolean>,
  group: DefinitionGroup,
): Promise<readonly string[]> {
  const all = await needed(group);
  const missing = await refusedAmong(allowed, all);
  return all
    .filter((access) => missing.has(access))
    .map(({ verb, group: name, resource }) => `may not ${verb} ${resource}${name === '' ? '' : `.${name}`}`);
}
