/** Transactions that are asked for at the same moment travel as one message: docs/adr/0008-batches.md. */
import { isError } from '../../../core/errors.ts';
import { decodeTxn } from './decode.ts';
import { encodeBatch, encodeTxn } from './encode.ts';
import { isUnknownOutcome } from './errors.ts';
import type { RequestOp, TxnRequest, TxnResult } from './messages.ts';

/** etcd takes 128 operations in a transaction unless told otherwise, and 1.5 MiB in a request. */
const MOST = 64;
const MOST_BYTES = 512 * 1024;

interface Waiting {
  readonly message: Buffer;
  readonly put: RequestOp | undefined;
  readonly resolve: (result: TxnResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Sends one encoded TxnRequest as a write. */
export type SendTxn = (message: Uint8Array) => Promise<Uint8Array>;

/**
 * Each transaction keeps its own conditions and its own result, as if it had been sent alone: they are nested in an
 * outer one that has none. Transactions on a key that waits already go with the next message, for etcd refuses two
 * writes of a key in one.
 */
export class TxnBatcher {
  readonly #send: SendTxn;
  #waiting: Waiting[] = [];
  #keys = new Set<string>();
  #bytes = 0;

  constructor(send: SendTxn) {
    this.#send = send;
  }

  txn(request: TxnRequest): Promise<TxnResult> {
    const message = encodeTxn(request);
    const keys = [...request.compare, ...request.success].map(({ key }) => key.toString());
    if (
      this.#waiting.length >= MOST ||
      this.#bytes + message.length > MOST_BYTES ||
      keys.some((key) => this.#keys.has(key))
    ) {
      this.#flush();
    }
    for (const key of keys) this.#keys.add(key);
    this.#bytes += message.length;
    return new Promise((resolve, reject) => {
      const put = request.success.find(({ op }) => op === 'put');
      this.#waiting.push({ message, put, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#keys = new Set();
    this.#bytes = 0;
    if (batch.length === 1) void this.#alone(batch[0]!);
    else if (batch.length > 1) void this.#together(batch);
  }

  async #alone({ message, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve(decodeTxn(await this.#send(message)));
    } catch (error) {
      reject(error);
    }
  }

  async #together(batch: readonly Waiting[]): Promise<void> {
    try {
      const messages = batch.map(({ message }) => message);
      const put = batch.find((waiting) => waiting.put !== undefined)?.put;
      const { revision, responses } = decodeTxn(await this.#send(encodeBatch(messages, put)));
      for (const [index, { resolve }] of batch.entries()) {
        const response = responses[index]!;
        resolve(
          response.op === 'txn' ? { ...response, revision } : { revision, succeeded: false, responses: [] },
        );
      }
    } catch (error) {
      // etcd refuses a message as a whole for one of its parts: alone, each gets the answer that is its own.
      const refused = isError(error, 'datastore', 'unauthorized') && !isUnknownOutcome(error);
      if (refused) for (const waiting of batch) void this.#alone(waiting);
      else for (const { reject } of batch) reject(error);
    }
  }
}
