import { CalicoctlError } from '../core/errors.ts';
import type { Kind } from '../resources/kind.ts';
import type { Datastore } from './datastore.ts';

/** A datastore that has no objects of Kubernetes: kinds made of them are refused, lest an empty list say there are none. */
export function withoutForeignKinds(store: Datastore): Datastore {
  return {
    ...store,
    async get(ref, at) {
      refuse(ref.kind, store);
      return store.get(ref, at);
    },
    list(query) {
      refuse(query.kind, store);
      return store.list(query);
    },
    watch(query, from) {
      refuse(query.kind, store);
      return store.watch(query, from);
    },
  };
}

const NAMES = { etcdv3: 'etcd', file: 'folder', kubernetes: 'kubernetes' } as const;

function refuse({ kind, madeOf }: Kind, { capabilities }: Datastore): void {
  if (madeOf === undefined) return;
  throw new CalicoctlError(
    'not-supported',
    `${kind} is not there in the ${NAMES[capabilities.name]} datastore: it shows a ${madeOf}, which only the kubernetes datastore holds`,
    { hint: 'Set DATASTORE_TYPE=kubernetes and KUBECONFIG to see those of a cluster.' },
  );
}
