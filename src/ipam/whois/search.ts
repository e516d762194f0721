import { textIn } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { cleanHandle } from '../../operations/ipam/block.ts';
import { blockRef, cidrIn, handleRef, hostOf, listed, parseOwner } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Address, compareAddresses, formatAddress } from '../../resources/net/address.ts';
import {
  type Cidr,
  firstAddress,
  formatCidr,
  networkOf,
  parseCidr,
  parseCidrOrAddress,
} from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { networksOf } from '../survey/users.ts';
import { takenIn } from '../usage/borrowed.ts';
import type { Match } from './report.ts';

/** What somebody asks for: a pod, service or machine, in one namespace or in all; or anything else by its name. */
export interface Wanted {
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface Found {
  readonly matches: readonly Match[];
  readonly addresses: readonly Address[];
  /** Blocks that a node of that name owns. */
  readonly ownedBlocks: readonly string[];
}

interface Gathering {
  /** By `kind name`. */
  readonly matches: Map<string, Match>;
  readonly addresses: Map<string, Address>;
  readonly ownedBlocks: Cidr[];
}

/** Everything of that name. A handle that exists says itself where its addresses are; for the rest all blocks are read. */
export async function search(store: Datastore, wanted: Wanted): Promise<Found> {
  const found: Gathering = { matches: new Map(), addresses: new Map(), ownedBlocks: [] };
  const handle = await unlessNotFound(store.get(await handleRef(wanted.name)));
  if (handle !== undefined && wanted.namespace === undefined)
    await searchHandle(store, handle, wanted, found);
  else await searchAll(store, wanted, found);
  return {
    matches: [...found.matches.values()],
    addresses: [...found.addresses.values()].sort(compareAddresses),
    ownedBlocks: found.ownedBlocks.sort((a, b) => compareAddresses(a.address, b.address)).map(formatCidr),
  };
}

async function searchHandle(
  store: Datastore,
  { spec }: Resource,
  wanted: Wanted,
  found: Gathering,
): Promise<void> {
  // Kubernetes finds a handle in any letter case; blocks have it as it was first written.
  const id = textIn(spec['handleID'] || wanted.name);
  match(found, 'handle', id);
  const ranges = Object.keys((spec['block'] ?? {}) as object).flatMap((text) => parseCidr(text) ?? []);
  for (const range of ranges) {
    const block = await unlessNotFound(store.get(await blockRef(range)));
    if (block !== undefined) searchBlock(block, { ...wanted, name: id }, found);
  }
}

async function searchAll(store: Datastore, wanted: Wanted, found: Gathering): Promise<void> {
  const blocks = async () => {
    const query = { kind: await kindOf('IPAMBlock'), asStored: true } as const;
    for await (const block of listed(store, query)) searchBlock(block, wanted, found);
  };
  const endpoints = async () => {
    const place = wanted.namespace === undefined ? {} : { namespace: wanted.namespace };
    const query = { kind: await kindOf('WorkloadEndpoint'), ...place, asStored: true } as const;
    for await (const endpoint of listed(store, query)) searchEndpoint(endpoint, wanted, found);
  };
  const node = async () => {
    if (wanted.namespace !== undefined) return;
    const node = await unlessNotFound(store.get({ kind: await kindOf('Node'), name: wanted.name }));
    if (node !== undefined) match(found, 'node', wanted.name);
  };
  await Promise.all([blocks(), endpoints(), node()]);
}

function match({ matches }: Gathering, kind: Match['kind'], name: string): void {
  const key = `${kind} ${name}`;
  if (!matches.has(key)) matches.set(key, { kind, name });
}

function searchBlock(block: Resource, wanted: Wanted, found: Gathering): void {
  const range = cidrIn(block.spec);
  if (range === undefined) return;
  const host = hostOf(parseOwner(textIn(block.spec['affinity'])));
  if (host === wanted.name && wanted.namespace === undefined) {
    match(found, 'node', host);
    found.ownedBlocks.push(networkOf(range));
  }
  const { family, value } = firstAddress(range);
  for (const { ordinal, attribute } of takenIn(block)) {
    if (attribute === undefined || attribute.releasedAt !== undefined) continue;
    const hits = attributeMatches(attribute, host, wanted);
    if (hits.length === 0) continue;
    for (const { kind, name } of hits) match(found, kind, name);
    note(found, { family, value: value + BigInt(ordinal) });
  }
}

/** Attributes that name workloads, with what they name. */
const NAMED = [
  ['pod', 'pod'],
  ['service', 'service'],
  ['vmi-name', 'machine'],
] as const;

function attributeMatches(
  attribute: { readonly handle_id?: string; readonly secondary?: Readonly<Record<string, string>> },
  host: string,
  { namespace, name }: Wanted,
): readonly Match[] {
  const { handle_id, secondary = {} } = attribute;
  const place = secondary['namespace'] ?? '';
  const hits: Match[] = [];
  for (const [field, kind] of NAMED)
    if (secondary[field] === name && (namespace === undefined || namespace === place))
      hits.push({ kind, name: `${place}/${name}` });
  if (namespace !== undefined) return hits;
  if ((secondary['node'] || host) === name) hits.push({ kind: 'node', name });
  if (handle_id !== undefined && cleanHandle(handle_id) === name) hits.push({ kind: 'handle', name });
  return hits;
}

/** Fields of endpoints by which they are known, with what these name. */
const ENDPOINT = [
  ['pod', 'pod'],
  ['workload', 'pod'],
  ['interfaceName', 'interface'],
  ['containerID', 'container'],
] as const;

function searchEndpoint(endpoint: Resource, { name }: Wanted, found: Gathering): void {
  const { metadata, spec } = endpoint;
  const hits = ENDPOINT.filter(([field]) => spec[field] === name).map(([, kind]) => kind);
  const isNamed = metadata.name === name;
  if (hits.length === 0 && !isNamed) return;
  for (const kind of hits) match(found, kind, kind === 'pod' ? `${metadata.namespace}/${name}` : name);
  if (isNamed) match(found, 'endpoint', `${metadata.namespace}/${name}`);
  for (const network of networksOf(endpoint)) {
    const parsed = parseCidrOrAddress(network);
    if (parsed !== undefined) note(found, parsed.address);
  }
}

function note({ addresses }: Gathering, address: Address): void {
  addresses.set(formatAddress(address), address);
}
