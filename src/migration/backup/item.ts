import { Buffer } from 'node:buffer';
import { isObject, stringifyJson } from '../../core/json.ts';

/** Entries of etcd that are no resources, or not under the key of one; behind all kinds. */
export const ENTRIES = 'entries';

/** One object, and the line that stands for it in a backup. */
export interface Item {
  /** Its kind, or ENTRIES. */
  readonly section: string;
  /** Within the section: `namespace/name`, `name`, or the key. */
  readonly id: string;
  /** JSON, fields sorted by name, without an end of line. */
  readonly line: string;
}

/** An object that a datastore holds. */
export interface Found extends Item {
  readonly version: string;
}

/** Order of a backup: kinds by name, then ENTRIES, each by id. */
export function compareItems(a: Pick<Item, 'section' | 'id'>, b: Pick<Item, 'section' | 'id'>): number {
  if (a.section !== b.section) {
    if (a.section === ENTRIES) return 1;
    if (b.section === ENTRIES) return -1;
    return a.section < b.section ? -1 : 1;
  }
  return compareIds(a.id, b.id);
}

const SURROGATE = /[\ud800-\udfff]/;

/** By bytes, as datastores order their keys. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  // UTF-16 and UTF-8 order differ only where surrogates are involved.
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

/** How an object is called in messages: `IPPool(main)`, or its key. */
export function nameOf({ section, id }: Pick<Item, 'section' | 'id'>): string {
  return section === ENTRIES ? id : `${section}(${id})`;
}

export function idOf({ namespace, name }: { readonly namespace?: string; readonly name: string }): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** One text for one value, whatever the order of its fields. */
export function canonicalJson(value: unknown): string {
  return stringifyJson(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const next = sorted(value[key]);
    // A field of that name would be the prototype.
    if (key === '__proto__') Object.defineProperty(result, key, { value: next, enumerable: true });
    else result[key] = next;
  }
  return result;
}
