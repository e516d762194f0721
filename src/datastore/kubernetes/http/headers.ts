import type { OutgoingHttpHeaders } from 'node:http';
import { CALICO_VERSION } from '../../../core/version.ts';
import type { Access, Credentials, Impersonation } from '../access/access.ts';
import { isTunnelled, proxyAuthorization } from './proxy.ts';
import type { HttpRequest } from './request.ts';

const USER_AGENT = `calicoctl/${CALICO_VERSION.replace(/^v/, '')}`;

/** Header values are bytes; ours are UTF-8. */
function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Headers that are the same for every request. */
export function fixedHeaders(access: Access): OutgoingHttpHeaders {
  const { server, proxy, impersonation } = access;
  const forProxy = proxy && !isTunnelled(access) ? proxyAuthorization(proxy) : undefined;
  return {
    Host: server.host,
    Accept: 'application/json',
    // Compressing costs more than it saves on the way to most API servers.
    'Accept-Encoding': 'identity',
    'User-Agent': USER_AGENT,
    ...(forProxy !== undefined && { 'Proxy-Authorization': forProxy }),
    ...(impersonation && impersonationHeaders(impersonation)),
  };
}

function impersonationHeaders({ user, uid, groups, extra }: Impersonation): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = { 'Impersonate-User': bytes(user) };
  if (uid !== undefined) headers['Impersonate-Uid'] = bytes(uid);
  if (groups.length > 0) headers['Impersonate-Group'] = groups.map(bytes);
  for (const [key, values] of Object.entries(extra)) {
    headers[`Impersonate-Extra-${encodeURIComponent(key)}`] = values.map(bytes);
  }
  return headers;
}

/** Headers of one request. */
export function headersOf(
  fixed: OutgoingHttpHeaders,
  { body, accept, contentType = 'application/json' }: HttpRequest,
  { authorization }: Credentials,
): OutgoingHttpHeaders {
  return {
    ...fixed,
    ...(accept !== undefined && { Accept: accept }),
    ...(authorization !== undefined && { Authorization: authorization }),
    ...(body !== undefined && { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) }),
  };
}

export const NO_CREDENTIALS = 'no credentials';

/** What kinds of credentials these are, for errors. */
export function describeCredentials({ authorization, certificate }: Credentials): string {
  const kinds = [
    ...(authorization === undefined
      ? []
      : [/^basic /i.test(authorization) ? 'a user and password' : 'a bearer token']),
    ...(certificate === undefined ? [] : ['a client certificate']),
  ];
  return kinds.length === 0 ? NO_CREDENTIALS : kinds.join(' and ');
}
