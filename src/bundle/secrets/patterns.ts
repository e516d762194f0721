import { REDACTED } from '../redacted.ts';
import { describeBase64 } from './pem.ts';
import type { Span, Until } from './span.ts';

/** Secrets that show by their own form, whatever stands before them. Every pattern begins with something rare and is bounded. */

interface Pattern {
  /** One of these is in every text that `find` finds, in lower case. */
  readonly hints: readonly string[];
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
  { hints: ['eyj'], find: /eyJ[\w-]{5,700}\.(?:eyJ)?[\w-]{4,}(?:\.[\w-]*){0,3}/g, goesOn: /[^\w.-]/g },
  { hints: ['zxlkagjhy2lpau'], find: /ZXlKaGJHY2lPaU[A-Za-z0-9+/]{20,}={0,2}/g, goesOn: BASE64_END },
  {
    hints: ['bearer'],
    find: /\bbearer(?:\s|%20){1,4}(?<secret>[\w.~+/=-]{8,})/gi,
    goesOn: TOKEN_END,
    as: (secret) => (/^[a-z]+[.,]?$/.test(secret) ? undefined : REDACTED),
  },
  {
    hints: ['basic'],
    find: /\bbasic\s{1,4}(?<secret>[A-Za-z0-9+/]{4,}={0,2})/gi,
    goesOn: BASE64_END,
    as: (secret) => (isUserAndPassword(secret) ? REDACTED : undefined),
  },
  {
    hints: ['akia', 'asia', 'aida', 'aroa'],
    find: /\b(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,}/g,
    goesOn: WORD_END,
  },
  {
    hints: [
      'ghp_',
      'gho_',
      'ghu_',
      'ghs_',
      'ghr_',
      'github_pat_',
      'glpat-',
      'xox',
      'aiza',
      'npm_',
      'hvs.',
      'sk-',
    ],
    find: /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AIza|npm_|hvs\.|sk-)[\w-]{16,}/g,
    goesOn: WORD_END,
  },
  // Bootstrap tokens of kubeadm.
  {
    hints: ['.'],
    find: /\b[a-z0-9]{6}\.(?=[a-z0-9]{0,15}\d)[a-z0-9]{16}\b/g,
    goesOn: /[^a-z0-9.]/g,
  },
  // Hashes of passwords, as in /etc/shadow and htpasswd.
  { hints: ['$'], find: /\$(?:1|2[abxy]|5|6|7|y|apr1|argon2id?)\$[\w./$=,+-]{8,}/g, goesOn: /[^\w./$=,+-]/g },
  // Keys of IPsec, as `ip xfrm state` prints them.
  {
    hints: ['0x'],
    find: /\b(?:enc|auth|auth-trunc|aead|comp) [\w()-]{1,60} (?<secret>0x[0-9a-f]{16,})/g,
    goesOn: /[^0-9a-f]/g,
  },
  // name:password of curl and etcdctl; two numbers are a user and a group.
  {
    hints: ['-u', '--proxy-user'],
    find: /(?<=^|[\s"'])(?:-u|--user|--proxy-user)(?:[ =]|"\s{0,2},\s{0,2}")["']?[^\s:"'/]{1,100}:(?<secret>[^\s"']+)/g,
    goesOn: /[\s"']/g,
    as: (secret) => (/^\d+$/.test(secret) ? undefined : REDACTED),
  },
];

const PEM_IN_BASE64 = 'LS0tLS1CRUdJTi';

/** What any base64 of a private key, or of more that holds one, has in it: the three ways the words can fall. */
const KEY_IN_BASE64 = [0, 1, 2].map((shift) =>
  Buffer.from(`${'x'.repeat(shift)}PRIVATE KEY`)
    .toString('base64')
    .slice(shift === 0 ? 0 : shift + 1, shift === 2 ? -1 : -2),
);
const IN_BASE64 = [PEM_IN_BASE64, ...KEY_IN_BASE64];

/** Secrets of a text that show by themselves; `lower` is the text in lower case. */
export function evidentSecrets(text: string, lower: string): readonly Span[] {
  const spans = PATTERNS.filter(({ hints }) => hints.some((hint) => lower.includes(hint))).flatMap(
    (pattern) => matches(text, pattern),
  );
  return [...spans, ...passwordsInUrls(text), ...pemInBase64(text)];
}

const SIGNS = [
  ...new Set(PATTERNS.flatMap(({ hints }) => hints)),
  ...['://', '-----'],
  ...IN_BASE64.map((word) => word.toLowerCase()),
].filter((sign) => !['.', '$', '0x'].includes(sign));

/** Whether it is worth while to look for secrets that show by themselves: quick, for most lines hold none. */
export function isEvident(lower: string): boolean {
  if (SIGNS.some((sign) => lower.includes(sign))) return true;
  if (lower.includes('$') && /\$\w{1,8}\$/.test(lower)) return true;
  if (lower.includes('0x') && /0x[0-9a-f]{16}/.test(lower)) return true;
  return hasLongWord(lower);
}

/** A dot and 16 letters or digits behind it. */
function hasLongWord(text: string): boolean {
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
    let length = 0;
    while (length < 16 && isLetterOrDigit(text.charCodeAt(dot + 1 + length))) length++;
    if (length === 16) return true;
  }
  return false;
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
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

function pemInBase64(text: string): readonly Span[] {
  return IN_BASE64.flatMap((word) => {
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
