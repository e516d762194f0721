import type { Kind, Ref } from '../../../resources/kind.ts';
import type { Collection } from '../api/api.ts';
import type { CalicoGroup } from '../backing.ts';

/** Under which names Calico's custom resources are on the API server. */

/** Address management's settings are one object, whichever way they are looked at; v1 has another name for it. */
const SETTINGS = new Set(['IPAMConfig', 'IPAMConfiguration']);

export function collectionOf(kind: Kind, apiGroup: CalicoGroup): Collection {
  const [group, version] = apiGroup.split('/') as [string, string];
  return { group, version, plural: pluralOf(kind, apiGroup), namespaced: kind.scope === 'namespaced' };
}

function pluralOf(kind: Kind, apiGroup: CalicoGroup): string {
  if (!SETTINGS.has(kind.kind)) return kind.plural;
  return apiGroup === 'projectcalico.org/v3' ? 'ipamconfigurations' : 'ipamconfigs';
}

/** `kind:` of the custom resource. */
export function customKindOf(kind: Kind, apiGroup: CalicoGroup): string {
  if (!SETTINGS.has(kind.kind)) return kind.kind;
  return apiGroup === 'projectcalico.org/v3' ? 'IPAMConfiguration' : 'IPAMConfig';
}

/** `networksets.crd.projectcalico.org/dev/web`: as kubectl names the object, for entries that cannot be read. */
export function entryName(
  { plural, group }: Collection,
  { namespace, name }: Pick<Ref, 'namespace' | 'name'>,
): string {
  return `${plural}.${group}/${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
