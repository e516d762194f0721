/** TLS settings in the form of node:tls. */
import { isIP } from 'node:net';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { CalicoctlError } from '../../../core/errors.ts';

/** Certificates and key as PEM text, the rest in the terms of OpenSSL. */
export interface TlsOptions {
  /** Authorities that may sign the server's certificate; those of the system where absent. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** TLS 1.2 by default. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** OpenSSL's names separated by colons. */
  readonly ciphers?: string;
}

function configuration(message: string, cause?: unknown): CalicoctlError {
  return new CalicoctlError('configuration', message, cause === undefined ? {} : { cause });
}

/** Everything of a connection but host and port; throws `configuration` for PEM text that cannot be used. */
export function tlsConnectOptions(options: TlsOptions): ConnectionOptions {
  if ((options.cert === undefined) !== (options.key === undefined)) {
    throw configuration('etcd: a client certificate needs its key, and a key its certificate');
  }
  const material = {
    ...(options.ca !== undefined && { ca: options.ca }),
    ...(options.cert !== undefined && { cert: options.cert, key: options.key! }),
    ...(options.ciphers !== undefined && { ciphers: options.ciphers }),
    minVersion: options.minVersion ?? ('TLSv1.2' as const),
  };
  try {
    createSecureContext(material);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw configuration(`etcd: the TLS certificates or the key cannot be used: ${what}`, error);
  }
  return { ...material, ALPNProtocols: ['h2'], rejectUnauthorized: true };
}

/**
 * The name to ask for. An address must not be sent as server name (RFC 6066); without one both Node and Bun verify the
 * certificate against the host, which for an address means its IP alternative names.
 */
export function serverName(host: string): { servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}
