/** Why a server's certificate is not accepted, in words. */
import type { PeerCertificate } from 'node:tls';
import { codeOf, type SocketFault, socketFault } from '../../socket-faults.ts';
import { HttpFailure } from './failure.ts';
import { capital, type Peer } from './faults.ts';

export type ServerCertificate = Pick<
  PeerCertificate,
  'subject' | 'issuer' | 'subjectaltname' | 'valid_from' | 'valid_to'
>;

const FAULTS: ReadonlySet<SocketFault | undefined> = new Set([
  'wrong-name',
  'expired',
  'not-yet-valid',
  'untrusted',
]);
/** Rarer faults, told in the library's words. */
const REFUSED = /CERT_REVOKED|INVALID_PURPOSE|CERT_REJECTED/;

/** True where the server's certificate is at fault. */
export function isCertificateFault(error: unknown): error is Error {
  return error instanceof Error && (FAULTS.has(socketFault(error)) || REFUSED.test(codeOf(error)));
}

/** `shown` is the server's certificate where it could be had. */
export function certificateFault(
  peer: Peer,
  error: Error,
  shown: ServerCertificate | undefined,
): HttpFailure {
  const { message, hint } = describe(peer, error, shown);
  return new HttpFailure('certificate', message, { cause: error, hint });
}

function describe(
  { host, origin }: Peer,
  error: Error,
  shown: ServerCertificate | undefined,
): { message: string; hint: string } {
  const fault = socketFault(error);
  if (fault === 'wrong-name') {
    const names = namesOf(shown);
    return {
      message: `its certificate is not for ${host}${names.length === 0 ? '' : ` but for ${names.join(', ')}`}`,
      hint: `Use a name of the certificate as server or as tls-server-name in ${origin}.`,
    };
  }
  if (fault === 'expired') {
    return {
      message: `its certificate has expired${shown ? ` on ${dateOf(shown.valid_to)}` : ''}`,
      hint: 'The server needs a new certificate; check the clock here too.',
    };
  }
  if (fault === 'not-yet-valid') {
    return {
      message: `its certificate is not valid${shown ? ` before ${dateOf(shown.valid_from)}` : ' yet'}`,
      hint: 'Check the clocks of the server and of this machine.',
    };
  }
  if (fault !== 'untrusted')
    return {
      message: `its certificate is refused: ${error.message}`,
      hint: `${capital(origin)} names the server.`,
    };
  return {
    message: untrusted(codeOf(error), shown),
    hint: `Give the certificate of the authority as certificate-authority in ${origin}, or as K8S_CA_FILE.`,
  };
}

function untrusted(code: string, shown: ServerCertificate | undefined): string {
  if (/DEPTH_ZERO_SELF_SIGNED/.test(code)) return 'its certificate is signed by itself, and not trusted here';
  const issuer = one(shown?.issuer?.CN);
  const who = issuer === undefined ? 'an authority' : `the authority ${JSON.stringify(issuer)}`;
  return `its certificate is signed by ${who}, which is not trusted here`;
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Host names and addresses that a certificate is good for. */
function namesOf(shown: ServerCertificate | undefined): string[] {
  const names = (shown?.subjectaltname ?? '').split(', ').filter((name) => name !== '');
  if (names.length > 0) return names.map((name) => name.replace(/^(DNS|IP Address|URI|email):/, ''));
  const common = one(shown?.subject?.CN);
  return common === undefined ? [] : [common];
}

function dateOf(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString().replace('.000', '');
}
