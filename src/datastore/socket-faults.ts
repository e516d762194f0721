/** What errors of sockets and of TLS mean. Node and Bun name the same fault differently. */

export type SocketFault =
  | 'refused'
  | 'unknown-host'
  | 'unreachable'
  | 'no-answer'
  | 'wrong-name'
  | 'expired'
  | 'not-yet-valid'
  | 'untrusted'
  | 'client-certificate'
  | 'no-common-tls'
  | 'not-tls';

const CODES: Readonly<Record<SocketFault, RegExp>> = {
  refused: /ECONNREFUSED|ConnectionRefused/,
  'unknown-host': /ENOTFOUND|EAI_AGAIN|DNS_|ENODATA|ESERVFAIL/,
  unreachable: /EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN/,
  'no-answer': /ETIMEDOUT|ERR_SOCKET_CONNECTION_TIMEOUT/,
  'wrong-name': /ALTNAME_INVALID/,
  expired: /CERT_HAS_EXPIRED/,
  'not-yet-valid': /CERT_NOT_YET_VALID/,
  untrusted: /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED|SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA/,
  'client-certificate':
    /ALERT_BAD_CERTIFICATE|CERTIFICATE_REQUIRED|ALERT_UNKNOWN_CA|ALERT_CERTIFICATE|ALERT_DECRYPT_ERROR/,
  'no-common-tls': /HANDSHAKE_FAILURE|PROTOCOL_VERSION|NO_CIPHERS|UNSUPPORTED_PROTOCOL|INSUFFICIENT_SECURITY/,
  'not-tls': /WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|UNEXPECTED_MESSAGE|INVALID_RECORD/,
};

/** Undefined where the code says too little: a connection that broke, or an error of something else. */
export function socketFault(error: Error): SocketFault | undefined {
  const code = codeOf(error);
  return (Object.keys(CODES) as SocketFault[]).find((fault) => CODES[fault].test(code));
}

/** Name of a system or library error, the empty text where it has none; some of OpenSSL's stand in the message only. */
export function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  const name = typeof code === 'string' ? code : '';
  const reason = /:SSL routines:[^:]*:([^:]+)/.exec(error.message)?.[1];
  return reason === undefined ? name : `${name} ${reason.toUpperCase().replaceAll(' ', '_')}`;
}

/** The faults that need no further words. */
export const FAULT_WORDS = {
  refused: 'connection refused',
  unreachable: 'no route to the host',
  'no-answer': 'no answer to the connection attempt',
  'no-common-tls': 'no TLS version and cipher in common',
  'not-tls': 'it does not speak TLS',
} as const satisfies Partial<Record<SocketFault, string>>;

/** Of `unknown-host`. */
export function unknownHost(host: string): string {
  return `the host name ${host} cannot be resolved`;
}

/** Of `client-certificate`: whether we showed one decides what is wrong. */
export function clientCertificateFault(shown: boolean): string {
  return shown ? 'it refuses our client certificate' : 'it requires a client certificate';
}
