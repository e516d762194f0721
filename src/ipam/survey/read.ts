import { isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import type { Resource } from '../../resources/kind.ts';
import { addressPlus, formatAddress } from '../../resources/net/address.ts';
import { surveyBlock } from './blocks.ts';
import { emptyGathering, type Gathering, pagesOf, saying } from './gathering.ts';
import { addressesOf, managedServices, servicePolicy } from './services.ts';
import {
  readAffinities,
  readCluster,
  readPools,
  readReservations,
  readSettings,
  USUAL_SETTINGS,
} from './settings.ts';
import { sharedUses } from './shared.ts';
import { type Survey, type SurveyedBlock, type Use, WINDOWS_RESERVED } from './survey.ts';
import { badAddress, endpointOwner, networksOf, nodeOf, tunnelUses } from './users.ts';

export interface SurveyOptions {
  /** Where Services are: the Kubernetes of the cluster; nowhere where undefined. By default the datastore itself, where it is Kubernetes. */
  readonly services?: () => Promise<Datastore | undefined>;
  /** Keep who uses which address: takes memory for every address in use. */
  readonly keepOwners?: boolean;
  /** Yield the uses of workload endpoints. */
  readonly yieldUses?: boolean;
  /** Takes why something was not looked at that may not be read and that the reference needs not; else it is an error. */
  readonly unseen?: string[];
  /** Told how many objects were read so far. */
  readonly progress?: (read: number) => void;
}

/** A survey that is being made: its stages in the order in which they have to be read, each once and to its end. */
export interface SurveyStages {
  /** Throws `not-found` where the datastore was never initialised. */
  cluster(): Promise<void>;
  /** Every block, with what is stored. */
  blocks(): AsyncIterable<readonly [SurveyedBlock, Resource]>;
  /** Pools, reservations, settings and affinities. */
  settings(): Promise<void>;
  nodes(): AsyncIterable<Use>;
  /** Throws `not-found` where the settings of Calico's controllers have to be there and are not. */
  services(): AsyncIterable<Use>;
  /** Page by page; pages have uses only where the options ask for them. */
  endpoints(): AsyncIterable<readonly Use[]>;
  handles(): Promise<void>;
  /** Reads again whoever shares an address with others, and says what was found. */
  finish(): Promise<Survey>;
  /** What was found so far. */
  readonly found: Gathering;
}

/** Reads everything once. Memory grows by a byte for every address of a block and sixteen for every handle. */
export async function readSurvey(store: Datastore, options: SurveyOptions = {}): Promise<Survey> {
  const stages = openSurvey(store, options);
  await stages.cluster();
  await drain(stages.blocks());
  await stages.settings();
  await drain(stages.nodes());
  await drain(stages.services());
  await drain(stages.endpoints());
  await stages.handles();
  return stages.finish();
}

/** Reads a stage for what it leaves behind. */
export async function drain(stage: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stage);
}

/** Begins a survey; nothing is read yet. */
export function openSurvey(store: Datastore, options: SurveyOptions = {}): SurveyStages {
  const found = emptyGathering(store, options);
  return {
    found,
    async cluster() {
      found.cluster = await readCluster(store);
    },
    blocks: () => readBlocks(found),
    settings: () => readRest(found),
    nodes: () => readNodes(found),
    services: () => readServices(found),
    endpoints: () => readEndpoints(found),
    handles: () => readHandles(found),
    finish: () => finish(found),
  };
}

async function* readBlocks(found: Gathering): AsyncGenerator<readonly [SurveyedBlock, Resource]> {
  const { blocks, handles, byNode, counts, corrupt } = found;
  const now = Date.now();
  const belong = (node: string, count: number) => {
    counts.allocations += count;
    byNode.set(node, (byNode.get(node) ?? 0) + count);
  };
  for await (const { items } of pagesOf(found, 'IPAMBlock', 'failed to list IPAM blocks')) {
    for (const stored of items) {
      const block = surveyBlock(stored, { mention: handles.mention, belong }, now);
      if (block === undefined) {
        corrupt.push({ entry: `IPAMBlock(${stored.metadata.name})`, reason: 'its cidr is not a CIDR' });
        continue;
      }
      blocks.add(block);
      reserveWindows(found, block);
      yield [block, stored];
    }
  }
}

