/** Endpoints as users write them. */
import { CalicoctlError } from '../../../core/errors.ts';
import type { Endpoint } from './dial.ts';
import { type TlsOptions, tlsConnectOptions } from './tls.ts';

const DEFAULT_PORT = 2379;

/**
 * `https://host:port`, `http://host:port`, or `host:port`, which is TLS where there are TLS settings, as etcd's own
 * client has it. Throws `configuration`.
 */
export function parseEndpoints(urls: readonly string[], tls: TlsOptions | undefined): readonly Endpoint[] {
  const given = urls.map((url) => url.trim()).filter(Boolean);
  if (given.length === 0) throw new CalicoctlError('configuration', 'no etcd endpoint is given');
  const options = tls && tlsConnectOptions(tls);
  return given.map((text) => {
    const full = text.includes('://') ? text : `${options ? 'https' : 'http'}://${text}`;
    const url = parseUrl(text, full);
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const secure = url.protocol === 'https:';
    // A URL drops the port that is usual for its scheme; here 80 and 443 mean what they say.
    const written = /:(\d+)\/*$/.exec(full)?.[1];
    const port = written === undefined ? DEFAULT_PORT : Number(written);
    const shown = `${url.protocol}//${url.hostname}:${port}`;
    return { url: shown, host, port, ...(secure && { tls: options ?? tlsConnectOptions({}) }) };
  });
}

function parseUrl(text: string, full: string): URL {
  const wrong = (why: string) =>
    new CalicoctlError('configuration', `etcd endpoint "${text.replace(/\/\/[^/@]*@/, '//')}" ${why}`);
  if (!URL.canParse(full)) throw wrong('is not a URL such as https://10.0.0.1:2379');
  const url = new URL(full);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw wrong('has a scheme other than http and https');
  if (url.username || url.password) {
    throw wrong('holds a user name or password; use etcdUsername and etcdPassword instead');
  }
  return url;
}
