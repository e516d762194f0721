import type { Datastore } from '../../datastore/datastore.ts';
import { listed } from '../../operations/ipam/objects.ts';
import { kindOf } from '../../resources/registry.ts';
import { addressesOf } from '../survey/services.ts';
import { badAddress, endpointOwner, networksOf, nodeOf, tunnelUses } from '../survey/users.ts';
import { addressText } from '../survey/uses.ts';

/** Who uses addresses now. */
export interface UsesNow {
  /** Owner by address in normal form, of the addresses asked for. */
  readonly owners: ReadonlyMap<string, string>;
  /** Names of the nodes that exist. */
  readonly nodes: ReadonlySet<string>;
}

/** Looks anew who uses any of these addresses. */
export type Uses = (addresses: ReadonlySet<string>) => Promise<UsesNow>;

/**
 * Looks at every workload endpoint and node, and at every service where it is known where those are, whether Calico
 * manages it or not. Throws `corrupt` where an address cannot be read: it may be any.
 */
export function usesIn(store: Datastore, services: (() => Promise<Datastore>) | undefined): Uses {
  return async (addresses) => {
    const owners = new Map<string, string>();
    const nodes = new Set<string>();
    for await (const stored of listed(store, { kind: await kindOf('Node') })) {
      const node = nodeOf(stored);
      nodes.add(node.name);
      for (const { address, owner } of tunnelUses(node))
        if (addresses.has(address)) owners.set(address, owner);
    }
    for await (const endpoint of listed(store, { kind: await kindOf('WorkloadEndpoint'), asStored: true })) {
      for (const network of networksOf(endpoint)) {
        const address = addressText(network);
        if (address === undefined) throw badAddress(endpoint, network);
        if (addresses.has(address)) owners.set(address, endpointOwner(endpoint));
      }
    }
    if (services === undefined) return { owners, nodes };
    for await (const service of listed(await services(), { kind: await kindOf('Service') })) {
      for (const { address: text, owner } of addressesOf(service)) {
        const address = addressText(text) ?? text;
        if (addresses.has(address)) owners.set(address, `Service(${service.metadata.namespace}/${owner})`);
      }
    }
    return { owners, nodes };
  };
}
