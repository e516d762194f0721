import type { JsonObject } from '../../../src/core/json.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { findAll } from '../../../src/ipam/check/find.ts';
import type { IpamFinding } from '../../../src/ipam/finding.ts';
import { readSurvey } from '../../../src/ipam/survey/read.ts';
import { API_VERSION } from '../../../src/resources/kind.ts';
import { ref } from '../../operations/stores.ts';
import { type MemoryStore, memoryStore } from '../memory-store.ts';

/** Objects of a cluster before they are written. What goes together is derived, so that a case breaks one thing only. */
export interface Scene {
  readonly objects: Map<string, Part>;
  set(kind: string, name: string, spec: object, more?: Partial<Part>): void;
  remove(kind: string, name: string, namespace?: string): void;
  /** Another value for some fields of a spec. */
  change(kind: string, name: string, fields: object): void;
}

export interface Part {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  readonly spec: object;
  readonly status?: object;
  /** RFC 3339. */
  readonly created?: string;
}

export function scene(): Scene {
  const objects = new Map<string, Part>();
  const key = (kind: string, name: string, namespace = '') => `${kind} ${namespace}/${name}`;
  const made: Scene = {
    objects,
    set: (kind, name, spec, more = {}) =>
      objects.set(key(kind, name, more.namespace), { kind, name, spec, ...more }),
    remove(kind, name, namespace) {
      if (!objects.delete(key(kind, name, namespace))) throw new Error(`the scene has no ${kind} ${name}`);
    },
    change(kind, name, fields) {
      const part = objects.get(key(kind, name));
      if (part === undefined) throw new Error(`the scene has no ${kind} ${name}`);
      objects.set(key(kind, name), { ...part, spec: { ...part.spec, ...fields } });
    },
  };
  made.set('ClusterInformation', 'default', { clusterGUID: 'guid', datastoreReady: true });
  made.set('KubeControllersConfiguration', 'default', { controllers: { node: {} } });
  return made;
}

export interface Taken {
  /** `namespace/name`; makes its endpoint and its handle too. */
  readonly pod?: string;
  /** The block's owner unless given. */
  readonly node?: string;
  readonly handle?: string;
  /** Of a tunnel, e.g. `vxlan`; makes the handle. */
  readonly tunnel?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly releasedAt?: string;
  /** No endpoint is made for the pod. */
  readonly unused?: true;
}

export const LONG_AGO = '2026-01-01 10:00:00 +0000 UTC';
const SEQUENCE = 1_800_000_000_000_000_001n;
const WINDOWS = { handle_id: 'windows-reserved-ipam-handle', secondary: { note: 'windows host rsvd' } };

export interface BlockShape {
  readonly cidr: string;
  /** `host:worker-1`; nobody when absent. */
  readonly owner?: string;
  readonly taken?: Readonly<Record<number, Taken>>;
  readonly windows?: true;
  readonly claimed?: string;
}

/** A block with its affinity, handles and endpoints. */
export function addBlock(scene: Scene, shape: BlockShape): void {
  const { cidr, owner, taken = {}, windows } = shape;
  const size = 2 ** ((cidr.includes(':') ? 128 : 32) - Number(cidr.split('/')[1]));
  const ordinals = Array.from({ length: size }, (_, ordinal) => ordinal);
  const host = owner?.startsWith('host:') ? owner.slice(5) : undefined;
  const used = Object.entries(taken).map(([ordinal, each]) => [Number(ordinal), each] as const);
  const attributes: object[] = used.map(([ordinal, each]) => attributeOf(scene, shape, ordinal, each, host));
  const reserved = windows ? [0, 1, 2, size - 1] : [];
  const index = (ordinal: number) => {
    const at = used.findIndex(([each]) => each === ordinal);
    return reserved.includes(ordinal) ? attributes.length : at < 0 ? null : at;
  };
  const allocations = ordinals.map(index);
  scene.set('IPAMBlock', cidr, {
    cidr,
    affinity: owner ?? null,
    ...(owner === undefined ? {} : { affinityClaimTime: shape.claimed ?? '2026-01-01T10:00:00Z' }),
    allocations,
    unallocated: ordinals.filter((ordinal) => allocations[ordinal] === null),
    attributes: windows ? [...attributes, WINDOWS] : attributes,
    sequenceNumber: SEQUENCE,
    sequenceNumberForAllocation: Object.fromEntries(used.map(([ordinal]) => [ordinal, SEQUENCE - 1n])),
    deleted: false,
  });
  if (owner === undefined) return;
  const [type, name] = owner.split(':') as [string, string];
  addAffinity(scene, { type, name, cidr });
}

export function addAffinity(
  scene: Scene,
  {
    type = 'host',
    name,
    cidr,
    state = 'confirmed',
  }: { readonly type?: string; readonly name: string; readonly cidr: string; readonly state?: string },
): void {
  scene.set('BlockAffinity', `${type}/${name}/${cidr}`, { state, node: name, type, cidr, deleted: false });
}

