import { CalicoctlError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { API_VERSION, type Resource } from '../resources/kind.ts';
import { formatCidr, isStrictlyMasked, parseCidr } from '../resources/net/cidr.ts';
import type { AddressKind } from './kinds.ts';
import type { NodeNames } from './mapping.ts';

/** Objects of address management as an export holds them: by their keys in etcd, in the words that etcd has for them. */
export interface AddressEntry {
  readonly Key: string;
  readonly Value: JsonObject;
  readonly TTL: 0;
}

/** Under which names the third part lists the kinds. */
export const SECTIONS = {
  block_affinities: 'BlockAffinity',
  blocks: 'IPAMBlock',
  handles: 'IPAMHandle',
  config: 'IPAMConfig',
} as const satisfies Readonly<Record<string, AddressKind>>;
export type Section = keyof typeof SECTIONS;

const TREE = '/calico/ipam/v2/';
const CONFIG_KEY = `${TREE}config`;

/** Handles under which the addresses of tunnels are taken; the node's name follows. */
const TUNNEL = /^((?:ipip|vxlan|vxlan-v6|wireguard|wireguard-v6)-tunnel-addr-)(.+)$/;

function handleOf(id: string, nodes: NodeNames): string {
  const [, prefix, node] = TUNNEL.exec(id) ?? [];
  const name = node === undefined ? undefined : nodes.get(node);
  return name === undefined ? id : prefix + name;
}

/** How an object of address management is written, its nodes called as Kubernetes does. */
export function addressEntry({ kind, metadata, spec }: Resource, nodes: NodeNames): AddressEntry {
  switch (kind as AddressKind) {
    case 'BlockAffinity': {
      const { state, deleted, node: _node, type: _type, cidr: _cidr, ...rest } = spec;
      const [type = '', owner = '', ...cidr] = metadata.name.split('/');
      const name = type === 'host' ? (nodes.get(owner) ?? owner) : owner;
      return entry(`${TREE}${type}/${name}/${rangeKey(cidr.join('/'))}`, {
        ...{ state: state ?? 'confirmed', deleted: deleted === true },
        ...rest,
      });
    }
    case 'IPAMBlock':
      return entry(`${TREE}assignment/${rangeKey(metadata.name)}`, blockValue(spec, nodes));
    case 'IPAMHandle': {
      const { handleID: _, block, deleted, ...rest } = spec;
      const value = { block: block ?? {}, deleted: deleted === true, ...rest };
      return entry(`${TREE}handle/${handleOf(metadata.name, nodes)}`, value);
    }
    default: {
      const { strictAffinity = false, autoAllocateBlocks = false, ...rest } = spec;
      return entry(CONFIG_KEY, {
        strict_affinity: strictAffinity,
        auto_allocate_blocks: autoAllocateBlocks,
        ...rest,
      });
    }
  }
}

function entry(Key: string, Value: JsonObject): AddressEntry {
  return { Key, Value, TTL: 0 };
}

function rangeKey(cidr: string): string {
  return `${cidr.includes(':') ? 'ipv6' : 'ipv4'}/block/${cidr.replace('/', '-')}`;
}

function blockValue(spec: JsonObject, nodes: NodeNames): JsonObject {
  const { cidr, affinity, affinityClaimTime, allocations, unallocated, attributes, ...more } = spec;
  const { sequenceNumber, sequenceNumberForAllocation, deleted, strictAffinity: _, ...rest } = more;
  const host = typeof affinity === 'string' && affinity.startsWith('host:') ? affinity.slice(5) : undefined;
  const name = host === undefined ? undefined : nodes.get(host);
  return {
    cidr,
    affinity: name === undefined ? (affinity ?? null) : `host:${name}`,
    ...(affinityClaimTime ? { affinity_claim_time: affinityClaimTime } : {}),
    ...{ allocations: allocations ?? [], unallocated: unallocated ?? [] },
    attributes: Array.isArray(attributes) ? attributes.map((each) => attributeValue(each, nodes)) : [],
    ...{
      sequenceNumber: sequenceNumber ?? 0,
      sequenceNumberForAllocation: sequenceNumberForAllocation ?? {},
    },
    deleted: deleted === true,
    ...rest,
  };
}

function attributeValue(attribute: unknown, nodes: NodeNames): JsonObject {
  if (!isObject(attribute)) return {};
  const { handle_id: id, ...rest } = attribute as JsonObject;
  const owners = Object.fromEntries(
    ['secondary', 'alternateOwnerAttrs'].flatMap((field) => {
      const words = rest[field];
      return isObject(words) ? [[field, ownerValue(words, nodes)]] : [];
    }),
  );
  return {
    ...(id === undefined ? {} : { handle_id: typeof id === 'string' ? handleOf(id, nodes) : id }),
    ...rest,
    ...owners,
  };
}

/** Keys in order, as programs in Go write them. */
function ownerValue(words: Readonly<Record<string, unknown>>, nodes: NodeNames): JsonObject {
  const node = typeof words['node'] === 'string' ? nodes.get(words['node']) : undefined;
  const named = node === undefined ? words : { ...words, node };
  return Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1))) as JsonObject;
}

