import { readFile } from 'node:fs/promises';
import { type PemCertificate, readCertificates, readPrivateKey, validityFault } from '../../../config/pem.ts';
import { reasonOf } from '../../../config/system.ts';
import type { Credentials } from './access.ts';
import { type Fields, pathIn, textIn } from './fields.ts';
import { fault, type Given } from './given.ts';

/** A certificate or key: PEM text, or the absolute path of a file with it. */
export type Material = Given & { readonly is: 'text' | 'file' };

/** `<name>-data` in base64, or else the file that `<name>` names. */
export function materialIn(fields: Fields, name: string): Material | undefined {
  const data = textIn(fields, `${name}-data`);
  if (data !== undefined) return { ...data, value: decoded(data), is: 'text' };
  const file = pathIn(fields, name);
  return file && { ...file, is: 'file' };
}

/** The text behind strict base64, line ends within it allowed. Bytes that are no text cannot be PEM and show as such later. */
function decoded(data: Given): string {
  const text = data.value.replace(/[\r\n]+/g, '');
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return Buffer.from(text, 'base64').toString('latin1');
  }
  const hint = data.value.includes('-----BEGIN')
    ? `Give the PEM text through base64, or its file under the name without -data.`
    : 'It must be the PEM text in base64, whole and without blanks.';
  throw fault(data, 'is not base64', { hint });
}

/** The authorities as PEM text. */
export async function authorityOf(material: Material | undefined): Promise<string | undefined> {
  if (material === undefined) return undefined;
  return joined(certificatesOf({ ...material, value: await textOf(material) }));
}

type Identity = NonNullable<Credentials['certificate']>;

/** A client certificate and its key, which must belong together. `owner` is whose they are, for errors. */
export async function identityOf(
  certificate: Material | undefined,
  key: Material | undefined,
): Promise<Identity | undefined> {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined) throw fault(key!, 'is given without a client certificate to go with it');
  if (key === undefined) throw fault(certificate, 'is given without a client key to go with it');
  const [certificateText, keyText] = await Promise.all([textOf(certificate), textOf(key)]);
  return pairOf({ ...certificate, value: certificateText }, { ...key, value: keyText });
}

/** Checks PEM text of a certificate and its key. */
export function pairOf(certificate: Given, key: Given): Identity {
  const certificates = certificatesOf(certificate);
  const privateKey = readPrivateKey(key.value);
  if ('fault' in privateKey) throw fault(key, privateKey.fault);
  if (!certificates[0]!.certificate.checkPrivateKey(privateKey.key)) {
    throw fault(key, `does not belong to the certificate of ${certificate.name}`);
  }
  return { cert: joined(certificates), key: `${privateKey.pem}\n` };
}

/** Throws where the certificate has no chance with a server because of its dates. */
export function checkDates(certificate: Material, { cert }: Identity, now: Date): void {
  const [first] = certificatesOf({ ...certificate, value: cert });
  const expired = validityFault(first!.certificate, now);
  if (expired !== undefined) throw fault(certificate, expired);
}

async function textOf(material: Material): Promise<string> {
  if (material.is === 'text') return material.value;
  try {
    return await readFile(material.value, 'latin1');
  } catch (error) {
    throw fault(material, `cannot be read: ${reasonOf(error)}`);
  }
}

function certificatesOf(given: Given): readonly PemCertificate[] {
  const certificates = readCertificates(given.value);
  if ('fault' in certificates) throw fault(given, certificates.fault);
  return certificates;
}

function joined(certificates: readonly PemCertificate[]): string {
  return certificates.map(({ pem }) => `${pem}\n`).join('');
}
