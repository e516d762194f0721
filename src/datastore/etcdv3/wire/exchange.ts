/** One gRPC call on one HTTP/2 stream. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import { EtcdFailure, statusFailure } from './errors.ts';
import { frame } from './frames.ts';

export interface Request {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly message: Uint8Array;
  /** Log-in token of etcd. */
  readonly token?: string | undefined;
  /** Milliseconds after which etcd need not go on; absent keeps the sending side open, as a watch needs it. */
  readonly timeoutMs?: number;
  /** Takes what etcd sends, in its frames, as it comes; throws MalformedMessage. */
  readonly onBytes: (chunk: Uint8Array) => void;
}

export interface Exchange {
  /** Settles when the call is over; rejects with EtcdFailure. */
  readonly done: Promise<void>;
  /** Something may have reached etcd. */
  readonly started: boolean;
  /** Throws where the session takes no more streams. */
  start(session: ClientHttp2Session): void;
  /** Breaks off; `done` rejects with this unless it is settled. */
  fail(failure: EtcdFailure): void;
}

interface Surroundings {
  readonly endpoint: string;
  /** Called whenever something arrives. */
  heard(): void;
  /** The stream ended without a status; was it possibly carried out? */
  mayBeDone(stream: ClientHttp2Stream): boolean;
}

function headersOf({ path, token, timeoutMs }: Request): Record<string, string> {
  return {
    ...{ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
    ...{ 'user-agent': 'calicoctl' },
    ...(timeoutMs !== undefined && { 'grpc-timeout': `${Math.ceil(timeoutMs)}m` }),
    ...(token && { token }),
  };
}

/** A call that has not begun. */
export function exchange(request: Request, around: Surroundings): Exchange {
  let stream: ClientHttp2Stream | undefined;
  let settle: (failure?: EtcdFailure) => void = () => {};
  const done = new Promise<void>((succeed, fail) => {
    settle = (failure) => (failure ? fail(failure) : succeed());
  });
  return {
    done,
    get started() {
      return stream !== undefined;
    },
    start(session) {
      stream = session.request(headersOf(request), { endStream: false });
      receive(stream, request, around, settle);
      if (request.timeoutMs === undefined) stream.write(frame(request.message));
      else stream.end(frame(request.message));
    },
    fail(failure) {
      settle(failure);
      stream?.close(constants.NGHTTP2_CANCEL);
    },
  };
}

/** etcd's status is in the trailers, or in the headers where there is nothing else. */
function receive(
  stream: ClientHttp2Stream,
  { onBytes }: Request,
  { endpoint, heard, mayBeDone }: Surroundings,
  settle: (failure?: EtcdFailure) => void,
): void {
  let outcome: { failure?: EtcdFailure } | undefined;
  const noteStatus = (headers: IncomingHttpHeaders) => {
    heard();
    outcome ??= statusOf(headers, endpoint);
  };
  const finish = () => {
    const why = `etcd at ${endpoint}: the connection broke off`;
    const brokenOff = () => new EtcdFailure('broken', endpoint, why, { sent: mayBeDone(stream) });
    settle(outcome ? outcome.failure : brokenOff());
  };
  stream.on('response', noteStatus);
  stream.on('trailers', noteStatus);
  stream.on('data', (chunk: Uint8Array) => {
    heard();
    try {
      onBytes(chunk);
    } catch (cause) {
      const what = cause instanceof Error ? cause.message : String(cause);
      outcome = {
        failure: new EtcdFailure('not-etcd', endpoint, `etcd at ${endpoint}: ${what}`, { cause, sent: true }),
      };
      stream.close(constants.NGHTTP2_CANCEL);
    }
  });
  stream.on('end', () => {
    if (outcome) finish();
  });
  stream.on('error', finish);
  stream.on('close', finish);
}

function statusOf(headers: IncomingHttpHeaders, endpoint: string): { failure?: EtcdFailure } | undefined {
  const http = headers[':status'];
  if (http !== undefined && Number(http) !== 200) {
    const message = `etcd at ${endpoint}: HTTP status ${http}, so it is no etcd server or a proxy before it`;
    return { failure: new EtcdFailure('not-etcd', endpoint, message, { sent: true }) };
  }
  const status = headers['grpc-status'];
  if (status === undefined) return undefined;
  if (status === '0') return {};
  return {
    failure: statusFailure(endpoint, Number(status), percentDecoded(String(headers['grpc-message'] ?? ''))),
  };
}

/** gRPC percent-encodes what is not printable ASCII; text that is no valid encoding is taken as it is. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
