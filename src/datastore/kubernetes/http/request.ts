import type { IncomingHttpHeaders } from 'node:http';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the server's own path, percent-encoded, with its query. */
  readonly path: string;
  readonly body?: string;
  /** Of the body; JSON unless given. */
  readonly contentType?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Reads may be made twice. */
export function callOf({ method }: HttpRequest): 'read' | 'write' {
  return method === 'GET' ? 'read' : 'write';
}
