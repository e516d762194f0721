/** Faults of sockets and of TLS in words. */
import {
  clientCertificateFault,
  codeOf,
  FAULT_WORDS,
  type SocketFault,
  socketFault,
  unknownHost,
} from '../../socket-faults.ts';
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
  readonly kind: FailureKind;
  readonly message: (peer: Peer) => string;
  readonly hint?: (peer: Peer) => string;
}

const RULES: Readonly<Partial<Record<SocketFault | 'not-http', Rule>>> = {
  refused: {
    kind: 'refused',
    message: () => FAULT_WORDS.refused,
    hint: ({ origin }) =>
      `Check that the server runs there and that the port is right; the address is from ${origin}.`,
  },
  'unknown-host': {
    kind: 'unknown-host',
    message: ({ host }) => unknownHost(host),
    hint: ({ origin }) => `Check the address and the name servers; the address is from ${origin}.`,
  },
  unreachable: {
    kind: 'unreachable',
    message: () => FAULT_WORDS.unreachable,
    hint: ({ origin }) => `Check the network; the address is from ${origin}.`,
  },
  'no-answer': {
    kind: 'timeout',
    message: () => FAULT_WORDS['no-answer'],
    hint: ({ origin }) => `Check the network and firewalls; the address is from ${origin}.`,
  },
  'client-certificate': {
    kind: 'certificate',
    message: ({ clientCertificate }) => clientCertificateFault(clientCertificate),
    hint: ({ clientCertificate, origin }) =>
      clientCertificate
        ? `The client certificate of ${origin} must be signed by the authority that the server trusts and must not have expired.`
        : `${capital(origin)} must give a client certificate and its key.`,
  },
  'no-common-tls': { kind: 'certificate', message: () => FAULT_WORDS['no-common-tls'] },
  'not-tls': {
    kind: 'not-http',
    message: () => FAULT_WORDS['not-tls'],
    hint: ({ origin }) => `Is http:// meant instead of https://? The address is from ${origin}.`,
  },
  'not-http': {
    kind: 'not-http',
    message: ({ secure }) => `it does not speak HTTP${secure ? ' over TLS' : ''}`,
    hint: ({ origin, secure }) =>
      `${secure ? '' : 'Is https:// meant instead of http://? '}The address is from ${origin}.`,
  },
};

/** What parsers of HTTP call what is none. */
const NOT_HTTP = /^HPE_|ERR_HTTP|MALFORMED|InvalidHTTPResponse/i;

/** The first letter as a sentence begins. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** What an error of a socket means; a connection that broke where nothing says more. */
export function faultOf(peer: Peer, error: Error, sent: boolean): HttpFailure {
  const fault = NOT_HTTP.test(codeOf(error)) ? 'not-http' : socketFault(error);
  const rule = fault && RULES[fault];
  if (rule === undefined) return hangUp(peer, error, sent);
  const hint = rule.hint?.(peer);
  return new HttpFailure(rule.kind, rule.message(peer), {
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
