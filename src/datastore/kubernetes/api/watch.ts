/** Changes after a version, across broken connections. */
import { CalicoctlError } from '../../../core/errors.ts';
import { isObject, parseJson } from '../../../core/json.ts';
import { sleep } from '../http/sleep.ts';
import type { KubeEvent, KubeObject, Selection } from './api.ts';
import type { Caller } from './caller.ts';
import { beginning } from './foreign.ts';
import { linesOf } from './lines.ts';
import { selectionPath } from './paths.ts';

/** The server ends a watch after so many seconds; we go on at once. */
const WATCH_SECONDS = 300;
/** A watch that is silent for longer than the server would let it live has lost its connection. */
const QUIET_MS = (WATCH_SECONDS + 30) * 1000;
/** How long a server is left alone that ended a watch without a word, in milliseconds. */
const PAUSE_MS = 1000;

/** Ends when the consumer stops, also while it waits, or when `closed` aborts. */
export function watchEvents(
  caller: Caller,
  selection: Selection,
  from: string,
  closed: AbortSignal,
): AsyncIterable<KubeEvent> {
  return {
    [Symbol.asyncIterator]() {
      const stop = new AbortController();
      const events = eventsOf(caller, selection, from, AbortSignal.any([stop.signal, closed]));
      return {
        next: () => events.next(),
        // A generator that waits for the next change would leave its consumer waiting too.
        async return() {
          stop.abort();
          return events.return(undefined);
        },
      };
    },
  };
}

async function* eventsOf(
  caller: Caller,
  selection: Selection,
  from: string,
  signal: AbortSignal,
): AsyncGenerator<KubeEvent, undefined, undefined> {
  let version = from;
  while (!signal.aborted) {
    let heard = false;
    try {
      for await (const line of linesOf(await open(caller, selection, version, signal))) {
        const event = eventIn(caller, selection, line);
        if (event === undefined) break;
        heard = true;
        version = event.object.metadata.resourceVersion ?? version;
        if (signal.aborted) return undefined;
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof BrokenStream)) throw error;
    }
    if (!heard) await sleep(PAUSE_MS, signal);
  }
  return undefined;
}

/** The stream ended early; what was seen is known, so it can go on. */
class BrokenStream extends Error {}

async function open(
  caller: Caller,
  selection: Selection,
  version: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const query = {
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: version,
    timeoutSeconds: WATCH_SECONDS,
  };
  const request = { method: 'GET', path: selectionPath(selection, query) } as const;
  const stream = await caller.http.stream(request, QUIET_MS, signal);
  if ('answer' in stream) throw caller.refused({ verb: 'watch', ...selection }, stream.answer);
  return asBroken(stream.chunks);
}

async function* asBroken(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } catch (error) {
    throw new BrokenStream('the watch broke', { cause: error });
  }
}

/** Undefined where the line is incomplete, or the server asks to begin the watch anew. */
function eventIn(caller: Caller, selection: Selection, line: string): KubeEvent | undefined {
  let event: unknown;
  try {
    event = parseJson(line);
  } catch {
    // A connection that breaks in the middle of a line.
    if (line.startsWith('{')) return undefined;
  }
  if (!isObject(event) || !isObject(event['object'])) throw foreignEvent(caller, line);
  const { type, object } = event;
  if (type === 'ERROR') {
    const error = caller.refusedEvent({ verb: 'watch', ...selection }, object);
    if (error !== undefined) throw error;
    return undefined;
  }
  if (!isObject(object['metadata'])) throw foreignEvent(caller, line);
  return { type: type as KubeEvent['type'], object: object as unknown as KubeObject };
}

/** Whoever answers so would answer the same again. */
function foreignEvent({ http: { name, access } }: Caller, line: string): CalicoctlError {
  const message = `Kubernetes API server at ${name}: it answers a watch not as an API server does${beginning(access.hide(line))}`;
  const hint = `Something in between may have answered, or this is no API server; the address is from ${access.origin}.`;
  return new CalicoctlError('datastore', message, { hint });
}
