/** Endpoints as users write them, and where to find them in the DNS. */
import { promises as dns } from 'node:dns';
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

/**
 * The members that the DNS names for a domain: SRV records of `_etcd-client-ssl._tcp`, then of `_etcd-client._tcp`, as
 * URLs in the order of their priority. Throws `configuration` where there is none.
 */
export async function discoverEndpoints(
  domain: string,
  resolve: (
    name: string,
  ) => Promise<readonly { name: string; port: number; priority: number }[]> = dns.resolveSrv,
): Promise<readonly string[]> {
  const failures: unknown[] = [];
  const lookUp = async (service: string, scheme: string) => {
    try {
      const records = await resolve(`_${service}._tcp.${domain}`);
      const sorted = [...records].sort((a, b) => a.priority - b.priority);
      return sorted.map(({ name, port }) => `${scheme}://${name.replace(/\.$/, '')}:${port}`);
    } catch (error) {
      failures.push(error);
      return [];
    }
  };
  const found = await Promise.all([lookUp('etcd-client-ssl', 'https'), lookUp('etcd-client', 'http')]);
  const urls = found.flat();
  if (urls.length > 0) return urls;
  throw new CalicoctlError('configuration', `the DNS names no etcd servers for ${domain}`, {
    cause: failures[0],
    hint: `There must be SRV records for _etcd-client-ssl._tcp.${domain} or _etcd-client._tcp.${domain}.`,
  });
}
