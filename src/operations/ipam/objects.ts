import { type JsonObject, textIn } from '../../core/json.ts';
import type { Datastore, Query } from '../../datastore/datastore.ts';
import type { Ref, Resource } from '../../resources/kind.ts';
import { type Cidr, formatCidr, parseCidr } from '../../resources/net/cidr.ts';
import { kindOf } from '../../resources/registry.ts';

/** The objects of IPAM in the datastore: how they are named and found. */

/** Who owns a block: a node, or something that is none, such as `load-balancer`. */
export interface Owner {
  readonly type: 'host' | 'virtual';
  readonly name: string;
}

export async function blockRef(cidr: Cidr): Promise<Ref> {
  return { kind: await kindOf('IPAMBlock'), name: formatCidr(cidr) };
}

export async function handleRef(id: string): Promise<Ref> {
  return { kind: await kindOf('IPAMHandle'), name: id };
}

export async function affinityRef(owner: Owner, cidr: Cidr): Promise<Ref> {
  return { kind: await kindOf('BlockAffinity'), name: `${owner.type}/${owner.name}/${formatCidr(cidr)}` };
}

/** Every readable object of a query; entries that cannot be decoded are passed over, as every Calico component does. */
export async function* listed(store: Datastore, query: Query): AsyncIterable<Resource> {
  for await (const page of store.list(query)) yield* page.items;
}

/** `host:worker-1`, as blocks name their owners. */
export function formatOwner({ type, name }: Owner): string {
  return `${type}:${name}`;
}

/** The owner that a block names, e.g. `host:worker-1`; undefined for nobody. */
export function parseOwner(text: string): Owner | undefined {
  const at = text.indexOf(':');
  const type = text.slice(0, at);
  return type === 'host' || type === 'virtual' ? { type, name: text.slice(at + 1) } : undefined;
}

/** The node that an owner is; `''` where it is none. */
export function hostOf(owner: Owner | undefined): string {
  return owner?.type === 'host' ? owner.name : '';
}

/** Whose affinity it is. Old ones name no type: theirs are of nodes. */
export function affinityOwner({ spec }: Resource): Owner {
  return { type: spec['type'] === 'virtual' ? 'virtual' : 'host', name: textIn(spec['node']) };
}

/** The range that a pool, block or affinity names; undefined where it is none. */
export function cidrIn(spec: Resource['spec']): Cidr | undefined {
  return parseCidr(textIn(spec['cidr']));
}

/** The resource with another spec. */
export function withSpec(resource: Resource, spec: object): Resource {
  return { ...resource, spec: spec as JsonObject };
}
