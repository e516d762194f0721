import type { CalicoctlError } from '../../../src/core/errors.ts';
import type { EtcdClient } from '../../../src/datastore/etcdv3/wire/client.ts';
import { EtcdFailure, toCalicoctlError } from '../../../src/datastore/etcdv3/wire/errors.ts';
import type {
  KeyValue,
  RequestOp,
  ResponseOp,
  TxnRequest,
} from '../../../src/datastore/etcdv3/wire/messages.ts';

/** An etcd of one key that loses answers on command. */

/**
 * What becomes of a transaction: `lost` is carried out and not answered, `stopped` neither, `late` is carried out after
 * the next read; `interrupted` and `slow` are lost in the midst of Ctrl-C, and to the time limit.
 */
export type Fate = 'answered' | 'lost' | 'stopped' | 'late' | 'interrupted' | 'slow';

export interface OneKey {
  readonly client: EtcdClient;
  /** What becomes of the next transactions, one after the other; those after them are answered. */
  plan(...fates: readonly Fate[]): void;
  /** Runs before the next read. */
  beforeRead(meanwhile: () => Promise<unknown>): void;
  refuseReads(): void;
  /** How many there were since the plan was made. */
  readonly transactions: number;
  readonly stored: KeyValue | undefined;
}

function failure(kind: 'broken' | 'cancelled' | 'timeout', call: 'read' | 'write'): CalicoctlError {
  return toCalicoctlError(new EtcdFailure(kind, 'x', `etcd at x: ${kind}`, { sent: true }), call);
}

/** The key itself. */
class Entry {
  stored: KeyValue | undefined;
  revision = 1n;

  carryOut({ compare, success, failure = [] }: TxnRequest) {
    const succeeded = compare.every(({ target, equals }) => equals === (this.#number(target) ?? 0n));
    const responses = (succeeded ? success : failure).map((operation) => this.#carryOut(operation));
    return { revision: this.revision, succeeded, responses };
  }

  #number(target: TxnRequest['compare'][number]['target']): bigint | undefined {
    return target === 'mod' ? this.stored?.modRevision : this.stored?.version;
  }

  #carryOut(operation: RequestOp): ResponseOp {
    const previous = this.stored;
    const kvs = previous ? [previous] : [];
    if (operation.op === 'range')
      return { op: 'range', revision: this.revision, kvs, more: false, count: kvs.length };
    const revision = ++this.revision;
    if (operation.op === 'delete') {
      this.stored = undefined;
      return { op: 'delete', revision, deleted: kvs.length, previous: kvs };
    }
    this.stored = {
      key: String(operation.key),
      value: new TextEncoder().encode(String(operation.value)),
      createRevision: previous?.createRevision ?? revision,
      modRevision: revision,
      version: (previous?.version ?? 0n) + 1n,
      lease: 0n,
    };
    return { op: 'put', revision };
  }
}

const KIND_OF_FAILURE = { interrupted: 'cancelled', slow: 'timeout' } as const;

export function oneKey(): OneKey {
  const entry = new Entry();
  const plans: { fates: Fate[]; meanwhile?: () => Promise<unknown>; late?: () => void } = { fates: [] };
  let [transactions, isDeaf] = [0, false];
  const client: Pick<EtcdClient, 'get' | 'txn'> = {
    async get() {
      const { meanwhile, late } = plans;
      delete plans.meanwhile;
      delete plans.late;
      await meanwhile?.();
      if (isDeaf) throw failure('broken', 'read');
      const found = { revision: entry.revision, ...(entry.stored && { kv: entry.stored }) };
      late?.();
      return found;
    },
    async txn(request) {
      transactions++;
      const fate = plans.fates.shift() ?? 'answered';
      if (fate === 'late') plans.late = () => entry.carryOut(request);
      const result = fate === 'stopped' || fate === 'late' ? undefined : entry.carryOut(request);
      if (result !== undefined && fate === 'answered') return result;
      throw failure(KIND_OF_FAILURE[fate as keyof typeof KIND_OF_FAILURE] ?? 'broken', 'write');
    },
  };
  return {
    client: client as EtcdClient,
    plan(...fates) {
      plans.fates = [...fates];
      transactions = 0;
    },
    beforeRead(meanwhile) {
      plans.meanwhile = meanwhile;
    },
    refuseReads() {
      isDeaf = true;
    },
    get transactions() {
      return transactions;
    },
    get stored() {
      return entry.stored;
    },
  };
}
