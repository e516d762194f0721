import { CalicoctlError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { listed } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import { addressesOf } from '../survey/services.ts';
import { badAddress, endpointOwner, networksOf, nodeOf, tunnelUses } from '../survey/users.ts';
import { addressText } from '../survey/uses.ts';
import { podAddresses } from './pods.ts';

/** Who uses addresses now. */
export interface UsesNow {
  /** Owner by address in normal form, of the addresses asked for. */
  readonly owners: ReadonlyMap<string, string>;
  /** Names of the nodes that exist. */
  readonly nodes: ReadonlySet<string>;
  /** `Pod(namespace/name)` and `Service(namespace/name)` of those on their way to an address that they do not show yet. */
  readonly starting: ReadonlySet<string>;
}

/** Looks anew who uses any of these addresses. */
export type Uses = (addresses: ReadonlySet<string>) => Promise<UsesNow>;

/**
 * Looks at every workload endpoint, node and pod, and at every service where it is known where those are, whether Calico
 * manages it or not. Throws `corrupt` where one cannot be read: it may have any address.
 */
export function usesIn(store: Datastore, services: (() => Promise<Datastore>) | undefined): Uses {
  return async (addresses) => {
    const owners = new Map<string, string>();
    const nodes = new Set<string>();
    const starting = new Set<string>();
    const note = (address: string, owner: string) => {
      if (addresses.has(address)) owners.set(address, owner);
    };
    for await (const stored of readable(store, 'Node')) {
      const node = nodeOf(stored);
      nodes.add(node.name);
      for (const { address, owner } of tunnelUses(node)) note(address, owner);
    }
    for await (const endpoint of readable(store, 'WorkloadEndpoint')) {
      for (const network of networksOf(endpoint)) {
        const address = addressText(network);
        if (address === undefined) throw badAddress(endpoint, network);
        note(address, endpointOwner(endpoint));
      }
    }
    if (store.capabilities.name === 'kubernetes') {
      for await (const { pod, addresses: own } of podAddresses(store)) {
        if (own.length === 0) starting.add(`Pod(${pod})`);
        for (const address of own) note(address, `Pod(${pod})`);
      }
    }
    if (services === undefined) return { owners, nodes, starting };
    for await (const service of listed(await services(), { kind: await kindOf('Service') })) {
      const { namespace, name } = service.metadata;
      const owner = `Service(${namespace}/${name})`;
      const own = addressesOf(service);
      if (own.length === 0 && service.spec['type'] === 'LoadBalancer') starting.add(owner);
      for (const { address } of own) note(addressText(address) ?? address, owner);
    }
    return { owners, nodes, starting };
  };
}

async function* readable(store: Datastore, kind: string): AsyncGenerator<Resource> {
  for await (const { items, corrupt } of store.list({ kind: await kindOf(kind), asStored: true })) {
    const [unread] = corrupt;
    if (unread !== undefined)
      throw new CalicoctlError(
        'corrupt',
        `${unread.entry} cannot be read and may use any address: ${unread.reason}`,
      );
    yield* items;
  }
}
