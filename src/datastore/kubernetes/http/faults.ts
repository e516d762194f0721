/** Faults of sockets and of TLS in words. Node and Bun name the same fault differently. */
import { type FailureKind, HttpFailure } from './failure.ts';

/** Whom we were connecting to, and how. */
export interface Peer {
  readonly host: string;
  readonly secure: boolean;
  readonly clientCertificate: boolean;
  /** Where the address is from: `context "prod" of /home/me/.kube/config`. */
  readonly origin: string;
}

interface Rule {
  readonly code: RegExp;
  readonly kind: FailureKind;
  readonly message: (peer: Peer, error: Error) => string;
  readonly hint?: (peer: Peer) => string;
}

const RULES: readonly Rule[] = [
  {
    code: /ECONNREFUSED|ConnectionRefused/,
    kind: 'refused',
    message: () => 'connection refused',
    hint: ({ origin }) =>
      `Check that the server runs there and that the port is right; the address is from ${origin}.`,
  },
  {
    code: /ENOTFOUND|EAI_AGAIN|DNS_|ENODATA|ESERVFAIL/,
    kind: 'unknown-host',
    message: ({ host }) => `the host name ${host} cannot be resolved`,
    hint: ({ origin }) => `Check the address and the name servers; the address is from ${origin}.`,
  },
  {
    code: /EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL/,
    kind: 'unreachable',
    message: () => 'no route to the host',
    hint: ({ origin }) => `Check the network; the address is from ${origin}.`,
  },
  {
    code: /ETIMEDOUT|ERR_SOCKET_CONNECTION_TIMEOUT/,
    kind: 'timeout',
    message: () => 'no answer to the connection attempt',
    hint: ({ origin }) => `Check the network and firewalls; the address is from ${origin}.`,
  },
  {
    code: /ALERT_BAD_CERTIFICATE|CERTIFICATE_REQUIRED|ALERT_UNKNOWN_CA|ALERT_CERTIFICATE|ALERT_DECRYPT_ERROR/,
    kind: 'certificate',
    message: ({ clientCertificate }) =>
      clientCertificate ? 'it refuses our client certificate' : 'it requires a client certificate',
    hint: ({ clientCertificate, origin }) =>
      clientCertificate
        ? `The client certificate of ${origin} must be signed by the authority that the server trusts and must not have expired.`
        : `${capital(origin)} must give a client certificate and its key.`,
  },
  {
    code: /HANDSHAKE_FAILURE|PROTOCOL_VERSION|NO_CIPHERS|UNSUPPORTED_PROTOCOL|INSUFFICIENT_SECURITY/,
    kind: 'certificate',
    message: () => 'no TLS version and cipher in common',
  },
  {
    code: /WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|UNEXPECTED_MESSAGE|INVALID_RECORD|EPROTO/,
    kind: 'not-http',
    message: () => 'it does not speak TLS',
    hint: ({ origin }) => `Is http:// meant instead of https://? The address is from ${origin}.`,
  },
  {
    code: /^HPE_|ERR_HTTP|MALFORMED|InvalidHTTPResponse/i,
    kind: 'not-http',
    message: ({ secure }) => `it does not speak HTTP${secure ? ' over TLS' : ''}`,
    hint: ({ origin, secure }) =>
      `${secure ? '' : 'Is https:// meant instead of http://? '}The address is from ${origin}.`,
  },
];

/** The first letter as a sentence begins. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Name of a system or library error; Node tells some only in the message. */
export function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  const name = typeof code === 'string' ? code : '';
  const reason = /:SSL routines:[^:]*:([^:]+)/.exec(error.message)?.[1];
  return reason === undefined ? name : `${name} ${reason.toUpperCase().replaceAll(' ', '_')}`;
}

/** What an error of a socket means; a connection that broke where nothing says more. */
export function faultOf(peer: Peer, error: Error, sent: boolean): HttpFailure {
  const code = codeOf(error);
  const rule = RULES.find((each) => each.code.test(code));
  if (rule === undefined) return hangUp(peer, error, sent);
  const hint = rule.hint?.(peer);
  return new HttpFailure(rule.kind, rule.message(peer, error), {
    cause: error,
    // A handshake that fails on our certificate shows after TLS 1.3 let us send; the server read nothing of it.
    sent: sent && rule.kind !== 'certificate',
    ...(hint && { hint }),
  });
}

function hangUp({ secure, clientCertificate, origin }: Peer, cause: Error, sent: boolean): HttpFailure {
  const isHangUp = /ECONNRESET|EPIPE|ERR_SOCKET_CLOSED|ERR_STREAM|ABORT/.test(codeOf(cause));
  if (sent) {
    const why = isHangUp ? '' : `: ${cause.message}`;
    // Some servers hang up on certificates that they do not trust, without a word.
    const hint = `If it does so every time, it may not trust the client certificate of ${origin}.`;
    return new HttpFailure('broken', `the connection broke before the answer came${why}`, {
      ...{ cause, sent },
      ...(clientCertificate && { hint }),
    });
  }
  const protocol = secure
    ? 'Check that the port speaks TLS (is http:// meant?)'
    : 'Check that the port does not speak TLS (is https:// meant?)';
  const hint = `${protocol}; the address is from ${origin}.`;
  return new HttpFailure('broken', isHangUp ? 'it hung up' : cause.message, { cause, sent, hint });
}
