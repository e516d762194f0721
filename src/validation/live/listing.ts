import { CalicoctlError, isError } from '../../core/errors.ts';
import type { Datastore, Page } from '../../datastore/datastore.ts';
import { isResourceRefusal } from '../../operations/refusals.ts';
import type { Kind } from '../../resources/kind.ts';

export interface ListingOptions {
  readonly store: Datastore;
  /** Objects of namespaced kinds are looked at in this namespace only. */
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
  /** Told of what may not be looked at. */
  readonly warn: (text: string) => void;
}

/** Lists kind after kind, and knows which ones it was refused. */
export class Listing {
  /** Kinds that may not be listed. */
  readonly unseen = new Set<string>();
  /** What may not be looked at and should be: kinds, and single objects. */
  readonly refused = new Set<string>();
  readonly #options: ListingOptions;
  #isAllowed = false;
  #first: CalicoctlError | undefined;

  constructor(options: ListingOptions) {
    this.#options = options;
  }

  /**
   * The pages of a kind: none where the datastore does not have it, or does not show it to whoever asks. Nobody is told of
   * that where the kind is not needed.
   */
  async *pages(kind: Kind, isNeeded = true): AsyncIterable<Page> {
    const { store, namespace, signal } = this.#options;
    const place = namespace === undefined || kind.scope === 'cluster' ? {} : { namespace };
    try {
      for await (const page of store.list({ kind, ...place })) {
        if (signal.aborted)
          throw new CalicoctlError('cancelled', 'interrupted while reading from the datastore');
        this.#isAllowed = true;
        yield page;
      }
    } catch (error) {
      if (isError(error, 'not-supported')) return;
      if (!(error instanceof CalicoctlError) || !this.#isRefusal(error)) throw error;
      this.#first ??= error;
      this.unseen.add(kind.kind);
      if (isNeeded) this.refuse(kind.kind, error);
    }
  }

  /** Notes and tells that something may not be looked at. */
  refuse(what: string, error: CalicoctlError): void {
    this.refused.add(what);
    this.#options.warn(`Warning: ${what} was not looked at: ${error.message}`);
  }

  /** Throws where nothing at all could be listed; whoever may see nothing need not be told so of every kind alone. */
  end(): void {
    if (this.#first !== undefined && !this.#isAllowed) throw this.#first;
  }

  /** etcd grants ranges of keys, and does not tell a password that is wrong from a range that is not granted. */
  #isRefusal(error: CalicoctlError): boolean {
    if (isResourceRefusal(error)) return true;
    return error.errorClass === 'unauthorized' && this.#options.store.capabilities.name === 'etcdv3';
  }
}
