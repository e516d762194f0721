import type { IncomingHttpHeaders } from 'node:http';

/**
 * How a request may be repeated.
 * - `read`: as often as there is time
 * - `relayed`: a read that the API server hands on, to a kubelet for one; its 5xx are about that other server, and stand
 * - `write`: only where it was certainly not done
 * - `once`: the same for what runs something, but changes nothing that is stored
 */
export type Call = 'read' | 'relayed' | 'write' | 'once';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the server's own path, percent-encoded, with its query. */
  readonly path: string;
  readonly body?: string;
  /** Of the body; JSON unless given. */
  readonly contentType?: string;
  /** JSON unless given. */
  readonly accept?: string;
  /** By its method unless given. */
  readonly call?: Call;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Reads may be made twice. */
export function callOf({ method, call }: HttpRequest): Call {
  return call ?? (method === 'GET' ? 'read' : 'write');
}
