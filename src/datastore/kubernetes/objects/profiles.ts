import { CalicoctlError } from '../../../core/errors.ts';
import { canonical } from '../../../resources/document.ts';
import {
  API_VERSION,
  formatRef,
  type Kind,
  type Metadata,
  type Ref,
  type Resource,
} from '../../../resources/kind.ts';
import { builtInProfile, isBuiltIn } from '../../built-in.ts';
import type { Change, Page, Query, Version } from '../../datastore.ts';
import type { Collection, KubeObject, KubePage, KubernetesApi } from '../api/api.ts';
import type { Backing } from '../backing.ts';
import { CHANGES, changesOf, merged } from './changes.ts';
import { notFound, notSupported } from './refused.ts';
import { convertUid } from './uid.ts';

/** Profiles are what Calico makes of namespaces (`kns.NAME`) and service accounts (`ksa.NAMESPACE.NAME`). */

const NAMESPACES: Collection = { group: '', version: 'v1', plural: 'namespaces', namespaced: false };
const ACCOUNTS: Collection = { group: '', version: 'v1', plural: 'serviceaccounts', namespaced: true };

/** How objects of a collection become profiles. */
interface Source {
  readonly collection: Collection;
  readonly nameOf: (metadata: Metadata) => string;
  /** Before the labels of the object. */
  readonly labelPrefix: string;
  readonly rules: boolean;
  /** A profile's version tells of both collections, of which an object has one. */
  readonly version: (version: string) => Version;
}

const NAMESPACE: Source = {
  collection: NAMESPACES,
  nameOf: ({ name }) => `kns.${name}`,
  labelPrefix: 'pcns.',
  rules: true,
  version: (version) => `${version}/`,
};

const ACCOUNT: Source = {
  collection: ACCOUNTS,
  nameOf: ({ name, namespace }) => `ksa.${namespace}.${name}`,
  labelPrefix: 'pcsa.',
  rules: false,
  version: (version) => `/${version}`,
};

const ALLOW = [{ action: 'Allow', source: {}, destination: {} }];

/** The backing of Profile, all of it read-only. */
export function profiles(api: KubernetesApi, kind: Kind): Backing {
  return {
    get: (ref) => get(api, kind, ref),
    list: (query) => list(api, query),
    async create(ref) {
      throw notSupported('create', ref, MADE_OF, `Create a namespace or a service account instead. ${LABEL}`);
    },
    async update(ref) {
      throw notSupported('update', ref, MADE_OF, LABEL);
    },
    async delete(ref) {
      throw notSupported('delete', ref, MADE_OF, 'Delete the namespace or the service account with kubectl.');
    },
    watch: (query, from) => watch(api, query, from),
  };
}

const MADE_OF =
  'profiles of the kubernetes datastore are made of namespaces (kns.NAME) and service accounts (ksa.NAMESPACE.NAME)';
const LABEL =
  'Label it with kubectl: its labels are those of its profile. What its pods may send and receive is said by policies.';

async function get(api: KubernetesApi, kind: Kind, ref: Ref): Promise<Resource> {
  if (isBuiltIn(ref)) return canonical(kind, builtInProfile());
  const label = formatRef(ref);
  const [, namespace] = /^kns\.(.+)$/.exec(ref.name) ?? [];
  if (namespace !== undefined)
    return profileOf(kind, NAMESPACE, await api.get({ collection: NAMESPACES, name: namespace, label }));
  const [, place, account] = /^ksa\.([^.]+)\.(.+)$/.exec(ref.name) ?? [];
  if (place === undefined || account === undefined) throw notFound(ref, MADE_OF);
  const target = { collection: ACCOUNTS, namespace: place, name: account, label };
  return profileOf(kind, ACCOUNT, await api.get(target));
}

function profileOf(kind: Kind, source: Source, { metadata }: KubeObject): Resource {
  const { uid, creationTimestamp, resourceVersion = '', labels = {} } = metadata;
  const { labelPrefix } = source;
  const given = Object.entries(labels).map(([key, value]) => [`${labelPrefix}${key}`, value]);
  return canonical(kind, {
    apiVersion: API_VERSION,
    kind: kind.kind,
    metadata: {
      name: source.nameOf(metadata),
      ...(uid && { uid: convertUid(uid) }),
      resourceVersion: source.version(resourceVersion),
      ...(creationTimestamp && { creationTimestamp }),
    },
    spec: {
      ...(source.rules && { ingress: ALLOW, egress: ALLOW }),
      labelsToApply: {
        ...Object.fromEntries(given),
        [`${labelPrefix}projectcalico.org/name`]: metadata.name,
      },
    },
  });
}

/** The built-in one first, then those of namespaces, then those of service accounts. */
async function* list(api: KubernetesApi, { kind, namePrefix = '' }: Query): AsyncIterable<Page> {
  const namespaces = api.list({ collection: NAMESPACES })[Symbol.asyncIterator]();
  const accounts = api.list({ collection: ACCOUNTS })[Symbol.asyncIterator]();
  // The version of the list is on its every page, so both collections are asked before anything is shown.
  const [ofNamespaces, ofAccounts] = await Promise.all([namespaces.next(), accounts.next()]);
  const version = `${versionOf(ofNamespaces)}/${versionOf(ofAccounts)}`;
  const isMeant = ({ metadata }: Resource) => metadata.name.startsWith(namePrefix);
  const page = (items: readonly Resource[]): Page => ({ items: items.filter(isMeant), version, corrupt: [] });
  yield page([canonical(kind, builtInProfile())]);
  yield* shown(kind, NAMESPACE, page, ofNamespaces, namespaces);
  yield* shown(kind, ACCOUNT, page, ofAccounts, accounts);
}

/** The pages of a collection, of which the first has been asked for. */
async function* shown(
  kind: Kind,
  source: Source,
  page: (items: readonly Resource[]) => Page,
  first: IteratorResult<KubePage>,
  rest: AsyncIterator<KubePage>,
): AsyncIterable<Page> {
  for (let result = first; !result.done; result = await rest.next())
    yield page(result.value.items.map((object) => profileOf(kind, source, object)));
}

function versionOf(page: IteratorResult<KubePage>): Version {
  return page.done ? '' : page.value.resourceVersion;
}

function watch(api: KubernetesApi, { kind, namePrefix = '' }: Query, from: Version): AsyncIterable<Change> {
  const versions = splitVersion(from);
  const sources = [NAMESPACE, ACCOUNT].map((source, index) =>
    changesOf(api.watch({ collection: source.collection }, versions[index]!), ({ type, object }) => {
      versions[index] = object.metadata.resourceVersion ?? versions[index]!;
      const resource = profileOf(kind, source, object);
      if (!resource.metadata.name.startsWith(namePrefix)) return undefined;
      return { type: CHANGES[type], resource, version: versions.join('/') };
    }),
  );
  return merged(sources);
}

/** Versions of the two collections from one of a list. */
function splitVersion(version: Version): string[] {
  const versions = version.split('/');
  if (versions.length === 2 && versions.every((part) => part !== '')) return versions;
  throw new CalicoctlError(
    'validation',
    `"${version}" is not a version of a list of profiles: that has the form NAMESPACES/SERVICEACCOUNTS`,
    { hint: 'Watch from the version of a list.' },
  );
}
