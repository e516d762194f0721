import { isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { cidrIn, listed } from '../../operations/ipam/objects.ts';
import { formatAddress } from '../../resources/net/address.ts';
import { type Cidr, containsAddress, overlaps } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import { type Allocation, allocationsOf } from '../survey/allocation.ts';

/**
 * Who has addresses of the ranges now, one line for each; blocks that contradict themselves are passed over. Kubernetes
 * with host-local addresses has no blocks.
 */
export async function* usersIn(store: Datastore, ranges: readonly Cidr[]): AsyncGenerator<string> {
  try {
    yield* usersInBlocks(store, ranges);
  } catch (error) {
    if (!isError(error, 'not-supported')) throw error;
  }
}

async function* usersInBlocks(store: Datastore, ranges: readonly Cidr[]): AsyncGenerator<string> {
  for await (const block of listed(store, { kind: await kindOf('IPAMBlock'), asStored: true })) {
    const range = cidrIn(block.spec);
    if (range === undefined || !ranges.some((each) => overlaps(each, range))) continue;
    try {
      for (const allocation of allocationsOf(block))
        if (isTaken(allocation) && ranges.some((each) => containsAddress(each, allocation.address)))
          yield `${formatAddress(allocation.address)}, ${holder(allocation)}`;
    } catch (error) {
      if (!isError(error, 'corrupt')) throw error;
    }
  }
}

function isTaken({ releasedAt }: Allocation): boolean {
  return releasedAt === undefined;
}

function holder({ attributes, handle }: Allocation): string {
  const { pod, namespace, node, type, service } = attributes;
  const owner =
    pod !== undefined
      ? `Pod(${namespace}/${pod})`
      : service !== undefined
        ? `Service(${namespace}/${service})`
        : (type ?? (handle === '' ? 'without a handle' : `handle ${handle}`));
  return node === undefined ? owner : `${owner} on ${node}`;
}
