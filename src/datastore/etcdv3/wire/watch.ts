/** A watch that survives broken connections. */
import { asFailure, type Caller, isTokenRefused, told } from './caller.ts';
import { decodeWatch } from './decode.ts';
import { encodeWatch } from './encode.ts';
import { EtcdFailure, Status, statusFailure } from './errors.ts';
import { frameReader } from './frames.ts';
import type { WatchEvent, WatchRequest, WatchResponse } from './messages.ts';
import { backOff, type Pool } from './pool.ts';

/** Changes of one or several revisions, in order. */
export interface WatchBatch {
  /** The revision of the store when this was sent. */
  readonly revision: bigint;
  readonly events: readonly WatchEvent[];
}

export interface WatchSurroundings {
  readonly pool: Pool;
  readonly caller: Caller;
  readonly requestTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Ends the watch as if there were no more changes: a generator cannot be ended while it waits. */
  readonly stop?: AbortSignal | undefined;
}

/**
 * Reports changes until the consumer stops; the first batch is empty and says that the watch is set up. When the
 * connection breaks, the watch goes on with the next revision on a new one, for as long as the request timeout allows.
 * Throws CalicoctlError: `datastore` where the revision is compacted.
 */
export async function* watchKeys(
  request: WatchRequest,
  around: WatchSurroundings,
): AsyncGenerator<WatchBatch> {
  let next = request.startRevision ?? 0n;
  let announced = false;
  let attempt = 0;
  let deadline = 0;
  let loggedInAgain = false;
  while (!around.stop?.aborted) {
    if (attempt === 0) deadline = performance.now() + around.requestTimeoutMs;
    try {
      for await (const response of responses({ ...request, startRevision: next }, around, deadline)) {
        [attempt, loggedInAgain] = [0, false];
        const last = response.events.at(-1)?.kv.modRevision;
        if (last !== undefined) next = last + 1n;
        else if (next === 0n) next = response.revision + 1n;
        if (last === undefined && announced) continue;
        announced = true;
        yield { revision: response.revision, events: response.events };
      }
    } catch (error) {
      if (around.stop?.aborted) return;
      const failure = asFailure(error);
      const again: boolean = !loggedInAgain && isTokenRefused(failure);
      loggedInAgain ||= again;
      if (!again && (!isPassing(failure) || performance.now() >= deadline)) {
        throw told(around.caller.hidden(failure), 'read', around.signal);
      }
      if (attempt++ === 0) deadline = performance.now() + around.requestTimeoutMs;
      await backOff(attempt, deadline);
    }
  }
}

function isPassing({ kind, facts }: EtcdFailure): boolean {
  return kind === 'broken' || (kind === 'status' && facts.errorClass === 'unavailable');
}

/** One watch on one connection; throws EtcdFailure when it ends, for it never ends by itself. */
async function* responses(
  request: WatchRequest,
  { pool, caller, stop }: WatchSurroundings,
  deadline: number,
): AsyncGenerator<WatchResponse> {
  const connection = await pool.connection(deadline);
  const { url } = connection.endpoint;
  const token = await caller.token(connection, deadline);
  const inbox = openInbox();
  const call = connection.call({
    ...{ path: '/etcdserverpb.Watch/Watch', message: encodeWatch(request), token },
    onBytes: frameReader((message) => inbox.put(decodeWatch(message))),
  });
  const ended = () => new EtcdFailure('broken', url, `etcd at ${url}: it ended the watch`);
  call.done.then(() => inbox.fail(ended()), inbox.fail);
  const late = () =>
    inbox.fail(new EtcdFailure('timeout', url, `etcd at ${url}: it does not set up the watch in time`));
  const timer = setTimeout(late, Math.max(1, deadline - performance.now()));
  const stopped = () => inbox.fail(new EtcdFailure('cancelled', url, 'the watch is not wanted any more'));
  stop?.addEventListener('abort', stopped, { once: true });
  if (stop?.aborted) stopped();
  try {
    for (;;) {
      const response = await inbox.take();
      clearTimeout(timer);
      if (response.canceled) throw cancelled(response, url);
      yield response;
    }
  } catch (error) {
    const failure = asFailure(error);
    if (isTokenRefused(failure)) caller.forgetToken(token);
    else if (isPassing(failure)) pool.avoid(connection);
    throw failure;
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener('abort', stopped);
    call.cancel();
  }
}

/** etcd ends a watch in a response, and the stream stays. */
function cancelled({ compactRevision, cancelReason }: WatchResponse, url: string): EtcdFailure {
  if (compactRevision > 0n) {
    const failure = statusFailure(url, Status.outOfRange, 'required revision has been compacted');
    const message = `${failure.message} (everything before revision ${compactRevision} is)`;
    return new EtcdFailure('status', url, message, failure.facts);
  }
  const [, said] = /desc = (.*)$/s.exec(cancelReason) ?? [];
  return statusFailure(url, Status.cancelled, said ?? cancelReason);
}

interface Inbox {
  put(response: WatchResponse): void;
  fail(failure: unknown): void;
  /** The next response; rejects once there is none and the watch has failed. */
  take(): Promise<WatchResponse>;
}

function openInbox(): Inbox {
  const waiting: WatchResponse[] = [];
  let failure: unknown;
  let wake = () => {};
  return {
    put(response) {
      waiting.push(response);
      wake();
    },
    fail(reason) {
      failure ??= reason;
      wake();
    },
    async take() {
      for (;;) {
        const response = waiting.shift();
        if (response) return response;
        if (failure !== undefined) throw failure;
        await new Promise<void>((resume) => (wake = resume));
      }
    },
  };
}
