/** TLS settings in the form of node:tls, made once for all connections along a route. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import tls, { type ConnectionOptions, checkServerIdentity, createSecureContext } from 'node:tls';
import type { Access, Credentials } from '../access/access.ts';
import { HttpFailure } from './failure.ts';
import { capital } from './faults.ts';
import { hostOf } from './sockets.ts';

/** Where distributions keep the authorities that an administrator trusts. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Authorities of the system; those that came with the run-time where it names none. */
export function systemAuthorities(): string[] {
  for (const path of SYSTEM_BUNDLES) {
    try {
      return [readFileSync(path, 'latin1')];
    } catch {
      // The next distribution's place.
    }
  }
  // Not imported by name: that would have Bun parse them all, at every start.
  return [...tls.rootCertificates];
}

/** Settings of a connection to the server; its certificate is verified against the server name or, for one, address. */
export function serverTls(access: Access, certificate: Credentials['certificate']): ConnectionOptions {
  const host = access.serverName ?? hostOf(access.server);
  const authorities = access.insecure ? undefined : (access.ca ?? systemAuthorities());
  try {
    return {
      secureContext: createSecureContext({
        ...(authorities !== undefined && { ca: authorities }),
        ...certificate,
        minVersion: 'TLSv1.2',
      }),
      ...named(host),
      rejectUnauthorized: !access.insecure,
      ALPNProtocols: ['http/1.1'],
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HttpFailure('certificate', `the TLS certificates or the key cannot be used: ${why}`, {
      hint: `${capital(access.origin)} gives them.`,
    });
  }
}

/** Settings of a connection to an `https:` proxy. The kubeconfig's authority may have signed its certificate too. */
export function proxyTls(proxy: URL, access: Access): ConnectionOptions {
  return {
    ...(access.ca !== undefined && { ca: [access.ca, ...systemAuthorities()] }),
    ...named(hostOf(proxy)),
    rejectUnauthorized: !access.insecure,
  };
}

/** An address must not be sent as server name (RFC 6066). */
function named(host: string): ConnectionOptions {
  return {
    servername: isIP(host) === 0 ? host : '',
    checkServerIdentity: (_name, shown) => checkServerIdentity(host, shown),
  };
}
