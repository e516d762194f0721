import type { Kind, Ref } from '../../resources/kind.ts';
import type { Query } from '../datastore.ts';

/** Where etcd keeps what: Calico's v3 resources, and IPAM's own tree beside them. */

const RESOURCES = '/calico/resources/v3/projectcalico.org/';
const BLOCKS = '/calico/ipam/v2/assignment/';
const HANDLES = '/calico/ipam/v2/handle/';
const HOSTS = '/calico/ipam/v2/host/';
const AFFINITIES = [HOSTS, '/calico/ipam/v2/virtual/'];
const CONFIG = '/calico/ipam/v2/config';

/** Names of IPAM objects are those of the Kubernetes custom resources; etcd's keys say the same in other words. */
interface Tree {
  /**
   * One or more prefixes, in the order of keys, below which all objects lie whose names begin so; keys of others may
   * lie there too.
   */
  prefixes(namePrefix: string): readonly string[];
  key(name: string): string;
  /** The name that a key below a prefix stands for; undefined for keys of something else. */
  name(key: string): string | undefined;
}

const BLOCK_KEY = /^\/calico\/ipam\/v2\/assignment\/ipv[46]\/block\/(.+)$/;
const AFFINITY_KEY = /^\/calico\/ipam\/v2\/(host|virtual)\/([^/]+)\/ipv[46]\/block\/(.+)$/;

const IPAM: Readonly<Record<string, Tree>> = {
  IPAMBlock: {
    prefixes: (namePrefix) => rangePrefixes(BLOCKS, namePrefix),
    key: (cidr) => `${BLOCKS}${rangeKey(cidr)}`,
    name: (key) => cidrOf(BLOCK_KEY.exec(key)?.[1]),
  },
  IPAMHandle: {
    prefixes: (namePrefix) => [`${HANDLES}${namePrefix}`],
    key: (id) => `${HANDLES}${id}`,
    name: (key) => key.slice(HANDLES.length),
  },
  BlockAffinity: {
    prefixes: affinityPrefixes,
    key: affinityKey,
    name: (key) => {
      const match = AFFINITY_KEY.exec(key);
      const cidr = cidrOf(match?.[3]);
      return cidr === undefined ? undefined : `${match![1]}/${match![2]}/${cidr}`;
    },
  },
  IPAMConfig: {
    prefixes: () => [CONFIG],
    key: () => CONFIG,
    name: (key) => (key === CONFIG ? 'default' : undefined),
  },
  IPAMHost: {
    prefixes: (namePrefix) => [`${HOSTS}${namePrefix}`],
    key: (node) => `${HOSTS}${node}`,
    name: (key) => (key.includes('/', HOSTS.length) ? undefined : key.slice(HOSTS.length)),
  },
};

function rangeKey(cidr: string): string {
  return `${cidr.includes(':') ? 'ipv6' : 'ipv4'}/block/${cidr.replace('/', '-')}`;
}

/** Where the ranges below `base` lie that begin so; the first few digits may be those of either family. */
function rangePrefixes(base: string, cidrPrefix: string): readonly string[] {
  if (cidrPrefix === '') return [base];
  if (/[.:]/.test(cidrPrefix)) return [`${base}${rangeKey(cidrPrefix)}`];
  return [`${base}ipv4/block/${cidrPrefix}`, `${base}ipv6/block/${cidrPrefix}`];
}

function cidrOf(segment: string | undefined): string | undefined {
  if (segment === undefined) return undefined;
  const at = segment.lastIndexOf('-');
  return at < 0 ? undefined : `${segment.slice(0, at)}/${segment.slice(at + 1)}`;
}

/** An affinity's name in etcd is `host/NODE/CIDR` or `virtual/OWNER/CIDR`. */
function affinityKey(name: string): string {
  const [type, owner, ...cidr] = name.split('/');
  return `/calico/ipam/v2/${type}/${owner}/${rangeKey(cidr.join('/'))}`;
}

function affinityPrefixes(namePrefix: string): readonly string[] {
  const [type = '', owner, ...cidr] = namePrefix.split('/');
  if (owner === undefined) {
    const trees = AFFINITIES.filter((tree) => tree.startsWith(`/calico/ipam/v2/${type}`));
    return trees.length > 0 ? trees : AFFINITIES;
  }
  const base = `/calico/ipam/v2/${type}/${owner}`;
  return namePrefix.split('/').length < 3 ? [base] : rangePrefixes(`${base}/`, cidr.join('/'));
}

/** The key of an object. */
export function keyOf({ kind, namespace, name }: Ref): string {
  const tree = IPAM[kind.kind];
  if (tree !== undefined) return tree.key(name);
  return `${RESOURCES}${kind.plural}/${kind.scope === 'namespaced' ? `${namespace}/` : ''}${name}`;
}

/** Where the objects of a query lie, in the order of keys; other objects may lie there too, see `isMeant`. */
export function prefixesOf({ kind, namespace, namePrefix = '' }: Query): readonly string[] {
  const tree = IPAM[kind.kind];
  if (tree !== undefined) return tree.prefixes(namePrefix);
  // The slash keeps kinds apart whose names begin alike.
  const base = `${RESOURCES}${kind.plural}/`;
  if (kind.scope === 'cluster') return [base + namePrefix];
  return [namespace === undefined ? base : `${base}${namespace}/${namePrefix}`];
}

interface PlaceOfObject {
  readonly namespace?: string;
  readonly name: string;
}

/** What a key says of its object: namespace and name; undefined for keys that are not of the kind. */
export function placeOf(kind: Kind, key: string): PlaceOfObject | undefined {
  const tree = IPAM[kind.kind];
  if (tree !== undefined) {
    const name = tree.name(key);
    return name === undefined ? undefined : { name };
  }
  const parts = key.slice(RESOURCES.length + kind.plural.length + 1).split('/');
  if (kind.scope === 'cluster')
    return parts.length === 1 && parts[0] !== '' ? { name: parts[0]! } : undefined;
  return parts.length === 2 ? { namespace: parts[0]!, name: parts[1]! } : undefined;
}

/** True for a key below a query's prefixes that is of an object asked for. */
export function isMeant({ kind, namePrefix = '' }: Query, key: string): boolean {
  return placeOf(kind, key)?.name.startsWith(namePrefix) === true;
}
