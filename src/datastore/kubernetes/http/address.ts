/** Where requests go, in the words of HTTP. */
import type { Access, Credentials } from '../access/access.ts';
import type { Route } from './dial.ts';
import { isTunnelled } from './proxy.ts';

export function routeOf(access: Access, { certificate }: Credentials): Route {
  return { access, ...(certificate && { certificate }) };
}

/** A path below that of the server, as the server knows it. */
export function wholePath({ server }: Access, path: string): string {
  return server.pathname.replace(/\/+$/, '') + path;
}

/** What the first line of a request names: a proxy that passes it on wants the server too. */
export function requestTarget(access: Access, path: string): string {
  const whole = wholePath(access, path);
  return access.proxy === undefined || isTunnelled(access) ? whole : `${access.server.origin}${whole}`;
}

/** The server's URL as it may be shown. */
export function serverName({ server }: Access): string {
  return server.origin + server.pathname.replace(/\/+$/, '');
}
