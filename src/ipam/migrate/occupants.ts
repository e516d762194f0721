import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { blockOf, collectGarbage, isEmpty, isWindowsHandle } from '../../operations/ipam/block.ts';
import { cidrIn, listed, withSpec } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { formatAddress } from '../../resources/net/address.ts';
import {
  type Cidr,
  containsAddress,
  containsCidr,
  formatCidr,
  networkOf,
  overlaps,
  parseCidrOrAddress,
} from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { type Allocation, allocationsOf } from '../survey/allocation.ts';
import { type Controller, controllerOf } from './controller.ts';
import type { World } from './world.ts';

/** Who has to leave a range before its pool can go. */
export interface Occupants {
  readonly holders: readonly Holder[];
  /** Released addresses that nobody may have yet. */
  readonly resting: number;
  /** Blocks within the range. */
  readonly blocks: readonly HeldBlock[];
}

export interface HeldBlock {
  readonly cidr: string;
  readonly range: Cidr;
  /** `host:worker-1`; empty for nobody. */
  readonly owner: string;
  /** Addresses in use. */
  readonly taken: number;
  /** Nobody has an address of it, resting ones included. */
  readonly empty: boolean;
}

export interface Holder {
  readonly address: string;
  readonly what: 'pod' | 'workload' | 'tunnel' | 'service' | 'unknown';
  /** Empty where none is known. */
  readonly node: string;
  /** Empty for what is in none. */
  readonly namespace: string;
  /** Pod, workload, kind of tunnel, service, or handle. */
  readonly name: string;
  /** Who makes the pod anew. */
  readonly controller?: Controller;
  /** False for an address that an endpoint uses though no block says so. */
  readonly allocated: boolean;
  /** An endpoint or a node says that it uses the address; of services nobody is asked. */
  readonly confirmed: boolean;
}

interface Endpoint {
  readonly namespace: string;
  readonly node: string;
  readonly name: string;
  readonly isPod: boolean;
  readonly controller?: Controller;
}

/** Everybody with an address of the range. Blocks are read before endpoints, so that whoever leaves in between is in neither. */
export async function occupantsOf(
  store: Datastore,
  range: Cidr,
  { nodes, settings }: World,
): Promise<Occupants> {
  const stored = await blocksIn(store, range);
  const endpoints = await endpointsIn(store, range);
  const tunnels = new Map<string, string>();
  for (const [name, node] of nodes)
    for (const address of node.tunnels)
      if (containsAddress(range, address)) tunnels.set(formatAddress(address), name);
  const holders: Holder[] = [];
  const blocks: HeldBlock[] = [];
  let resting = 0;
  for (const resource of stored) {
    const collected = collectGarbage(blockOf(resource), settings.cooldownSeconds, new Date());
    const { cidr, affinity } = collected.spec;
    const allocations = allocationsOf(withSpec(resource, collected.spec)).filter(
      ({ address, handle }) => containsAddress(range, address) && !isWindowsHandle(handle),
    );
    const used = allocations.filter(({ releasedAt }) => releasedAt === undefined);
    resting += allocations.length - used.length;
    const owner = affinity ?? '';
    if (containsCidr(range, collected.range))
      blocks.push({
        ...{ cidr, owner, range: collected.range },
        taken: used.length,
        empty: isEmpty(collected),
      });
    for (const allocation of used) holders.push(holderOf(allocation, owner, endpoints, tunnels));
  }
  for (const [address, endpoint] of endpoints) holders.push(unallocated(address, endpoint));
  for (const [address, node] of tunnels) holders.push({ ...tunnel(address, node, ''), allocated: false });
  return { holders, resting, blocks };
}

/** Takes whoever it finds out of `endpoints` and `tunnels`, so that those are left that no block knows. */
function holderOf(
  { address, handle, attributes }: Allocation,
  owner: string,
  endpoints: Map<string, Endpoint>,
  tunnels: Map<string, string>,
): Holder {
  const text = formatAddress(address);
  const { pod, namespace = '', node = '', type = '', service } = attributes;
  const host = node || (owner.startsWith('host:') ? owner.slice('host:'.length) : '');
  const endpoint = endpoints.get(text);
  endpoints.delete(text);
  const device = tunnels.get(text);
  tunnels.delete(text);
  const common = { address: text, node: host, allocated: true } as const;
  if (device !== undefined) return tunnel(text, device, type);
  if (type.endsWith('TunnelAddress')) return { ...tunnel(text, host, type), confirmed: false };
  if (service !== undefined)
    return { ...common, node: '', what: 'service', namespace, name: service, confirmed: true };
  if (endpoint !== undefined) return { ...unallocated(text, endpoint), allocated: true };
  if (pod !== undefined) return { ...common, what: 'pod', namespace, name: pod, confirmed: false };
  return { ...common, what: 'unknown', namespace, name: handle, confirmed: false };
}

function tunnel(address: string, node: string, type: string): Holder {
  const name = type === '' ? 'tunnel' : type;
  return { ...{ address, node, name, what: 'tunnel', namespace: '' }, allocated: true, confirmed: true };
}

function unallocated(address: string, { isPod, ...endpoint }: Endpoint): Holder {
  return { ...endpoint, address, what: isPod ? 'pod' : 'workload', allocated: false, confirmed: true };
}

/** The stored blocks that share an address with the range. Throws `corrupt` where one cannot be read: it may be such. */
export async function blocksIn(store: Datastore, range: Cidr): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  for await (const { items, corrupt } of store.list({ kind: await kindOf('IPAMBlock'), asStored: true })) {
    const [unread] = corrupt;
    if (unread !== undefined)
      throw new CalicoctlError(
        'corrupt',
        `${unread.entry} cannot be read, so it is not known who has addresses of it: ${unread.reason}`,
        { hint: 'Mend or delete it, then run the same command again: it goes on from there.' },
      );
    for (const block of items) {
      const own = cidrIn(block.spec);
      if (own !== undefined && overlaps(networkOf(own), range)) found.push(block);
    }
  }
  return found;
}

async function endpointsIn(store: Datastore, range: Cidr): Promise<Map<string, Endpoint>> {
  const found = new Map<string, Endpoint>();
  for await (const resource of listed(store, { kind: await kindOf('WorkloadEndpoint'), asStored: true })) {
    for (const text of (resource.spec['ipNetworks'] ?? []) as readonly string[]) {
      const network = parseCidrOrAddress(text);
      if (network === undefined || !containsAddress(range, network.address)) continue;
      found.set(formatAddress(network.address), endpointOf(resource));
    }
  }
  return found;
}

function endpointOf(resource: Resource): Endpoint {
  const { metadata, spec } = resource;
  const { pod, workload, node, orchestrator } = spec as Readonly<Record<string, string | undefined>>;
  const isPod = orchestrator === 'k8s' && Boolean(pod);
  const controller = isPod ? controllerOf(resource, pod!) : undefined;
  return {
    namespace: metadata.namespace ?? '',
    node: node ?? '',
    name: pod || workload || metadata.name,
    isPod,
    ...(controller === undefined ? {} : { controller }),
  };
}

/** As one reads it: `10.0.0.0/26 of host:worker-1`. */
export function describeBlock({ range, owner }: HeldBlock): string {
  return `${formatCidr(range)} of ${owner === '' ? 'nobody' : owner}`;
}
