import { REDACTED } from '../redacted.ts';
import { describeBase64 } from './pem.ts';
import type { Span, Until } from './span.ts';

/** Secrets that show by their own form, whatever stands before them. Every pattern begins with something rare and is bounded. */

interface Pattern {
  /** Global. The named group `secret` is what goes; without one, everything. */
  readonly find: RegExp;
  readonly goesOn: RegExp;
  /** What stands there instead; undefined to leave it. */
  readonly as?: (secret: string) => string | undefined;
}

const BASE64_END = /[^A-Za-z0-9+/=]/g;
const TOKEN_END = /[^\w.~+/=-]/g;
const WORD_END = /[^\w-]/g;

const PATTERNS: readonly Pattern[] = [
  // JSON web tokens, and those in base64 once more, as secrets of service accounts hold them.
  { find: /eyJ[\w-]{5,700}\.(?:eyJ)?[\w-]{4,}(?:\.[\w-]*){0,3}/g, goesOn: /[^\w.-]/g },
  { find: /ZXlKaGJHY2lPaU[A-Za-z0-9+/]{20,}={0,2}/g, goesOn: BASE64_END },
  {
    find: /\bbearer(?:\s|%20){1,4}(?<secret>[\w.~+/=-]{8,})/gi,
    goesOn: TOKEN_END,
    as: (secret) => (/^[a-z]+[.,]?$/.test(secret) ? undefined : REDACTED),
  },
  {
    find: /\bbasic\s{1,4}(?<secret>[A-Za-z0-9+/]{4,}={0,2})/gi,
    goesOn: BASE64_END,
    as: (secret) => (isUserAndPassword(secret) ? REDACTED : undefined),
  },
  { find: /\b(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,}/g, goesOn: WORD_END },
  {
    find: /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AIza|npm_|hvs\.|sk-)[\w-]{16,}/g,
    goesOn: WORD_END,
  },
  // Bootstrap tokens of kubeadm.
  {
    find: /\b[a-z0-9]{6}\.(?=[a-z0-9]{0,15}\d)[a-z0-9]{16}\b/g,
    goesOn: /[^a-z0-9.]/g,
  },
  // Hashes of passwords, as in /etc/shadow and htpasswd.
  { find: /\$(?:1|2[abxy]|5|6|7|y|apr1|argon2id?)\$[\w./$=,+-]{8,}/g, goesOn: /[^\w./$=,+-]/g },
  // Keys of IPsec, as `ip xfrm state` prints them.
  {
    find: /\b(?:enc|auth|auth-trunc|aead|comp) [\w()-]{1,60} (?<secret>0x[0-9a-f]{16,})/g,
    goesOn: /[^0-9a-f]/g,
  },
  // name:password of curl and etcdctl; two numbers are a user and a group.
  {
    find: /(?<=^|[\s"'])(?:-u|--user|--proxy-user)(?:[ =]|"\s{0,2},\s{0,2}")["']?[^\s:"'/]{1,100}:(?<secret>[^\s"']+)/g,
    goesOn: /[\s"']/g,
    as: (secret) => (/^\d+$/.test(secret) ? undefined : REDACTED),
  },
];

/** Words of which one must be in a line for it to be looked at with the patterns. */
export const EVIDENT =
  /eyJ|ZXlKaGJHY2lPaU|bearer|basic|AKIA|ASIA|AIDA|AROA|gh[pousr]_|github_pat|glpat|xox|AIza|npm_|hvs\.|sk-|[a-z0-9]{6}\.[a-z0-9]{16}|\$\w{1,8}\$|0x[0-9a-f]{16}|-u|--proxy-user|:\/\/|-----|LS0tLS1CRUdJTi|UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW/i;

export function evidentSecrets(text: string): readonly Span[] {
  return [
    ...PATTERNS.flatMap((pattern) => matches(text, pattern)),
    ...passwordsInUrls(text),
    ...pemInBase64(text),
  ];
}

function matches(text: string, { find, goesOn, as = () => REDACTED }: Pattern): readonly Span[] {
  return [...text.matchAll(find)].flatMap((match) => {
    const secret = match.groups?.['secret'] ?? match[0];
    const shown = as(secret);
    if (shown === undefined) return [];
    const end = match.index + match[0].length;
    const until: Until = { type: 'other', end: goesOn };
    return [{ from: match.index, start: end - secret.length, end, text: shown, until }];
  });
}

function isUserAndPassword(base64: string): boolean {
  const text = Buffer.from(base64, 'base64').toString('latin1');
  return /^[\x20-\x7e\x80-\xff]*:[\x20-\x7e\x80-\xff]*$/.test(text);
}

/** `user:password@` of URLs. A password may hold whatever is no blank and no quote, so all before the last `@` is one. */
function passwordsInUrls(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf('://'); at >= 0; ) {
    const next = text.indexOf('://', at + 3);
    const begin = at + 3;
    const rest = text.slice(begin, next < 0 ? text.length : next);
    const hidden = passwordIn(rest.slice(0, /[\s"'<>`]/.exec(rest)?.index));
    if (hidden !== undefined)
      spans.push({
        from: at,
        start: begin + hidden.start,
        end: begin + hidden.end,
        text: REDACTED,
        until: { type: 'blank' },
      });
    at = next;
  }
  return spans;
}

/** Where the password, or a long name that will be a token, is in a URL without its scheme. */
function passwordIn(url: string): { readonly start: number; readonly end: number } | undefined {
  const end = url.lastIndexOf('@');
  if (end < 0) return undefined;
  const colon = url.slice(0, end).search(/[:/?#]/);
  if (colon < 0) return end < 20 ? undefined : { start: 0, end };
  if (url[colon] !== ':') return undefined;
  // A port, and a path that holds an @, are no password.
  return /^\d{1,5}[/?#]/.test(url.slice(colon + 1, colon + 8)) ? undefined : { start: colon + 1, end };
}

/** What any base64 of a private key, or of more that holds one, has in it: the three ways the words can fall. */
const IN_BASE64 = [0, 1, 2].map((shift) =>
  Buffer.from(`${'x'.repeat(shift)}PRIVATE KEY`)
    .toString('base64')
    .slice(shift === 0 ? 0 : shift + 1, shift === 2 ? -1 : -2),
);
const PEM_IN_BASE64 = 'LS0tLS1CRUdJTi';

function pemInBase64(text: string): readonly Span[] {
  return [PEM_IN_BASE64, ...IN_BASE64].flatMap((word) => {
    const spans: Span[] = [];
    for (let at = text.indexOf(word); at >= 0; ) {
      const { start, end } = runAround(text, at);
      const shown = describeBase64(text.slice(start, end)) ?? REDACTED;
      spans.push({ from: start, start, end, text: shown, until: { type: 'other', end: BASE64_END } });
      at = text.indexOf(word, end);
    }
    return spans;
  });
}

/** The run of base64 around a place. */
function runAround(text: string, at: number): { readonly start: number; readonly end: number } {
  let start = at;
  while (start > 0 && /[A-Za-z0-9+/]/.test(text[start - 1]!)) start--;
  BASE64_END.lastIndex = at;
  return { start, end: BASE64_END.exec(text)?.index ?? text.length };
}
