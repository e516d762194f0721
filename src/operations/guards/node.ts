import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore, Query, Version } from '../../datastore/datastore.ts';
import { formatRef, type Ref, type Resource, refOf } from '../../resources/kind.ts';
import type { Address } from '../../resources/net/address.ts';
import { parseCidrOrAddress } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { initialise, unlessNotFound } from '../initialise.ts';
import { releaseHostAffinities } from '../ipam/affinities.ts';
import { listed } from '../ipam/objects.ts';
import { releaseAddresses } from '../ipam/release.ts';
import { inParallel } from '../parallel.ts';
import { untilUndisturbed } from '../retry.ts';
import type { Guard } from './guards.ts';

/** Datastores that this process has made usable already; nodes come by the thousand. */
const initialised = new WeakMap<Datastore, Promise<unknown>>();

/** A node is often the first thing in a datastore, and the components on it rely on the rest. */
async function ensureInitialised(store: Datastore): Promise<void> {
  // There nodes are there before anything of Calico, and are not made here at all.
  if (store.capabilities.name === 'kubernetes') return;
  let done = initialised.get(store);
  if (done === undefined) {
    done = initialise(store);
    initialised.set(store, done);
    done.catch(() => initialised.delete(store));
  }
  await done;
}

/** What a step may find missing, or what its datastore does not have at all. */
async function tolerant(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isError(error, 'not-found', 'not-supported')) throw error;
  }
}

type Owned = (resource: Resource) => boolean;

async function listOwned(store: Datastore, query: Query, isOwned: Owned): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  for await (const resource of listed(store, query)) if (isOwned(resource)) found.push(resource);
  return found;
}

/** Deletes each unless it went to another node since it was listed. */
async function deleteOwned(
  store: Datastore,
  { kind }: Query,
  resources: readonly Resource[],
  isOwned: Owned,
): Promise<void> {
  const { failures } = await inParallel(resources, store.capabilities.concurrency, async (listedOne) => {
    const ref = refOf(kind, listedOne);
    let current: Resource | undefined = listedOne;
    await untilUndisturbed(async () => {
      if (current === undefined || !isOwned(current)) return;
      try {
        await tolerant(store.delete(ref, current.metadata.resourceVersion));
      } catch (error) {
        if (isError(error, 'conflict')) current = await unlessNotFound(store.get(ref));
        throw error;
      }
    });
  });
  if (failures[0] !== undefined) throw failures[0];
}

/** Addresses that IPAM gave to the node itself. Those of IPv6 tunnels stay, as other tools of Calico leave them. */
function tunnelAddresses(node: Resource | undefined): readonly string[] {
  const { bgp, ipv4VXLANTunnelAddr, wireguard } = (node?.spec ?? {}) as {
    readonly bgp?: { readonly ipv4IPIPTunnelAddr?: string };
    readonly ipv4VXLANTunnelAddr?: string;
    readonly wireguard?: { readonly interfaceIPv4Address?: string };
  };
  return [bgp?.ipv4IPIPTunnelAddr, ipv4VXLANTunnelAddr, wireguard?.interfaceIPv4Address].flatMap(
    (address) => address ?? [],
  );
}

async function release(store: Datastore, texts: readonly string[]): Promise<void> {
  const addresses = texts.flatMap((text): readonly Address[] => {
    const cidr = parseCidrOrAddress(text);
    return cidr === undefined ? [] : [cidr.address];
  });
  const { errors } = await releaseAddresses(
    store,
    addresses.map((address) => ({ address })),
  );
  if (errors[0] !== undefined) throw errors[0];
}

/** The node's workload endpoints: addresses first, so that none is left without anything that points to it. */
async function removeEndpoints(store: Datastore, name: string, node: Resource | undefined): Promise<void> {
  const namePrefix = `${name.replaceAll('-', '--')}-`;
  const query = { kind: await kindOf('WorkloadEndpoint'), namePrefix };
  const isOwned: Owned = ({ metadata, spec }) =>
    metadata.name.startsWith(namePrefix) && spec['node'] === name;
  const endpoints = await listOwned(store, query, isOwned);
  const networks = endpoints.flatMap(
    ({ spec }) => (spec['ipNetworks'] as readonly string[] | undefined) ?? [],
  );
  await tolerant(release(store, [...networks, ...tunnelAddresses(node)]));
  await deleteOwned(store, query, endpoints, isOwned);
}

async function removeBlocks(store: Datastore, name: string): Promise<void> {
  await tolerant(releaseHostAffinities(store, name));
  await tolerant(store.delete({ kind: await kindOf('IPAMHost'), name }));
}

/** The kind's objects whose spec.node is the node. */
async function removeOfNode(store: Datastore, kind: string, name: string): Promise<void> {
  const query = { kind: await kindOf(kind) };
  const isOwned: Owned = ({ spec }) => spec['node'] === name;
  await deleteOwned(store, query, await listOwned(store, query, isOwned), isOwned);
}

async function removeConfiguration(store: Datastore, name: string): Promise<void> {
  for (const kind of ['FelixConfiguration', 'BGPConfiguration'])
    await tolerant(store.delete({ kind: await kindOf(kind), name: `node.${name}` }));
}

/** The node as far as it can be read: one that is gone or spoilt may have left things behind all the same. */
async function current(
  store: Datastore,
  ref: Ref,
  version: Version | undefined,
): Promise<Resource | undefined> {
  try {
    const node = await store.get(ref);
    if (version === undefined || version === node.metadata.resourceVersion) return node;
  } catch (error) {
    if (version !== undefined || !isError(error, 'not-found', 'corrupt')) throw error;
    return undefined;
  }
  throw new CalicoctlError('conflict', `update conflict: ${formatRef(ref)} is not at version ${version}`, {
    resource: formatRef(ref),
    hint: 'Get it again, or leave out metadata.resourceVersion to delete whatever is stored.',
  });
}

/** Everything that belongs to the node, then the node. It goes last, so that repeating a delete finishes it. */
async function remove(store: Datastore, ref: Ref, version: Version | undefined): Promise<Resource> {
  // There the node is Kubernetes' own, and deleting it is refused.
  if (store.capabilities.name === 'kubernetes') return store.delete(ref, version);
  const node = await current(store, ref, version);
  const { name } = ref;
  const steps: readonly (readonly [what: string, step: () => Promise<void>])[] = [
    ['its workload endpoints and addresses', () => removeEndpoints(store, name, node)],
    ['its blocks of addresses', () => removeBlocks(store, name)],
    ['its BGP peers', () => removeOfNode(store, 'BGPPeer', name)],
    ['its own FelixConfiguration and BGPConfiguration', () => removeConfiguration(store, name)],
    ['its host endpoints', () => removeOfNode(store, 'HostEndpoint', name)],
  ];
  for (const [what, step] of steps) await explaining(ref, what, tolerant(step()));
  return store.delete(ref, version);
}

async function explaining(ref: Ref, what: string, step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    if (!(error instanceof CalicoctlError)) throw error;
    throw new CalicoctlError(
      error.errorClass,
      `${formatRef(ref)} is not deleted yet: ${what} could not all be removed: ${error.message}`,
      {
        ...error.details,
        resource: formatRef(ref),
        hint: 'Repeat the delete to finish it.',
        cause: error,
      },
    );
  }
}

const node: Guard = { beforeCreate: ensureInitialised, delete: remove };

export default node;