const KEYS: Readonly<Record<AddressKind, RegExp>> = {
  BlockAffinity: /^\/calico\/ipam\/v2\/(host|virtual)\/([^/]+)\/ipv([46])\/block\/([^/]+)-(\d+)$/,
  IPAMBlock: /^\/calico\/ipam\/v2\/assignment\/()()ipv([46])\/block\/([^/]+)-(\d+)$/,
  IPAMHandle: /^\/calico\/ipam\/v2\/handle\/([^/]+)$/,
  IPAMConfig: /^\/calico\/ipam\/v2\/config$/,
};

/** The object that an entry of a section stands for. Throws `input` for what is none, saying why. */
export function addressObject(section: Section, value: unknown): Resource {
  const kind = SECTIONS[section];
  if (!isObject(value)) throw refused(section, value, 'is no object with Key and Value');
  const { Key: key, Value: content } = value;
  if (typeof key !== 'string') throw refused(section, key ?? null, 'is no Key: it has to be a text');
  const match = KEYS[kind].exec(key);
  // A segment of dots would lead elsewhere where keys become paths.
  if (match === null || /\/\.{1,2}(\/|$)/.test(key) || hasControls(key))
    throw refused(section, key, `is no key of ${kind} in Calico's address management`);
  if (!isObject(content)) throw refused(section, key, 'has a Value that is no object');
  const { name, spec } = read(section, kind, match, content as JsonObject);
  return { apiVersion: API_VERSION, kind, metadata: { name }, spec };
}

function hasControls(key: string): boolean {
  for (let at = 0; at < key.length; at++)
    if (key.charCodeAt(at) < 0x20 || key.charCodeAt(at) === 0x7f) return true;
  return false;
}

function read(
  section: Section,
  kind: AddressKind,
  match: RegExpExecArray,
  value: JsonObject,
): { readonly name: string; readonly spec: JsonObject } {
  const [key, first = '', owner = ''] = match;
  switch (kind) {
    case 'BlockAffinity': {
      const cidr = rangeOf(section, match);
      const { state, deleted, ...rest } = value;
      const own = { state: state || 'confirmed', node: owner, type: first, cidr };
      return { name: `${first}/${owner}/${cidr}`, spec: { ...own, deleted: isTrue(deleted), ...rest } };
    }
    case 'IPAMBlock': {
      const cidr = rangeOf(section, match);
      const { affinity_claim_time: affinityClaimTime, hostAffinity: _, ...rest } = value;
      const said = typeof value['cidr'] === 'string' ? parseCidr(value['cidr']) : undefined;
      if (said === undefined || formatCidr(said) !== cidr)
        throw refused(
          section,
          key,
          `is not the key of the block that its Value has, ${JSON.stringify(value['cidr'])}`,
        );
      return { name: cidr, spec: { ...rest, ...(affinityClaimTime ? { affinityClaimTime } : {}), cidr } };
    }
    case 'IPAMHandle':
      return {
        name: first,
        spec: { ...value, handleID: first, block: value['block'] ?? {}, deleted: isTrue(value['deleted']) },
      };
    default: {
      const { strict_affinity: strictAffinity, auto_allocate_blocks: autoAllocateBlocks, ...rest } = value;
      const flags = {
        strictAffinity: strictAffinity === true,
        autoAllocateBlocks: autoAllocateBlocks === true,
      };
      return { name: 'default', spec: { ...flags, ...rest } };
    }
  }
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** The range that a key names, in its one spelling. */
function rangeOf(section: Section, [key, , , family, address, length]: RegExpExecArray): string {
  const cidr = parseCidr(`${address}/${length}`);
  if (cidr === undefined || !isStrictlyMasked(cidr) || String(cidr.address.family) !== family)
    throw refused(section, key, 'names no range of addresses');
  return formatCidr(cidr);
}

function refused(section: Section, value: unknown, why: string): CalicoctlError {
  const shown = JSON.stringify(value)?.slice(0, 120) ?? 'nothing';
  return new CalicoctlError('input', `IPAM ${section}: ${shown} ${why}`);
}
