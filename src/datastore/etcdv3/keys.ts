import type { Kind, Ref } from '../../resources/kind.ts';

/** Where etcd keeps what: Calico's v3 resources, and IPAM's own tree beside them. */

const RESOURCES = '/calico/resources/v3/projectcalico.org/';
const BLOCKS = '/calico/ipam/v2/assignment/';
const HANDLES = '/calico/ipam/v2/handle/';
const HOSTS = '/calico/ipam/v2/host/';
const CONFIG = '/calico/ipam/v2/config';

/** Names of IPAM objects are those of the Kubernetes custom resources; etcd's keys say the same in other words. */
interface Tree {
  /** Everything of the kind lies below these. */
  readonly prefixes: readonly string[];
  key(name: string): string;
  /** The name that a key below a prefix stands for; undefined for keys of something else. */
  name(key: string): string | undefined;
}

const BLOCK_KEY = /^\/calico\/ipam\/v2\/assignment\/ipv[46]\/block\/(.+)$/;
const AFFINITY_KEY = /^\/calico\/ipam\/v2\/(host|virtual)\/([^/]+)\/ipv[46]\/block\/(.+)$/;

const IPAM: Readonly<Record<string, Tree>> = {
  IPAMBlock: {
    prefixes: [BLOCKS],
    key: (cidr) => `${BLOCKS}${family(cidr)}/block/${cidr.replace('/', '-')}`,
    name: (key) => cidrOf(BLOCK_KEY.exec(key)?.[1]),
  },
  IPAMHandle: {
    prefixes: [HANDLES],
    key: (id) => `${HANDLES}${id}`,
    name: (key) => key.slice(HANDLES.length),
  },
  BlockAffinity: {
    prefixes: [HOSTS, '/calico/ipam/v2/virtual/'],
    key: (name) => affinityKey(name),
    name: (key) => {
      const match = AFFINITY_KEY.exec(key);
      return match === null ? undefined : `${match[1]}/${match[2]}/${cidrOf(match[3])}`;
    },
  },
  IPAMConfig: {
    prefixes: [CONFIG],
    key: () => CONFIG,
    name: (key) => (key === CONFIG ? 'default' : undefined),
  },
  IPAMHost: {
    prefixes: [HOSTS],
    key: (node) => `${HOSTS}${node}`,
    name: (key) => (key.includes('/', HOSTS.length) ? undefined : key.slice(HOSTS.length)),
  },
};

function family(cidr: string): string {
  return cidr.includes(':') ? 'ipv6' : 'ipv4';
}

function cidrOf(segment: string | undefined): string | undefined {
  if (segment === undefined) return undefined;
  const at = segment.lastIndexOf('-');
  return at < 0 ? undefined : `${segment.slice(0, at)}/${segment.slice(at + 1)}`;
}

/** An affinity's name in etcd is `host/NODE/CIDR` or `virtual/OWNER/CIDR`. */
function affinityKey(name: string): string {
  const [type, owner, ...cidr] = name.split('/');
  const range = cidr.join('/');
  return `/calico/ipam/v2/${type}/${owner}/${family(range)}/block/${range.replace('/', '-')}`;
}

/** The key of an object. */
export function keyOf({ kind, namespace, name }: Ref): string {
  const tree = IPAM[kind.kind];
  if (tree !== undefined) return tree.key(name);
  return `${RESOURCES}${kind.plural}/${kind.scope === 'namespaced' ? `${namespace}/` : ''}${name}`;
}

/** The prefixes below which the objects of a query lie. */
export function prefixesOf(kind: Kind, namespace: string | undefined, namePrefix = ''): readonly string[] {
  const tree = IPAM[kind.kind];
  if (tree !== undefined) return tree.prefixes;
  const base = `${RESOURCES}${kind.plural}/`;
  if (kind.scope === 'cluster') return [base + namePrefix];
  return [namespace === undefined ? base : `${base}${namespace}/${namePrefix}`];
}

/** What a key says of its object: namespace and name; undefined for keys that are not of the kind. */
export function placeOf(
  kind: Kind,
  key: string,
): { readonly namespace?: string; readonly name: string } | undefined {
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
