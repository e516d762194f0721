import { CalicoctlError } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { CorruptEntry, Datastore } from '../../src/datastore/datastore.ts';
import { API_VERSION, type Resource } from '../../src/resources/kind.ts';

/** Resources in memory, of which some may change while others are read. */
export interface MemoryStore extends Datastore {
  put(kind: string, name: string, spec: object, namespace?: string, metadata?: object): void;
  drop(kind: string, name: string): void;
  /** Entries of a kind that cannot be read. */
  spoil(kind: string, entry: CorruptEntry): void;
  /** Called before the n-th list of a kind, counting from 1. */
  beforeList(kind: string, call: number, happens: () => void): void;
  /** Objects read by name, as `Kind(name)`. */
  readonly read: string[];
}

const unused = (): never => {
  throw new Error('nothing is written here');
};

/** A datastore of etcd's kind for unit tests: only reads, and versions that count up. */
export function memoryStore(name: Datastore['capabilities']['name'] = 'etcdv3'): MemoryStore {
  const kinds = new Map<string, Map<string, Resource>>();
  const corrupt = new Map<string, CorruptEntry[]>();
  const events: { kind: string; call: number; happens: () => void }[] = [];
  const calls = new Map<string, number>();
  const read: string[] = [];
  let version = 100;
  const of = (kind: string) => {
    const found = kinds.get(kind) ?? new Map<string, Resource>();
    kinds.set(kind, found);
    return found;
  };
  const keyOf = (each: string, namespace?: string) =>
    namespace === undefined ? each : `${namespace}/${each}`;
  return {
    capabilities: { name, serverSideIdentity: false, concurrency: 8 },
    read,
    put(kind, each, spec, namespace, metadata = {}) {
      const named = { name: each, ...(namespace === undefined ? {} : { namespace }), ...metadata };
      of(kind).set(keyOf(each, namespace), {
        ...{ apiVersion: API_VERSION, kind, spec: spec as JsonObject },
        metadata: { ...named, resourceVersion: String(++version) },
      });
    },
    drop: (kind, key) => void of(kind).delete(key),
    spoil: (kind, entry) => void corrupt.set(kind, [...(corrupt.get(kind) ?? []), entry]),
    beforeList: (kind, call, happens) => void events.push({ kind, call, happens }),
    async get(ref) {
      read.push(`${ref.kind.kind}(${ref.name})`);
      const found = of(ref.kind.kind).get(keyOf(ref.name, ref.namespace));
      if (found === undefined) throw new CalicoctlError('not-found', `no ${ref.kind.kind} ${ref.name}`);
      return found;
    },
    async *list({ kind: { kind } }) {
      const call = (calls.get(kind) ?? 0) + 1;
      calls.set(kind, call);
      for (const event of events) if (event.kind === kind && event.call === call) event.happens();
      yield { items: [...of(kind).values()], version: String(version), corrupt: corrupt.get(kind) ?? [] };
    },
    create: unused,
    update: unused,
    delete: unused,
    watch: unused,
    close: async () => undefined,
  };
}
