/** Errors of sockets, of TLS and of HTTP/2 in words. */
import {
  clientCertificateFault,
  codeOf,
  FAULT_WORDS,
  type SocketFault,
  socketFault,
  unknownHost,
} from '../../socket-faults.ts';
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
  readonly kind: FailureKind;
  readonly message: string | ((state: DialState, error: Error) => string);
  readonly hint?: string | ((state: DialState) => string);
}

const CLIENT_CERTIFICATE = (state: DialState): string =>
  state.clientCertificate
    ? 'The client certificate must be signed by the authority that etcd trusts and must not have expired.'
    : 'Set etcdCertFile and etcdKeyFile, or ETCD_CERT_FILE and ETCD_KEY_FILE.';

const RULES: Readonly<Record<SocketFault, Rule>> = {
  refused: {
    kind: 'refused',
    message: FAULT_WORDS.refused,
    hint: 'Check that etcd runs there and that the port is right.',
  },
  'unknown-host': { kind: 'unknown-host', message: ({ host }) => unknownHost(host) },
  unreachable: { kind: 'unreachable', message: FAULT_WORDS.unreachable },
  'no-answer': { kind: 'timeout', message: FAULT_WORDS['no-answer'] },
  'wrong-name': {
    kind: 'certificate',
    message: ({ host }, error) =>
      `its certificate is not for ${host} (${error.message.replace(/^.*altnames: /, '')})`,
    hint: 'Use the name or address in the certificate as endpoint.',
  },
  expired: { kind: 'certificate', message: 'its certificate has expired' },
  'not-yet-valid': { kind: 'certificate', message: 'its certificate is not valid yet' },
  untrusted: {
    kind: 'certificate',
    message: 'its certificate is signed by an authority that is not trusted here',
    hint: 'Set etcdCACertFile or ETCD_CA_CERT_FILE to the certificate of the authority.',
  },
  'client-certificate': {
    kind: 'certificate',
    message: ({ clientCertificate }) => clientCertificateFault(clientCertificate),
    hint: CLIENT_CERTIFICATE,
  },
  'no-common-tls': {
    kind: 'certificate',
    message: FAULT_WORDS['no-common-tls'],
    hint: 'See TLS_MIN_VERSION and TLS_CIPHER_SUITES.',
  },
  'not-tls': {
    kind: 'not-etcd',
    message: FAULT_WORDS['not-tls'],
    hint: 'Is http:// meant instead of https://?',
  },
};

/** A failure while connecting, before etcd's first word. */
export function dialFailure(state: DialState, error: Error): EtcdFailure {
  const fault = socketFault(error);
  const rule = fault === undefined ? unnamed(state, error) : RULES[fault];
  const message = typeof rule.message === 'string' ? rule.message : rule.message(state, error);
  const hint = typeof rule.hint === 'function' ? rule.hint(state) : rule.hint;
  return new EtcdFailure(rule.kind, state.endpoint, `etcd at ${state.endpoint}: ${message}`, {
    cause: error,
    ...(hint && { hint }),
  });
}

/** A bare hang-up, or bytes that are not HTTP/2: what it means depends on how far we had come. */
function unnamed(state: DialState, error: Error): Rule {
  const code = codeOf(error);
  if (/NO_APPLICATION_PROTOCOL/.test(code)) {
    return { kind: 'not-etcd', message: 'it does not offer HTTP/2, which etcd speaks' };
  }
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
