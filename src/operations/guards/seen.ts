import type { Datastore } from '../../datastore/datastore.ts';
import { kindOf } from '../../resources/registry.ts';
import { unlessNotFound } from '../initialise.ts';

/**
 * What guards look up is the same for many objects of a bulk write, and asking anew for each would take longer than the
 * writes do. In a run that writes many, what was seen holds for a moment: as long as another process needs anyway to
 * change it between a look and the write that relies on it.
 */
const MOMENT = 1000;

const running = new WeakSet<Datastore>();

/** Many writes follow, and all that is written meanwhile passes the guards: they need not look anew for each. */
export function startRun(store: Datastore): void {
  running.add(store);
}

/** A value per datastore that is read anew when it is older than a moment, or than it took to read. */
export class Recent<T> {
  private readonly entries = new WeakMap<Datastore, { readonly until: number; readonly value: T }>();

  constructor(private readonly read: (store: Datastore) => Promise<T>) {}

  /** What was read lately; `fresh` tells whether that was just now. */
  async look(store: Datastore): Promise<{ readonly value: T; readonly fresh: boolean }> {
    const entry = this.entries.get(store);
    if (entry !== undefined && performance.now() < entry.until) return { value: entry.value, fresh: false };
    return { value: await this.lookAnew(store), fresh: true };
  }

  async lookAnew(store: Datastore): Promise<T> {
    const began = performance.now();
    const value = await this.read(store);
    const now = performance.now();
    if (running.has(store)) this.entries.set(store, { until: now + Math.max(MOMENT, now - began), value });
    return value;
  }

  /** What was read lately, to note one's own changes in. */
  held(store: Datastore): T | undefined {
    return this.entries.get(store)?.value;
  }
}

const existing = new WeakMap<
  Datastore,
  Map<string, { readonly until: number; readonly found: Promise<boolean> }>
>();

/** Whether there is such an object of a cluster-wide kind. That there is none is never taken from memory. */
export function exists(store: Datastore, kind: string, name: string): Promise<boolean> {
  const entries = existing.get(store) ?? new Map();
  existing.set(store, entries);
  const key = `${kind}/${name}`;
  const entry = entries.get(key);
  if (entry !== undefined && performance.now() < entry.until) return entry.found;
  const found = ask(store, kind, name);
  if (!running.has(store)) return found;
  entries.set(key, { until: performance.now() + MOMENT, found });
  const forget = () => entries.delete(key);
  found.then((is) => is || forget(), forget);
  return found;
}

async function ask(store: Datastore, kind: string, name: string): Promise<boolean> {
  return (await unlessNotFound(store.get({ kind: await kindOf(kind), name }))) !== undefined;
}