function attributeOf(
  scene: Scene,
  { cidr }: BlockShape,
  ordinal: number,
  taken: Taken,
  host: string | undefined,
): object {
  const { releasedAt, pod, tunnel, node = host, attributes = {} } = taken;
  if (releasedAt !== undefined) return { releasedAt };
  const handle =
    taken.handle ??
    (tunnel === undefined ? `net.${pod ?? `${cidr}-${ordinal}`}` : `${tunnel}-tunnel-addr-${node}`);
  addHandle(scene, handle, cidr);
  const [namespace, name] = pod?.split('/') ?? [];
  if (pod !== undefined && !taken.unused)
    addEndpoint(scene, { pod, node: node!, address: addressAt(cidr, ordinal) });
  const type = tunnel?.replace('-v6', 'V6');
  const secondary = {
    ...(node === undefined ? {} : { node }),
    ...(pod === undefined ? {} : { pod: name!, namespace: namespace! }),
    ...(type === undefined ? {} : { type: `${type}TunnelAddress` }),
    timestamp: LONG_AGO,
    ...attributes,
  };
  return { handle_id: handle, secondary };
}

export function addHandle(scene: Scene, handle: string, cidr: string): void {
  const known = [...scene.objects.values()].find(
    ({ kind, name }) => kind === 'IPAMHandle' && name === handle,
  );
  const block = { ...(known?.spec as { block?: Record<string, number> } | undefined)?.block };
  block[cidr] = (block[cidr] ?? 0) + 1;
  scene.set('IPAMHandle', handle, { handleID: handle, block, deleted: false });
}

export function addEndpoint(
  scene: Scene,
  {
    pod,
    node,
    address,
    at = node,
  }: { readonly pod: string; readonly node: string; readonly address: string; readonly at?: string },
): void {
  const [namespace, name] = pod.split('/') as [string, string];
  const dashes = (text: string) => text.replaceAll('-', '--');
  const ipNetworks = [`${address}/${address.includes(':') ? 128 : 32}`];
  const spec = {
    orchestrator: 'k8s',
    workload: '',
    node,
    pod: name,
    endpoint: 'eth0',
    ipNetworks,
    containerID: 'c',
  };
  scene.set('WorkloadEndpoint', `${dashes(at)}-k8s-${dashes(name)}-eth0`, spec, { namespace });
}

/** Of the small blocks of tests: the last group or byte counts. */
export function addressAt(cidr: string, ordinal: number): string {
  const base = cidr.split('/')[0]!;
  if (base.includes(':')) return ordinal === 0 ? base : `${base}${ordinal.toString(16)}`;
  const bytes = base.split('.').map(Number);
  return [...bytes.slice(0, 3), bytes[3]! + ordinal].join('.');
}

export function addPool(scene: Scene, name: string, cidr: string, more: object = {}): void {
  const spec = { cidr, blockSize: cidr.includes(':') ? 125 : 29, nodeSelector: 'all()' };
  const uses = { allowedUses: ['Workload', 'Tunnel'], assignmentMode: 'Automatic' };
  scene.set('IPPool', name, { ...spec, ...uses, ...more });
}

export function addNode(
  scene: Scene,
  name: string,
  spec: object = {},
  labels: Record<string, string> = {},
): void {
  const bgp = { ipv4Address: '192.0.2.1/24', ...(spec as { bgp?: object }).bgp };
  scene.set('Node', name, { ...spec, bgp }, { labels });
}

export async function write(store: Datastore, { objects }: Scene): Promise<void> {
  for (const { kind, name, namespace, labels, spec, status } of objects.values()) {
    const metadata = {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
    };
    await store.create(await ref(kind, name, namespace), {
      ...{ apiVersion: API_VERSION, kind, metadata, spec: spec as JsonObject },
      ...(status === undefined ? {} : { status }),
    });
  }
}

/** The scene in memory. Versions begin to count behind `writes` others. */
export async function inMemory(scene: Scene, writes = 0): Promise<MemoryStore> {
  const store = memoryStore();
  for (let count = 0; count < writes; count++) store.put('ClusterInformation', 'default', {});
  for (const { kind, name, namespace, labels, spec, status, created } of scene.objects.values()) {
    const metadata = {
      ...(labels === undefined ? {} : { labels }),
      ...(created === undefined ? {} : { creationTimestamp: created }),
    };
    store.put(kind, name, spec, namespace, metadata);
    if (status !== undefined) (await store.get(await ref(kind, name, namespace))).status = status;
  }
  return store;
}

/** All that `ipam check` finds. */
export async function findings(store: Datastore): Promise<readonly IpamFinding[]> {
  return Array.fromAsync(findAll(store, await readSurvey(store)));
}
