import type { CalicoctlError } from '../core/errors.ts';
import { formatValue } from '../core/errors.ts';
import { maskUserinfo } from './mask.ts';
import { givenAs, type Settings, settingError, settingValue } from './setting.ts';
import type { SettingName } from './settings.ts';
import type { Parsed } from './values.ts';

/** How to reach etcd. Certificates are not read here; see `loadEtcdTls`. */
export interface EtcdSettings {
  /** `http://host:port` or `https://host:port`, each once; empty where SRV records are to be asked. */
  readonly endpoints: readonly string[];
  /** The domain to ask for SRV records. */
  readonly discoverySrv?: string;
  /** Both or neither: half a pair is ignored, as in the reference. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** True where a TLS setting is given, so that servers found by SRV are to be met with TLS. */
  readonly hasTlsSettings: boolean;
}

/** The TLS settings that name files, and those that hold PEM text. */
export const ETCD_TLS_FILES = ['etcdCACertFile', 'etcdCertFile', 'etcdKeyFile'] as const;
export const ETCD_TLS_INLINE = ['etcdCACert', 'etcdCert', 'etcdKey'] as const;

const BOTH: readonly SettingName[] = ['etcdEndpoints', 'etcdDiscoverySrv'];
const ENDPOINT =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:.*@)?(\[[\da-f:.]+(?:%\w+)?\]|[^:/?#[\]\s@]+)?(?::([^/?#]*))?(?:[/?#].*)?$/i;

/** The settings for etcd, checked as far as that goes without a file. */
export function etcdSettings(settings: Settings): EtcdSettings {
  const endpoints = settingValue(settings, 'etcdEndpoints');
  const discoverySrv = settingValue(settings, 'etcdDiscoverySrv');
  if (endpoints !== undefined && discoverySrv !== undefined) {
    const [first, second] = BOTH.map((name) => givenAs(settings, name));
    throw settingError(settings, BOTH, `${first} and ${second} are both set; use only one of them`);
  }
  const hasTlsSettings = [...ETCD_TLS_FILES, ...ETCD_TLS_INLINE].some((name) => settingValue(settings, name));
  const list = readEndpoints(settings, endpoints ?? '', hasTlsSettings ? 'https' : 'http');
  if (list.length === 0 && discoverySrv === undefined) throw noEndpoints(settings);
  const username = settingValue(settings, 'etcdUsername');
  const password = settingValue(settings, 'etcdPassword');
  return {
    endpoints: list,
    hasTlsSettings,
    ...(discoverySrv === undefined ? {} : { discoverySrv }),
    ...(username === undefined || password === undefined ? {} : { credentials: { username, password } }),
  };
}

function noEndpoints(settings: Settings): CalicoctlError {
  const hint =
    'Set ETCD_ENDPOINTS, or etcdEndpoints in the configuration file, e.g. to https://10.0.0.1:2379.';
  return settingError(settings, ['etcdEndpoints', 'datastoreType'], 'no etcd endpoints are given', { hint });
}

function readEndpoints(settings: Settings, list: string, implied: string): string[] {
  const items = list.split(',').map((item) => item.trim());
  const endpoints = items
    .filter((item) => item !== '')
    .map((item) => {
      const parsed = parseEndpoint(item, implied);
      if ('value' in parsed) return parsed.value;
      // A password may hold a comma: then an item is only a piece of it, and only the whole list can be masked safely.
      const shown = formatValue(list.includes('@') ? maskUserinfo(list) : item);
      const message = `${givenAs(settings, 'etcdEndpoints')}: etcd endpoint ${shown} ${parsed.fault}`;
      const hint = 'Endpoints look like https://10.0.0.1:2379 and are separated by commas.';
      throw settingError(settings, ['etcdEndpoints'], message, { hint });
    });
  return [...new Set(endpoints)];
}

/**
 * One endpoint in normal form. etcd's own client dials host and port alone, so a path or user in the URL has no effect,
 * and takes a bare `host:port` for the scheme that the TLS settings call for.
 */
function parseEndpoint(item: string, implied: string): Parsed<string> {
  const match = ENDPOINT.exec(item);
  if (!match || (match[1] === undefined && item.includes('://'))) return { fault: 'is not a URL' };
  const [, given, host = '', port = ''] = match;
  const scheme = (given ?? implied).toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') return { fault: 'must start with http:// or https://' };
  if (host === '') return { fault: 'has no host' };
  if (port === '') return { fault: 'has no port' };
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    return { fault: 'has a port that is not a number from 1 to 65535' };
  }
  return { value: `${scheme}://${host.toLowerCase()}:${Number(port)}` };
}
