import { X509Certificate } from 'node:crypto';
import { REDACTED } from '../redacted.ts';
import type { Span } from './span.ts';

/** Blocks of PEM, bare or in base64: certificates become a description, what is not public goes. */

const BEGIN = '-----BEGIN ';
const END = '-----END ';

/** Longer is no block: something is missing, and what follows is shown again. */
export const LONGEST_BLOCK = 64 * 1024;

/** A block that begins at `start`; `end` is -1 where it does not end in the text. */
export interface Block {
  readonly start: number;
  readonly end: number;
  readonly certificate: boolean;
}

/** The first block at or behind `at` that may not be shown as it is. */
export function findBlock(text: string, at: number): Block | undefined {
  for (let start = text.indexOf(BEGIN, at); start >= 0; start = text.indexOf(BEGIN, start + 1)) {
    const label =
      /^[A-Z0-9 ]{1,60}/.exec(text.slice(start + BEGIN.length, start + BEGIN.length + 60))?.[0] ?? '';
    if (label.trim() === 'PUBLIC KEY') continue;
    return {
      start,
      end: endOfBlock(text, start),
      certificate: /^(?:TRUSTED |X509 )?CERTIFICATE$/.test(label.trim()),
    };
  }
  return undefined;
}

/** Behind the closing line of the block that is open at `at`; -1 where it does not end. */
export function endOfBlock(text: string, at: number): number {
  const end = text.indexOf(END, at);
  if (end < 0) return -1;
  const close = text.slice(end + END.length, end + END.length + 80).indexOf('-----');
  return close < 0 ? text.length : end + END.length + close + 5;
}

/** Blocks that begin and end in the text. Quick where there are many that do not end. */
export function wholeBlocks(text: string): { readonly spans: readonly Span[]; readonly open?: Block } {
  const spans: Span[] = [];
  for (let block = findBlock(text, 0); block !== undefined; block = findBlock(text, block.end)) {
    if (block.end < 0) return { spans, open: block };
    const { start, end, certificate } = block;
    spans.push({
      from: start,
      start,
      end,
      text: certificate ? describeBlock(text.slice(start, end)) : REDACTED,
      until: { type: 'line' },
    });
  }
  return { spans };
}

/** Subject, issuer, names, validity and fingerprint of a certificate in PEM, in one line. */
export function describeBlock(pem: string): string {
  const body = pem.replace(/^.*?-----BEGIN [A-Z0-9 ]+-----/s, '').replace(/-----END .*$/s, '');
  const base64 = body.replace(/\\+[nr]|\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return '<certificate that cannot be read>';
  return describeDer(Buffer.from(base64, 'base64'));
}

function describeDer(der: Uint8Array): string {
  try {
    const certificate = new X509Certificate(der);
    const { subject, issuer, subjectAltName, validFrom, validTo, fingerprint256 } = certificate;
    const parts = [
      `subject ${subject || 'none'}`,
      `issuer ${issuer || 'none'}`,
      ...(subjectAltName ? [`names ${subjectAltName}`] : []),
      `valid from ${validFrom} to ${validTo}`,
      `SHA-256 ${fingerprint256}`,
    ];
    return `<certificate: ${parts
      .join('; ')
      .replaceAll('\n', ', ')
      .replace(/["'\\\p{Cc}]/gu, ' ')}>`;
  } catch {
    return '<certificate that cannot be read>';
  }
}

/** What base64 says, where that is certificates in PEM and nothing else; undefined of anything else. */
export function describeBase64(base64: string): string | undefined {
  if (base64.length > LONGEST_BLOCK * 4) return undefined;
  const text = Buffer.from(base64, 'base64').toString('latin1');
  return describeCertificates(text);
}

/** A description of each certificate, where the text is certificates in PEM and nothing else. */
export function describeCertificates(text: string): string | undefined {
  const { spans, open } = wholeBlocks(text);
  if (spans.length === 0 || open !== undefined) return undefined;
  let at = 0;
  for (const { start, end, text: shown } of spans) {
    if (shown === REDACTED || text.slice(at, start).trim() !== '') return undefined;
    at = end;
  }
  return text.slice(at).trim() === '' ? spans.map((span) => span.text).join(' ') : undefined;
}
