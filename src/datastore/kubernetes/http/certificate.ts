/** Why a server's certificate is not accepted, in words. */
import type { PeerCertificate } from 'node:tls';
import { HttpFailure } from './failure.ts';
import { capital, codeOf, type Peer } from './faults.ts';

export type ServerCertificate = Pick<
  PeerCertificate,
  'subject' | 'issuer' | 'subjectaltname' | 'valid_from' | 'valid_to'
>;

const UNTRUSTED =
  /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED|SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA|CERT_SIGNATURE/;
const FAULT = new RegExp(
  `ALTNAME_INVALID|CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|CERT_REVOKED|INVALID_PURPOSE|${UNTRUSTED.source}`,
);

export function isCertificateFault(error: unknown): error is Error {
  return error instanceof Error && FAULT.test(codeOf(error));
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
  const code = codeOf(error);
  if (/ALTNAME_INVALID/.test(code)) {
    const names = namesOf(shown);
    return {
      message: `its certificate is not for ${host}${names.length === 0 ? '' : ` but for ${names.join(', ')}`}`,
      hint: `Use a name of the certificate as server or as tls-server-name in ${origin}.`,
    };
  }
  if (/CERT_HAS_EXPIRED/.test(code)) {
    return {
      message: `its certificate has expired${shown ? ` on ${dateOf(shown.valid_to)}` : ''}`,
      hint: 'The server needs a new certificate; check the clock here too.',
    };
  }
  if (/CERT_NOT_YET_VALID/.test(code)) {
    return {
      message: `its certificate is not valid${shown ? ` before ${dateOf(shown.valid_from)}` : ' yet'}`,
      hint: 'Check the clocks of the server and of this machine.',
    };
  }
  if (!UNTRUSTED.test(code))
    return {
      message: `its certificate is refused: ${error.message}`,
      hint: `${capital(origin)} names the server.`,
    };
  return {
    message: untrusted(code, shown),
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
