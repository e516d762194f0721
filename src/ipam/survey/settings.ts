import { CalicoctlError, isError } from '../../core/errors.ts';
import { textIn } from '../../core/json.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { ipamConfigRef } from '../../operations/ipam/config.ts';
import { affinityOwner, cidrIn, listed } from '../../operations/ipam/objects.ts';
import { type Pool, poolOf } from '../../operations/ipam/pools.ts';
import type { Resource } from '../../resources/kind.ts';
import { networkOf, parseCidrOrAddress } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';
import type { ClusterView, IpamSettings, Reservation, SurveyedAffinity } from './survey.ts';

/** ClusterInformation `default`. Throws `not-found` where the datastore was never initialised. */
export async function readCluster(store: Datastore): Promise<ClusterView> {
  const { metadata, spec } = await store.get({ kind: await kindOf('ClusterInformation'), name: 'default' });
  return {
    guid: textIn(spec['clusterGUID']),
    type: textIn(spec['clusterType']),
    locked: spec['datastoreReady'] === false,
    version: metadata.resourceVersion ?? '',
  };
}

/** As they are where nobody set any. */
export const USUAL_SETTINGS: IpamSettings = {
  strictAffinity: false,
  autoAllocateBlocks: true,
  maxBlocksPerHost: 0,
  kubeVirtVMAddressPersistence: 'Enabled',
  cooldownSeconds: 0,
};

/** Settings of address management. What an object that is there does not say is off; without one there are defaults. */
export async function readSettings(store: Datastore): Promise<IpamSettings> {
  const stored = await unlessNotFound(store.get(await ipamConfigRef(store)));
  if (stored === undefined) return USUAL_SETTINGS;
  const { spec } = stored;
  return {
    strictAffinity: spec['strictAffinity'] === true,
    autoAllocateBlocks: spec['autoAllocateBlocks'] === true,
    maxBlocksPerHost: Number(spec['maxBlocksPerHost'] ?? 0),
    kubeVirtVMAddressPersistence:
      spec['kubeVirtVMAddressPersistence'] === 'Disabled' ? 'Disabled' : 'Enabled',
    cooldownSeconds: Number(spec['ipCooldownSeconds'] ?? 0),
  };
}

/** Every pool by name. Throws `corrupt` where the CIDR of an enabled one is none: its addresses would seem to be in no pool. */
export async function readPools(store: Datastore): Promise<readonly Pool[]> {
  const pools: Pool[] = [];
  for await (const stored of listed(store, { kind: await kindOf('IPPool') })) {
    const pool = poolOf(stored);
    if (pool !== undefined) pools.push(pool);
    else if (stored.spec['disabled'] !== true) throw badPool(stored);
  }
  return pools.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function badPool({ metadata: { name }, spec }: Resource): CalicoctlError {
  return new CalicoctlError(
    'corrupt',
    `failed to parse IP pool CIDR (${spec['cidr'] ?? ''}) of pool ${name}`,
    {
      resource: `IPPool(${name})`,
      hint: 'Correct or disable it: nothing can be said of addresses while their pool is not known.',
    },
  );
}

/** Every range of every reservation; what cannot be read reserves nothing. Old clusters do not know the kind. */
export async function readReservations(store: Datastore): Promise<readonly Reservation[]> {
  try {
    return await reservationsIn(store);
  } catch (error) {
    if (isError(error, 'not-supported')) return [];
    throw error;
  }
}

async function reservationsIn(store: Datastore): Promise<readonly Reservation[]> {
  const reservations: Reservation[] = [];
  for await (const { metadata, spec } of listed(store, { kind: await kindOf('IPReservation') })) {
    const texts = spec['reservedCIDRs'];
    for (const text of Array.isArray(texts) ? texts : []) {
      const range = parseCidrOrAddress(textIn(text).trim());
      if (range !== undefined) reservations.push({ name: metadata.name, range: networkOf(range) });
    }
  }
  return reservations;
}

const STATES = ['', 'confirmed', 'pending', 'pendingDeletion'] as const;

/** Affinities of nodes and of others, as far as their CIDR can be read. */
export async function readAffinities(store: Datastore): Promise<readonly SurveyedAffinity[]> {
  const affinities: SurveyedAffinity[] = [];
  const query = { kind: await kindOf('BlockAffinity'), asStored: true } as const;
  for await (const stored of listed(store, query)) {
    const { metadata, spec } = stored;
    const range = cidrIn(spec);
    if (range === undefined) continue;
    affinities.push({
      name: metadata.name,
      owner: affinityOwner(stored),
      range: networkOf(range),
      state: STATES.find((state) => state === spec['state']) ?? '',
      version: metadata.resourceVersion ?? '',
    });
  }
  return affinities;
}
