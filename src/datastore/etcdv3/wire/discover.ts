/** Finds the members of a cluster in the DNS. */
import { promises as dns } from 'node:dns';
import { CalicoctlError } from '../../../core/errors.ts';

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
