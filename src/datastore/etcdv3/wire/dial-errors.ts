/** Errors of sockets, of TLS and of HTTP/2 in words. Node and Bun name the same fault differently. */
import { EtcdFailure, type FailureKind } from './errors.ts';

/** How far the connection had come, and what was asked of it. */
export interface DialState {
  readonly endpoint: string;
  readonly host: string;
  readonly secure: boolean;
  readonly clientCertificate: boolean;
  /** TCP is connected; for TLS the handshake is done from our side. */
  readonly connected: boolean;
}

interface Rule {
  readonly code: RegExp;
  readonly kind: FailureKind;
  readonly message: string | ((state: DialState, error: Error) => string);
  readonly hint?: string | ((state: DialState) => string);
}

const CLIENT_CERTIFICATE = (state: DialState): string =>
  state.clientCertificate
    ? 'The client certificate must be signed by the authority that etcd trusts and must not have expired.'
    : 'Set etcdCertFile and etcdKeyFile, or ETCD_CERT_FILE and ETCD_KEY_FILE.';

const RULES: readonly Rule[] = [
  {
    code: /ECONNREFUSED|ConnectionRefused/,
    kind: 'refused',
    message: 'connection refused',
    hint: 'Check that etcd runs there and that the port is right.',
  },
  {
    code: /ENOTFOUND|EAI_AGAIN|DNS_|ENODATA|ESERVFAIL/,
    kind: 'unknown-host',
    message: ({ host }) => `the host name ${host} cannot be resolved`,
  },
  {
    code: /EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN/,
    kind: 'unreachable',
    message: 'no route to the host',
  },
  {
    code: /ETIMEDOUT|ERR_SOCKET_CONNECTION_TIMEOUT/,
    kind: 'timeout',
    message: 'no answer to the connection attempt',
  },
  {
    code: /ALTNAME_INVALID/,
    kind: 'certificate',
    message: ({ host }, error) =>
      `its certificate is not for ${host} (${error.message.replace(/^.*altnames: /, '')})`,
    hint: 'Use the name or address in the certificate as endpoint.',
  },
  { code: /CERT_HAS_EXPIRED/, kind: 'certificate', message: 'its certificate has expired' },
  { code: /CERT_NOT_YET_VALID/, kind: 'certificate', message: 'its certificate is not valid yet' },
  {
    code: /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED|SIGNATURE_FAILURE|CERT_UNTRUSTED/,
    kind: 'certificate',
    message: 'its certificate is signed by an authority that is not trusted here',
    hint: 'Set etcdCACertFile or ETCD_CA_CERT_FILE to the certificate of the authority.',
  },
  {
    code: /ALERT_BAD_CERTIFICATE|CERTIFICATE_REQUIRED|ALERT_UNKNOWN_CA|ALERT_CERTIFICATE|ALERT_DECRYPT_ERROR/,
    kind: 'certificate',
    message: ({ clientCertificate }) =>
      clientCertificate ? 'it refuses our client certificate' : 'it requires a client certificate',
    hint: CLIENT_CERTIFICATE,
  },
  {
    code: /HANDSHAKE_FAILURE|PROTOCOL_VERSION|NO_CIPHERS|UNSUPPORTED_PROTOCOL|INSUFFICIENT_SECURITY/,
    kind: 'certificate',
    message: 'no TLS version and cipher in common',
    hint: 'See TLS_MIN_VERSION and TLS_CIPHER_SUITES.',
  },
  {
    code: /NO_APPLICATION_PROTOCOL/,
    kind: 'not-etcd',
    message: 'it does not offer HTTP/2, which etcd speaks',
  },
  {
    code: /WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|UNEXPECTED_MESSAGE|INVALID_RECORD/,
    kind: 'not-etcd',
    message: 'it does not speak TLS',
    hint: 'Is http:// meant instead of https://?',
  },
];

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** A failure while connecting, before etcd's first word. */
export function dialFailure(state: DialState, error: Error): EtcdFailure {
  const rule = RULES.find(({ code }) => code.test(codeOf(error))) ?? unnamed(state, error);
  const message = typeof rule.message === 'string' ? rule.message : rule.message(state, error);
  const hint = typeof rule.hint === 'function' ? rule.hint(state) : rule.hint;
  return new EtcdFailure(rule.kind, state.endpoint, `etcd at ${state.endpoint}: ${message}`, {
    cause: error,
    ...(hint && { hint }),
  });
}

/** A bare hang-up, or bytes that are not HTTP/2: what it means depends on how far we had come. */
function unnamed(state: DialState, error: Error): Omit<Rule, 'code'> {
  const code = codeOf(error);
  if (/ERR_HTTP2|ERR_SSL|EPROTO/.test(code)) {
    return state.secure
      ? { kind: 'not-etcd', message: `it does not speak HTTP/2 over TLS (${code})` }
      : { kind: 'not-etcd', message: 'it does not speak plain HTTP/2', hint: 'Is https:// meant?' };
  }
  if (!/ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE/.test(code)) {
    return { kind: 'broken', message: error.message || code || 'the connection attempt failed' };
  }
  if (!state.connected) return { kind: 'broken', message: 'it hung up', hint: tlsHint(state) };
  if (state.secure && !state.clientCertificate) {
    const message = 'it hung up after the TLS handshake; it may require a client certificate';
    return { kind: 'broken', message, hint: CLIENT_CERTIFICATE(state) };
  }
  return { kind: 'broken', message: 'it hung up', hint: tlsHint(state) };
}

function tlsHint({ secure }: DialState): string {
  return secure
    ? 'Check that the port speaks TLS (is http:// meant?).'
    : 'Check that the port does not speak TLS (is https:// meant?).';
}
