import { isError } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { allPools, blockRange, excludesNode, type Pool } from '../../../src/operations/ipam/pools.ts';
import { releaseAddresses } from '../../../src/operations/ipam/release.ts';
import { API_VERSION, type Resource } from '../../../src/resources/kind.ts';
import {
  type Address,
  addressPlus,
  formatAddress,
  parseAddress,
} from '../../../src/resources/net/address.ts';
import { cidrSize, containsAddress, formatCidr, parseCidr } from '../../../src/resources/net/cidr.ts';
import { type OpenStore, put, ref, specOf } from '../../operations/stores.ts';

/** Pods as a CNI plug-in starts and stops them: each gets an address of the first pool that its node may use. */
export interface SimulatedPods {
  /** Throws where no pool has an address for it. */
  start(pod: string, node: string): Promise<string>;
  stop(pod: string): Promise<void>;
  /** Stops it and starts it under another name; returns its new address. */
  restart(pod: string): Promise<string>;
  /** Names and addresses of those that run. */
  running(): ReadonlyMap<string, string>;
  /** Throws unless each running pod has an address that a block has allocated and that lies in a pool. */
  expectSound(): Promise<void>;
}

interface Pod {
  readonly node: string;
  readonly address: string;
}

const NAMESPACE = 'shop';

