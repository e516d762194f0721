import { createHash } from 'node:crypto';
import { isObject, stringifyJson } from '../core/json.ts';
import { writtenForm } from '../operations/write.ts';
import type { Kind, Resource } from '../resources/kind.ts';
import { addressEntry } from './addresses.ts';
import { ADDRESS_KINDS, type StoreName } from './kinds.ts';
import type { NodeNames } from './mapping.ts';

/**
 * What two resources have in common that are the same in two datastores: everything but identity. Both are compared in
 * the form in which they are written, so that defaults that one of them was stored without make no difference.
 */

const SAME_NAMES: NodeNames = new Map();
const ADDRESSES: ReadonlySet<string> = new Set(ADDRESS_KINDS);

/** Fields of a node that Kubernetes has the say about. */
const OF_KUBERNETES: readonly string[] = ['orchRefs', 'addresses', 'interfaces'];

/** What is compared. */
export function comparable(kind: Kind, resource: Resource, store: StoreName): unknown {
  if (ADDRESSES.has(kind.kind)) return plain(addressEntry(resource, SAME_NAMES).Value);
  const { metadata, spec, status } = writtenForm(kind, resource);
  if (kind.kind === 'Node') {
    const { podCIDRs: _, ...reported } = isObject(status) ? status : {};
    if (store === 'kubernetes') {
      const own = Object.entries(spec).filter(([field]) => !OF_KUBERNETES.includes(field));
      return plain({ spec: Object.fromEntries(own), status: reported });
    }
    return plain({ labels: metadata.labels, annotations: metadata.annotations, spec, status: reported });
  }
  return plain({ labels: metadata.labels, annotations: metadata.annotations, spec });
}

/** Without what says nothing, and with keys in order. Places in lists are kept. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item) ?? null);
  if (!isObject(value)) return value === null || value === '' || value === false ? undefined : value;
  const entries = Object.keys(value)
    .sort()
    .flatMap((key) => {
      const field = plain(value[key]);
      const isEmpty = field === undefined || (Array.isArray(field) && field.length === 0);
      return isEmpty ? [] : [[key, field] as const];
    });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/**
 * The same for resources that are the same. Only forms of one object are compared: that two have the same does not
 * happen. A number, since there is one for every object of a cluster.
 */
export function fingerprint(kind: Kind, resource: Resource, store: StoreName): number {
  const text = stringifyJson(comparable(kind, resource, store) ?? null);
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}

/** Where two resources differ first, as a path; undefined where they are the same. */
export function difference(kind: Kind, a: Resource, b: Resource, store: StoreName): string | undefined {
  return firstDifference(comparable(kind, a, store), comparable(kind, b, store), '');
}

function firstDifference(a: unknown, b: unknown, path: string): string | undefined {
  if (isObject(a) && isObject(b)) {
    for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
      const found = firstDifference(a[key], b[key], path === '' ? key : `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    for (const [index, item] of a.entries()) {
      const found = firstDifference(item, b[index], `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return stringifyJson(a ?? null) === stringifyJson(b ?? null) ? undefined : path;
}
