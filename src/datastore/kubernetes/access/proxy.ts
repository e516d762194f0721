import type { Environment } from '../../../config/environment.ts';
import { formatValue } from '../../../core/errors.ts';
import { type Address, parseAddress } from '../../../resources/net/address.ts';
import { containsAddress, parseCidr } from '../../../resources/net/cidr.ts';
import { fault, type Given } from './given.ts';

const SCHEMES: Readonly<Record<string, string>> = {
  'http:': 'http:',
  'https:': 'https:',
  'socks5:': 'socks5:',
  // Names are looked up by the proxy in both, as with Go.
  'socks5h:': 'socks5:',
};

/** The proxy to reach the server through: the one of the cluster's entry always, that of the environment as Go does. */
export function proxyFor(server: URL, ofCluster: Given | undefined, env: Environment): URL | undefined {
  if (ofCluster !== undefined) return proxyUrl(ofCluster, ofCluster.value);
  const names = server.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  const name = names.find((each) => env[each]);
  if (name === undefined || isExempt(server, env['NO_PROXY'] || env['no_proxy'] || '')) return undefined;
  const value = env[name]!;
  // A bare host:port is a proxy that speaks HTTP.
  return proxyUrl({ name, value }, /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
}

function proxyUrl(given: Given, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = SCHEMES[url?.protocol ?? ''];
  // The value is not shown: it may hold a password.
  if (url === undefined || url.hostname === '') throw fault(given, 'is not the URL of a proxy');
  if (scheme === undefined) {
    const message = `has the scheme ${formatValue(url.protocol.slice(0, -1))}; proxies are http, https or socks5`;
    throw fault(given, message);
  }
  return scheme === url.protocol ? url : new URL(text.replace(/^[^:]*:/, scheme));
}

interface Host {
  readonly name: string;
  readonly port: string;
  readonly address: Address | undefined;
}

/** Whether a server is reached without the environment's proxy: this machine always, and what NO_PROXY lists. */
export function isExempt(server: URL, noProxy: string): boolean {
  const name = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const address = parseAddress(name);
  if (name === 'localhost' || (address !== undefined && isLoopback(address))) return true;
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  return noProxy.split(',').some((item) => covers(item.trim().toLowerCase(), { name, port, address }));
}

const LOOPBACK = parseCidr('127.0.0.0/8')!;

function isLoopback(address: Address): boolean {
  return address.family === 4 ? containsAddress(LOOPBACK, address) : address.value === 1n;
}

function covers(item: string, host: Host): boolean {
  if (item === '*') return true;
  const network = parseCidr(item);
  if (network !== undefined) return host.address !== undefined && containsAddress(network, host.address);
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]*)):(\d+)$/.exec(item) ?? [];
  const name = bracketed ?? plain ?? item;
  if (port !== undefined && port !== host.port) return false;
  const address = parseAddress(name);
  if (address !== undefined) {
    return address.family === host.address?.family && address.value === host.address.value;
  }
  return name !== '' && coversName(name, host.name);
}

/** `example.org` covers itself and what is below it, `.example.org` and `*.example.org` only what is below. */
function coversName(item: string, name: string): boolean {
  const suffix = item.replace(/^\*\./, '.');
  if (suffix.startsWith('.')) return name.endsWith(suffix);
  return name === suffix || name.endsWith(`.${suffix}`);
}
