import { expect } from 'bun:test';
import { CalicoctlError, type ErrorClass } from '../../../src/core/errors.ts';
import type { Datastore, Page, Query } from '../../../src/datastore/datastore.ts';
import {
  API_VERSION,
  type Kind,
  type Metadata,
  type Ref,
  type Resource,
  refOf,
} from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import type { Environment } from './contract.ts';

/** Resources for checks, and shorthands for what checks do with them. */

export const GlobalNetworkSet = await kindOf('GlobalNetworkSet');
export const IPPool = await kindOf('IPPool');
export const Node = await kindOf('Node');
export const NetworkSet = await kindOf('NetworkSet');
export const NetworkPolicy = await kindOf('NetworkPolicy');
export const IPAMBlock = await kindOf('IPAMBlock');
export const IPAMHandle = await kindOf('IPAMHandle');

type Spec = Resource['spec'];

/** A resource as operations hand it to a datastore: complete, with an identity. */
export function resource(kind: Kind, metadata: Metadata, spec: Spec): Resource {
  const { name, namespace, ...rest } = metadata;
  return {
    kind: kind.kind,
    apiVersion: API_VERSION,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: `00000000-0000-4000-8000-${String(Bun.hash(name)).slice(0, 12).padStart(12, '0')}`,
      creationTimestamp: '2026-01-31T12:00:00Z',
      ...rest,
    },
    spec,
    ...(kind.kind === 'Node' ? { status: {} } : {}),
  };
}

export function pool(name: string, spec: Spec = {}): Resource {
  return resource(IPPool, { name }, { cidr: '10.0.0.0/16', nodeSelector: 'all()', ...spec });
}

/** An object without a namespace whose kind no other object, default or rule has a say in. */
export function globalSet(name: string, spec: Spec = {}): Resource {
  return resource(GlobalNetworkSet, { name }, { nets: ['10.0.0.0/16'], ...spec });
}

/** Other contents than what an object has at first. */
export const CHANGED: Spec = { nets: ['10.2.0.0/16', '10.3.0.0/16'] };
export const CHANGED_OTHERWISE: Spec = { nets: ['10.4.0.0/16'] };

export function networkSet(namespace: string, name: string, spec: Spec = {}): Resource {
  return resource(NetworkSet, { name, namespace }, { nets: ['10.1.0.0/16'], ...spec });
}

export function poolRef(name: string): Ref {
  return { kind: IPPool, name };
}

export function globalSetRef(name: string): Ref {
  return { kind: GlobalNetworkSet, name };
}

export function setRef(namespace: string, name: string): Ref {
  return { kind: NetworkSet, namespace, name };
}

const kinds = new Map(
  [GlobalNetworkSet, IPPool, Node, NetworkSet, NetworkPolicy, IPAMBlock, IPAMHandle].map((k) => [k.kind, k]),
);

export async function create(store: Datastore, object: Resource): Promise<Resource> {
  return store.create(refOf(kinds.get(object.kind)!, object), object);
}

export function withSpec(object: Resource, spec: Spec): Resource {
  return { ...object, spec: { ...object.spec, ...spec } };
}

export function withLabels(object: Resource, labels: Record<string, string>): Resource {
  return { ...object, metadata: { ...object.metadata, labels } };
}

export function versionOf(object: Resource): string {
  const { resourceVersion } = object.metadata;
  expect(resourceVersion).toBeString();
  expect(resourceVersion).not.toBe('');
  return resourceVersion!;
}

/** The object without the books that an API server keeps of it. */
export function withoutBooks(object: Resource): Resource {
  const { generation: _, managedFields: __, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as Metadata };
}

/** The class of the error that an operation ends with; `done` where it succeeds. Other errors are thrown. */
export async function outcome(operation: Promise<unknown>): Promise<ErrorClass | 'done'> {
  try {
    await operation;
    return 'done';
  } catch (error) {
    if (error instanceof CalicoctlError) return error.errorClass;
    throw error;
  }
}

export async function pagesOf(store: Datastore, query: Query): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of store.list(query)) pages.push(page);
  return pages;
}

export async function itemsOf(store: Datastore, query: Query): Promise<readonly Resource[]> {
  return (await pagesOf(store, query)).flatMap(({ items }) => items);
}

/** `namespace/name` or `name` of each listed resource. */
export async function keysOf(store: Datastore, query: Query): Promise<string[]> {
  const items = await itemsOf(store, query);
  return items.map(({ metadata: { namespace, name } }) => (namespace ? `${namespace}/${name}` : name));
}

/** Creates all of them, in the way that is quickest for the datastore; their order is open. */
export async function createAll(
  { store, createAtOnce }: Environment,
  objects: readonly Resource[],
): Promise<void> {
  if (createAtOnce !== undefined) return createAtOnce(objects);
  await forEachParallel(objects, store.capabilities.concurrency, (object) => create(store, object));
}

/** Does something for each item, so many at a time. */
export async function forEachParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}