export function simulatedPods({ store, post }: OpenStore): SimulatedPods {
  const pods = new Map<string, Pod>();
  let made: Promise<unknown> | undefined;
  const endpointName = (pod: string, node: string) =>
    `${node.replaceAll('-', '--')}-k8s-${pod.replaceAll('-', '--')}-eth0`;
  const show = async (pod: string, node: string, address: string) => {
    if (post === undefined) {
      const spec = {
        orchestrator: 'k8s',
        node,
        pod,
        endpoint: 'eth0',
        ipNetworks: [`${address}/32`],
        interfaceName: `cali${pod}`.slice(0, 15),
        containerID: pod,
      };
      await create(store, 'WorkloadEndpoint', endpointName(pod, node), spec, podMetadata(pod));
      return;
    }
    made ??= post('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE },
    });
    await made;
    const annotations = { 'cni.projectcalico.org/podIP': `${address}/32` };
    const metadata = { name: pod, annotations, ...podMetadata(pod), namespace: NAMESPACE };
    const spec = { nodeName: node, containers: [{ name: 'main', image: 'none' }] };
    const response = await post(`/api/v1/namespaces/${NAMESPACE}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec,
    });
    if (!response.ok) throw new Error(`pod ${pod} cannot be made: ${await response.text()}`);
  };
  const simulated: SimulatedPods = {
    async start(pod, node) {
      const address = await allocate(store, pod, node);
      await show(pod, node, address);
      pods.set(pod, { node, address });
      return address;
    },
    async stop(pod) {
      const { node, address } = pods.get(pod)!;
      await store.delete(await ref('WorkloadEndpoint', endpointName(pod, node), NAMESPACE));
      const { errors } = await releaseAddresses(store, [{ address: parseAddress(address)! }]);
      if (errors[0] !== undefined) throw errors[0];
      pods.delete(pod);
    },
    async restart(pod) {
      const { node } = pods.get(pod)!;
      await simulated.stop(pod);
      return simulated.start(nextName(pod), node);
    },
    running: () => new Map([...pods].map(([pod, { address }]) => [pod, address])),
    async expectSound() {
      const pools = await allPools(store);
      for (const [pod, { address }] of pods) {
        const parsed = parseAddress(address)!;
        const pool = pools.find(({ range }) => containsAddress(range, parsed));
        if (pool === undefined) throw new Error(`${pod} has ${address}, which is in no pool`);
        const cidr = formatCidr(blockRange(parsed, pool));
        const spec = await specOf(store, 'IPAMBlock', cidr);
        const ordinal = Number(parsed.value - parseCidr(cidr)!.address.value);
        if ((spec?.['allocations'] as readonly (number | null)[] | undefined)?.[ordinal] == null)
          throw new Error(`${pod} has ${address}, which block ${cidr} has not allocated`);
      }
    },
  };
  return simulated;
}

/** `web-abc-1`, of Deployment `web`. */
function podMetadata(pod: string): object {
  const [app] = pod.split('-');
  return { generateName: `${app}-5d9-`, labels: { app, 'pod-template-hash': '5d9' } };
}

function nextName(pod: string): string {
  const [, stem, count] = /^(.+?)(?:-r(\d+))?$/.exec(pod)!;
  return `${stem}-r${Number(count ?? 0) + 1}`;
}

async function create(
  store: Datastore,
  kind: string,
  name: string,
  spec: object,
  metadata: object,
): Promise<Resource> {
  const resource = {
    apiVersion: API_VERSION,
    kind,
    metadata: { name, namespace: NAMESPACE, ...metadata },
    spec: spec as JsonObject,
  };
  return store.create(await ref(kind, name, NAMESPACE), resource);
}

async function allocate(store: Datastore, pod: string, node: string): Promise<string> {
  const stored = await store.get(await ref('Node', node));
  const pools = (await allPools(store)).filter(
    (pool) => !pool.disabled && !pool.manual && !excludesNode(pool, stored.metadata.labels ?? {}),
  );
  for (const pool of pools) {
    const address =
      (await fromBlocks(store, pool, pod, node, false)) ?? (await fromBlocks(store, pool, pod, node, true));
    if (address !== undefined) return formatAddress(address);
  }
  throw new Error(`no pool has an address for ${pod} on ${node}`);
}

/** From a block that the node has, or from a new one. */
async function fromBlocks(
  store: Datastore,
  pool: Pool,
  pod: string,
  node: string,
  claiming: boolean,
): Promise<Address | undefined> {
  const size = 1 << Number((pool.range.address.family === 4 ? 32 : 128) - pool.blockSize);
  for (let offset = 0n; offset < cidrSize(pool.range); offset += BigInt(size)) {
    const range = { address: addressPlus(pool.range.address, offset)!, prefix: pool.blockSize };
    const cidr = formatCidr(range);
    const present = await specOf(store, 'IPAMBlock', cidr);
    if (claiming ? present !== undefined : present?.['affinity'] !== `host:${node}`) continue;
    if (claiming) await claim(store, cidr, node, size);
    const ordinal = await take(store, cidr, pod, node);
    if (ordinal !== undefined) return addressPlus(range.address, BigInt(ordinal));
  }
  return undefined;
}

async function claim(store: Datastore, cidr: string, node: string, size: number): Promise<void> {
  await put(store, 'BlockAffinity', `host/${node}/${cidr}`, {
    state: 'confirmed',
    node,
    type: 'host',
    cidr,
    deleted: false,
  });
  await put(store, 'IPAMBlock', cidr, {
    ...{ cidr, affinity: `host:${node}`, affinityClaimTime: '2026-01-01T00:00:00Z' },
    allocations: Array<null>(size).fill(null),
    unallocated: Array.from({ length: size }, (_, ordinal) => ordinal),
    ...{
      attributes: [],
      sequenceNumber: 1_800_000_000_000_000_001n,
      sequenceNumberForAllocation: {},
      deleted: false,
    },
  });
}

async function take(store: Datastore, cidr: string, pod: string, node: string): Promise<number | undefined> {
  const block = await ref('IPAMBlock', cidr);
  const stored = await store.get(block);
  const spec = stored.spec as { [field: string]: never } & {
    unallocated: readonly number[];
    allocations: readonly (number | null)[];
    attributes: readonly object[];
    sequenceNumber: bigint | number;
    sequenceNumberForAllocation: object;
  };
  const [ordinal, ...unallocated] = spec.unallocated;
  if (ordinal === undefined) return undefined;
  const handleID = `k8s-pod-network.${pod}`;
  await put(store, 'IPAMHandle', handleID, { handleID, block: { [cidr]: 1 }, deleted: false }).catch(
    (error) => {
      if (!isError(error, 'already-exists')) throw error;
    },
  );
  const next = {
    ...spec,
    unallocated,
    allocations: spec.allocations.map((index, at) => (at === ordinal ? spec.attributes.length : index)),
    attributes: [...spec.attributes, { handle_id: handleID, secondary: { pod, namespace: NAMESPACE, node } }],
    sequenceNumber: BigInt(spec.sequenceNumber) + 1n,
    sequenceNumberForAllocation: { ...spec.sequenceNumberForAllocation, [ordinal]: spec.sequenceNumber },
  };
  await store.update(block, { ...stored, spec: next as unknown as JsonObject });
  return ordinal;
}
