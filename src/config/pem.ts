import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** The PEM blocks of a text whose label passes. */
function blocks(text: string, accepts: (label: string) => boolean): string[] {
  return [...text.matchAll(BLOCK)].filter(([, label]) => accepts(label!)).map(([block]) => block);
}

/** A certificate with its PEM text. */
export interface PemCertificate {
  readonly pem: string;
  readonly certificate: X509Certificate;
}

/** What is wrong with a PEM text, to follow its name in a sentence. Never holds a part of the text. */
export interface Fault {
  readonly fault: string;
}

/** All certificates of a PEM text, in its order. */
export function readCertificates(text: string): readonly PemCertificate[] | Fault {
  const found = blocks(text, (label) => label === 'CERTIFICATE');
  if (found.length === 0) return { fault: 'holds no certificate in PEM form' };
  try {
    return found.map((pem) => ({ pem, certificate: new X509Certificate(pem) }));
  } catch {
    return { fault: 'holds a damaged certificate' };
  }
}

/** The first private key of a PEM text. */
export function readPrivateKey(text: string): { readonly pem: string; readonly key: KeyObject } | Fault {
  const [pem] = blocks(text, (label) => label.endsWith('PRIVATE KEY'));
  if (pem === undefined) return { fault: 'holds no private key in PEM form' };
  if (pem.includes('BEGIN ENCRYPTED') || pem.includes('Proc-Type: 4,ENCRYPTED')) {
    return { fault: 'holds a private key that is encrypted; give one without a passphrase' };
  }
  try {
    return { pem, key: createPrivateKey(pem) };
  } catch {
    return { fault: 'holds a damaged private key' };
  }
}

/** Why a certificate cannot be used at a time, or undefined. Times are shown in UTC. */
export function validityFault(certificate: X509Certificate, now: Date): string | undefined {
  const from = new Date(certificate.validFrom);
  const to = new Date(certificate.validTo);
  if (now < from) return `is not valid before ${from.toISOString()}`;
  return now > to ? `expired on ${to.toISOString()}` : undefined;
}
