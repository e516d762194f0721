import { type Gathering, pagesOf } from './gathering.ts';
import type { Use } from './survey.ts';
import { endpointOwner, networksOf } from './users.ts';
import { addressText } from './uses.ts';

/**
 * Who shares which address. The owners of endpoints were not kept, so those are read once more, and only where an
 * address was met twice; whoever went in the meantime does not count any more.
 */
export async function sharedUses(found: Gathering): Promise<ReadonlyMap<string, readonly Use[]>> {
  const { ledger, kept } = found;
  const shared = new Map<string, Use[]>();
  if (ledger.repeated.size === 0) return shared;
  for (const address of ledger.repeated) shared.set(address, []);
  for (const use of kept) shared.get(use.address)?.push(use);
  for await (const { items } of pagesOf(found, 'WorkloadEndpoint', 'failed to list workload endpoints')) {
    for (const endpoint of items) {
      for (const network of networksOf(endpoint)) {
        const address = addressText(network) ?? network;
        shared.get(address)?.push({ address, owner: endpointOwner(endpoint) });
      }
    }
  }
  for (const [address, uses] of shared) if (uses.length < 2) shared.delete(address);
  return shared;
}
