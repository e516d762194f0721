import { FORMATS } from './formats.ts';

/** Formats and value forms as regular expressions of ECMA-262, for tools that know no others. */

const FROM_1_TO_255 = '25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]?';
const FROM_1_TO_65535 =
  '6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}';
const FROM_1_TO_4294967295 =
  '429496729[0-5]|42949672[0-8][0-9]|4294967[01][0-9]{2}|429496[0-6][0-9]{3}|42949[0-5][0-9]{4}' +
  '|4294[0-8][0-9]{5}|429[0-3][0-9]{6}|42[0-8][0-9]{7}|4[01][0-9]{8}|[1-3][0-9]{9}|[1-9][0-9]{0,8}';
const UP_TO_255 = `(?:${FROM_1_TO_255}|0)`;
const UP_TO_65535 = `(?:${FROM_1_TO_65535}|0)`;
const UP_TO_4294967295 = `(?:${FROM_1_TO_4294967295}|0)`;
const PORT = `0*(?:${FROM_1_TO_65535})`;

const V4 = `(?:${UP_TO_255}\\.){3}${UP_TO_255}`;
const GROUP = '[0-9a-fA-F]{1,4}';
const LAST_32_BITS = `(?:${GROUP}:${GROUP}|${V4})`;

/** Eight groups, or fewer around one `::`, which stands for at least one of zeros. */
const V6 = `(?:${[
  `(?:${GROUP}:){6}${LAST_32_BITS}`,
  ...[5, 4, 3, 2].map((behind) => `${before(5 - behind)}::(?:${GROUP}:){${behind}}${LAST_32_BITS}`),
  `${before(4)}::${GROUP}:${LAST_32_BITS}`,
  `${before(5)}::${LAST_32_BITS}`,
  `${before(6)}::${GROUP}`,
  `${before(7)}::`,
].join('|')})`;

/** At most so many groups. */
function before(count: number): string {
  if (count < 2) return count === 0 ? '' : `(?:${GROUP})?`;
  return `(?:(?:${GROUP}:){0,${count - 1}}${GROUP})?`;
}

/** Any spelling of an IPv4 address within IPv6, and a little more. */
const MAPPED = `[0:]*:[fF]{4}:${LAST_32_BITS}`;

const OF_32 = '/0*(?:3[0-2]|[12]?[0-9])';
const OF_128 = '/0*(?:12[0-8]|1[01][0-9]|[1-9]?[0-9])';

const PAIR = '[0-9a-fA-F]{2}';
const QUAD = '[0-9a-fA-F]{4}';
const MACS = [6, 8, 20].flatMap((bytes) => [
  `${PAIR}(?::${PAIR}){${bytes - 1}}`,
  `${PAIR}(?:-${PAIR}){${bytes - 1}}`,
  `${QUAD}(?:\\.${QUAD}){${bytes / 2 - 1}}`,
]);

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '(?:[A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]';
const SETTING = '\\s*[A-Za-z0-9_]+=[^,\\n\\r\\u2028\\u2029]*';
const PORT_NAME = '(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*';

function whole(pattern: string): string {
  return `^(?:${pattern})$`;
}

const ADDRESS = whole(`${V4}|${V6}`);
const RANGE = whole(`(?:${V4}(?:${OF_32})?|${V6}(?:${OF_128})?)?`);
const RANGE_V4 = whole(`${V4}(?:${OF_32})?|${MAPPED}(?:${OF_128})?`);
const RANGE_V6 = whole(`${V6}(?:${OF_128})?`);

/** Names as Kubernetes has them. */
export const NAMES = {
  subdomain: whole(`${LABEL}(?:\\.${LABEL})*`),
  /** Key of a label. */
  qualified: whole(`(?:${LABEL}(?:\\.${LABEL})*/)?${QUALIFIED}`),
  /** Key of an annotation. */
  qualifiedInAnyCase: whole(
    `(?:${LABEL}(?:\\.${LABEL})*/)?${QUALIFIED}`
      .replaceAll('[a-z0-9]', '[A-Za-z0-9]')
      .replaceAll('[-a-z0-9]', '[-A-Za-z0-9]'),
  ),
  labelValue: whole(`(?:${QUALIFIED})?`),
} as const;

/** Formats that no expression of their own defines. */
const PATTERNS: Readonly<Record<string, string>> = {
  cidr: whole(`${V4}${OF_32}|${V6}${OF_128}`),
  cidrOrIp: RANGE,
  cidrv4: RANGE_V4,
  cidrv6: RANGE_V6,
  net: RANGE,
  ip: ADDRESS,
  reachableBy: ADDRESS,
  ipv4: whole(`${V4}|${MAPPED}`),
  ipv6: whole(V6),
  ipPort: whole(`${V4}(?::${PORT})?|${V6}|\\[${V6}\\]:${PORT}`),
  mac: whole(MACS.join('|')),
  keyValueList: `^(?:${SETTING})?(?:,(?:${SETTING})?)*$`,
  name: NAMES.subdomain,
  portName: whole(PORT_NAME),
};

/**
 * What every text of a format matches; undefined where no regular expression can say it. Of networks it leaves out
 * that there are no host bits.
 */
export function formatPattern(format: string): string | undefined {
  return PATTERNS[format] ?? FORMATS[format]?.pattern;
}

/** Texts that value forms take beside numbers. */
export const FORM_TEXTS = {
  port: whole(`${PORT}|${PORT}:${PORT}|${PORT_NAME}`),
  asn: whole(`0*${UP_TO_4294967295}|0*${UP_TO_65535}\\.0*${UP_TO_65535}`),
  protocolNumber: whole(`0*(?:${FROM_1_TO_255})`),
  duration: '^[-+]?(?:0|(?:(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$',
  time: '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)?(?:[Zz]|[-+][0-9]{2}:[0-9]{2})$',
} as const;
