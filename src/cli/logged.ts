import { formatError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Datastore } from '../datastore/datastore.ts';
import { formatRef, type Ref } from '../resources/kind.ts';

/** The same datastore, with a line in the log for every operation: what, on what, how long, how it ended. */
export function loggedDatastore(store: Datastore, log: Log): Datastore {
  const told = async <T>(operation: string, ref: Ref, work: Promise<T>): Promise<T> => {
    const started = performance.now();
    const values = () => ({
      operation,
      resource: formatRef(ref),
      ms: Math.round(performance.now() - started),
    });
    try {
      const result = await work;
      log('debug', 'datastore operation done', values());
      return result;
    } catch (error) {
      log('debug', 'datastore operation failed', { ...values(), error: formatError(error) });
      throw error;
    }
  };
  return {
    capabilities: store.capabilities,
    ...(store.definitions && { definitions: store.definitions }),
    ...(store.raw && { raw: store.raw }),
    get: (ref, at) => told('get', ref, store.get(ref, at)),
    list(query) {
      log('debug', 'datastore list', { kind: query.kind.kind, namespace: query.namespace ?? '' });
      return store.list(query);
    },
    create: (ref, resource) => told('create', ref, store.create(ref, resource)),
    update: (ref, resource) => told('update', ref, store.update(ref, resource)),
    delete: (ref, precondition) => told('delete', ref, store.delete(ref, precondition)),
    watch: (query, from) => store.watch(query, from),
    close: () => store.close(),
  };
}
