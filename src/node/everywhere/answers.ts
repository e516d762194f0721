import { CalicoctlError } from '../../core/errors.ts';
import type { Change, Datastore, Version } from '../../datastore/datastore.ts';
import { pause } from '../../operations/retry.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Requests, requestsTo } from './own.ts';
import { reportedAt } from './told.ts';

export interface AskOptions {
  /** How long to wait for the nodes, in milliseconds. */
  readonly waitMs: number;
  /** Ctrl-C: the question is taken back, then `cancelled` is thrown. */
  readonly signal: AbortSignal;
  /** Told how many nodes have answered. */
  readonly progress?: (answered: number) => void;
  readonly warn: (text: string) => void;
}

/** By node. */
export interface Answers {
  readonly statuses: ReadonlyMap<string, Resource>;
  /** Why there is no answer; a clause. */
  readonly failures: ReadonlyMap<string, string>;
}

/**
 * Asks nodes by a CalicoNodeStatus each, and removes all of them behind, whatever happens. The store must not end with
 * Ctrl-C, since the removal comes after it.
 */
export async function askNodes(
  store: Datastore,
  nodes: readonly string[],
  options: AskOptions,
): Promise<Answers> {
  const requests = await requestsTo(store, nodes, options);
  try {
    const from = await versionOf(store, requests);
    const refused = await requests.create(options.signal);
    throwIfAborted(options.signal);
    const collection = new Collection(requests, nodes.length - refused.size, options);
    await collection.run(store, from);
    throwIfAborted(options.signal);
    return { statuses: collection.statuses, failures: reasons(nodes, refused, collection, options.waitMs) };
  } finally {
    const left = await requests.remove();
    if (left.length > 0)
      options.warn(
        `${left.length} of our CalicoNodeStatus could not be removed, e.g. ${left[0]}: the next \`node status --all --yes\` tries again`,
      );
  }
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new CalicoctlError('cancelled', 'interrupted: the nodes are asked no longer');
}

function reasons(
  nodes: readonly string[],
  refused: ReadonlyMap<string, string>,
  { statuses, deleted }: Collection,
  waitMs: number,
): ReadonlyMap<string, string> {
  const failures = new Map(refused);
  for (const node of nodes) {
    if (failures.has(node) || statuses.has(node)) continue;
    failures.set(
      node,
      deleted.has(node)
        ? 'somebody deleted the CalicoNodeStatus that asked it'
        : `calico/node did not answer a CalicoNodeStatus within ${waitMs / 1000}s`,
    );
  }
  return failures;
}

/** Where a watch for them begins: before any of them is made. */
async function versionOf(store: Datastore, { kind, namePrefix }: Requests): Promise<Version> {
  let version = '';
  for await (const page of store.list({ kind, namePrefix })) version = page.version;
  return version;
}

/** Watches requests until each is answered or gone, or the time is over. */
class Collection {
  readonly statuses = new Map<string, Resource>();
  readonly deleted = new Set<string>();
  readonly #requests: Requests;
  readonly #wanted: number;
  readonly #options: AskOptions;
  readonly #end: number;

  constructor(requests: Requests, wanted: number, options: AskOptions) {
    this.#requests = requests;
    this.#wanted = wanted;
    this.#options = options;
    this.#end = Date.now() + options.waitMs;
  }

  get #isOver(): boolean {
    return (
      this.statuses.size + this.deleted.size >= this.#wanted ||
      Date.now() >= this.#end ||
      this.#options.signal.aborted
    );
  }

  /** A watch that breaks off begins anew from a list: nothing is lost, for a status holds all there is to know. */
  async run(store: Datastore, from: Version): Promise<void> {
    let version = from;
    while (!this.#isOver) {
      try {
        await this.#watch(store, version);
        version = await this.#list(store);
      } catch (error) {
        if (!(error instanceof CalicoctlError)) throw error;
        version = '';
      }
      while (version === '' && !this.#isOver) {
        await pause(300);
        version = await this.#list(store).catch(() => '');
      }
    }
  }

  async #watch(store: Datastore, from: Version): Promise<void> {
    const { kind, namePrefix } = this.#requests;
    const changes = store.watch({ kind, namePrefix }, from)[Symbol.asyncIterator]();
    const { over, clear } = this.#timer();
    try {
      while (!this.#isOver) {
        const next = changes.next();
        // It may fail after nobody waits for it any longer.
        next.catch(() => undefined);
        const result = await Promise.race([next, over]);
        if (result === undefined || result.done) return;
        this.#take(result.value);
      }
    } finally {
      clear();
      void changes.return?.().catch(() => undefined);
    }
  }

  #timer(): { readonly over: Promise<undefined>; readonly clear: () => void } {
    const { signal } = this.#options;
    let clear = () => {};
    const over = new Promise<undefined>((resolve) => {
      const stop = () => resolve(undefined);
      const timer = setTimeout(stop, Math.max(0, this.#end - Date.now()));
      signal.addEventListener('abort', stop, { once: true });
      clear = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      };
    });
    return { over, clear };
  }

  #take({ type, resource }: Change): void {
    const node = this.#requests.nodeOf(resource.metadata.name);
    if (node === undefined) return;
    if (type === 'deleted') {
      if (!this.statuses.has(node)) this.deleted.add(node);
    } else if (reportedAt(resource) !== undefined) {
      this.statuses.set(node, resource);
      this.deleted.delete(node);
      this.#options.progress?.(this.statuses.size);
    }
  }

  async #list(store: Datastore): Promise<Version> {
    const { kind, namePrefix } = this.#requests;
    let version = '';
    for await (const page of store.list({ kind, namePrefix })) {
      version = page.version;
      for (const resource of page.items) this.#take({ type: 'modified', resource, version });
    }
    return version;
  }
}