/** What blocks of Windows nodes keep for the system counts as in use. */
function reserveWindows({ ledger, kept }: Gathering, { range, states }: SurveyedBlock): void {
  for (let ordinal = 0; ordinal < states.length; ordinal++) {
    if ((states[ordinal]! & WINDOWS_RESERVED) === 0) continue;
    const use = {
      address: formatAddress(addressPlus(range.address, BigInt(ordinal))!),
      owner: 'Reserved for Windows',
    };
    ledger.note(use.address, () => use.owner);
    kept.push(use);
  }
}

async function readRest(found: Gathering): Promise<void> {
  const { store, options } = found;
  const { unseen } = options;
  const orElse = async <T>(work: Promise<T>, instead: T): Promise<T> =>
    work.catch((error: unknown) => {
      if (unseen === undefined || !isError(error, 'unauthorized')) throw error;
      unseen.push(error.message);
      return instead;
    });
  const [pools, settings, reservations, affinities] = await Promise.all([
    saying('failed to load IP pools', readPools(store)),
    orElse(saying('failed to read the settings of address management', readSettings(store)), USUAL_SETTINGS),
    orElse(saying('failed to list IP reservations', readReservations(store)), []),
    orElse(saying('failed to list block affinities', readAffinities(store)), []),
  ]);
  found.rest = { pools, settings, reservations, affinities };
}

async function* readNodes(found: Gathering): AsyncGenerator<Use> {
  for await (const { items, corrupt } of pagesOf(found, 'Node', 'failed to list nodes')) {
    found.unreadUsers.push(...corrupt);
    for (const stored of items) {
      const node = nodeOf(stored);
      found.nodes.set(node.name, node);
      for (const use of tunnelUses(node)) {
        found.counts.tunnels++;
        yield noted(found, use);
      }
    }
  }
}

function noted({ ledger, kept }: Gathering, use: Use): Use {
  ledger.note(use.address, () => use.owner);
  kept.push(use);
  return use;
}

async function* readServices(found: Gathering): AsyncGenerator<Use> {
  const { store, options } = found;
  const isKubernetes = store.capabilities.name === 'kubernetes';
  const open = options.services ?? (isKubernetes ? async () => store : undefined);
  const services = await open?.();
  const policy = await servicePolicy(store, services !== undefined);
  found.servicesUnknown = services === undefined && policy !== 'none';
  if (services === undefined || policy === undefined || policy === 'none') return;
  found.counts.services = 0;
  for await (const service of managedServices(services, policy)) {
    found.counts.services++;
    for (const use of addressesOf(service)) yield noted(found, use);
  }
}

async function* readEndpoints(found: Gathering): AsyncGenerator<readonly Use[]> {
  const { ledger, counts, options } = found;
  found.times.endpoints = Date.now();
  for await (const { items, corrupt } of pagesOf(
    found,
    'WorkloadEndpoint',
    'failed to list workload endpoints',
  )) {
    const uses: Use[] = [];
    found.unreadUsers.push(...corrupt);
    for (const endpoint of items) {
      found.endpoints.see(endpoint);
      const owner = () => endpointOwner(endpoint);
      for (const network of networksOf(endpoint)) {
        const address = ledger.note(network, owner);
        if (!address) throw badAddress(endpoint, network);
        counts.workloads++;
        if (options.yieldUses) uses.push({ address: address(), owner: owner() });
      }
    }
    yield uses;
  }
}

async function readHandles(found: Gathering): Promise<void> {
  const { handles, blocks } = found;
  found.times.handles = Date.now();
  const isBlock = (name: string) => blocks.named(name) !== undefined;
  for await (const { items } of pagesOf(found, 'IPAMHandle', 'failed to list handles')) {
    for (const stored of items) handles.add(stored, isBlock);
  }
}

async function finish(found: Gathering): Promise<Survey> {
  const { cluster, rest, ledger, counts, byNode } = found;
  if (cluster === undefined || rest === undefined) throw new Error('stages of the survey were left out');
  return {
    ...{ cluster, ...rest, byNode },
    blocks: found.blocks,
    nodes: found.nodes,
    handles: found.handles,
    endpoints: found.endpoints.index(),
    unallocated: ledger.unallocated,
    shared: await sharedUses(found),
    counts: { ...counts, inUse: ledger.addresses, byNode },
    servicesUnknown: found.servicesUnknown,
    unreadUsers: found.unreadUsers,
    ...(found.options.unseen === undefined ? {} : { unseen: found.options.unseen }),
    times: found.times,
    ...(found.readAt === undefined ? {} : { readAt: found.readAt }),
    corrupt: found.corrupt,
  };
}
