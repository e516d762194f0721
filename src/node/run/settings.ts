import { lookup } from 'node:dns/promises';
import { CalicoctlError } from '../../core/errors.ts';
import { type Family, parseAddress } from '../../resources/net/address.ts';
import { parseAsn } from '../../resources/net/asn.ts';
import { regexpFault } from '../../resources/regexp.ts';

/** What `node run` is told, as given. */
export interface RunFlags {
  readonly ip: string | undefined;
  readonly ip6: string | undefined;
  readonly as: string | undefined;
  readonly name: string | undefined;
  readonly ipAutodetectionMethod: string;
  readonly ip6AutodetectionMethod: string;
  readonly backend: string;
  readonly noDefaultIppools: boolean;
}

/** What the container is told, checked. */
export interface NodeSettings {
  readonly name: string;
  readonly backend: string;
  readonly ip?: string;
  readonly ip6?: string;
  readonly as?: number;
  /** Absent for the first address that is found. */
  readonly method?: string;
  readonly method6?: string;
  readonly noDefaultPools: boolean;
}

export const FIRST_FOUND = 'first-found';
const BACKENDS = ['bird', 'none'];

/** Checks flags in the order of the reference. Throws CalicoctlError `usage` for the first that is wrong. */
export async function checkFlags(flags: RunFlags, hostname: string): Promise<NodeSettings> {
  const ip = address(flags.ip, 4, '--ip');
  const ip6 = address(flags.ip6, 6, '--ip6');
  const as = asNumber(flags.as);
  if (!BACKENDS.includes(flags.backend))
    throw wrong(`unknown backend '${flags.backend}'`, 'Use bird or none.');
  const method = await autodetection(flags.ipAutodetectionMethod, 4);
  const method6 = await autodetection(flags.ip6AutodetectionMethod, 6);
  const name = flags.name || hostname.trim().toLowerCase();
  if (name === '') throw wrong('unable to determine node name', 'Give it with --name.');
  return {
    name,
    backend: flags.backend,
    noDefaultPools: flags.noDefaultIppools,
    ...(ip === undefined ? {} : { ip }),
    ...(ip6 === undefined ? {} : { ip6 }),
    ...(as === undefined ? {} : { as }),
    ...(method === undefined ? {} : { method }),
    ...(method6 === undefined ? {} : { method6 }),
  };
}

function wrong(message: string, hint?: string): CalicoctlError {
  return new CalicoctlError(
    'usage',
    `error executing command: ${message}`,
    hint === undefined ? {} : { hint },
  );
}

function address(text: string | undefined, family: Family, flag: string): string | undefined {
  if (!text) return undefined;
  if (text === 'autodetect') return text;
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new CalicoctlError('usage', `invalid IP address specified: ${text}`);
  if (parsed.family !== family) throw wrong(`${flag} is wrong IP version`);
  return text;
}

function asNumber(text: string | undefined): number | undefined {
  if (!text) return undefined;
  const number = parseAsn(text);
  if (number === undefined) throw new CalicoctlError('usage', `invalid AS Number specified: ${text}`);
  return number;
}

async function autodetection(method: string, family: Family): Promise<string | undefined> {
  if (method === FIRST_FOUND) return undefined;
  const [way, value = ''] = splitOnce(method);
  if (way === 'can-reach' && method.includes('=')) await resolves(value, family);
  else if (way === 'interface' && method.includes('=')) checkRegexp(value);
  else if (way === 'skip-interface' && method.includes('='))
    for (const each of value.split(',')) checkRegexp(each);
  else
    throw wrong(
      `invalid IP autodetection method: ${method}`,
      'Use first-found, can-reach=HOST, interface=REGEX or skip-interface=REGEX,….',
    );
  return method;
}

function splitOnce(text: string): readonly [string, string?] {
  const at = text.indexOf('=');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function checkRegexp(text: string): void {
  const fault = regexpFault(text);
  if (fault !== undefined)
    throw wrong(
      `invalid interface regex specified for IP autodetection: ${text}`,
      `It is no regular expression: ${fault}.`,
    );
}

const RESOLVE_MS = 10_000;

async function resolves(host: string, family: Family): Promise<void> {
  const found = await addressesOf(host);
  if (found.length === 0) throw wrong(`cannot resolve address specified for IP autodetection: ${host}`);
  if (!found.includes(family))
    throw wrong(`address for IP autodetection does not resolve to an IPv${family} address: ${host}`);
}

/** Families of the addresses that a name has; none where it has none, or nobody answers. */
async function addressesOf(host: string): Promise<readonly Family[]> {
  const literal = parseAddress(host);
  if (literal !== undefined) return [literal.family];
  if (host === '') return [];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly []>((resolve) => {
    timer = setTimeout(() => resolve([]), RESOLVE_MS);
  });
  const asked = lookup(host, { all: true }).then(
    (all) => all.map(({ family }) => family as Family),
    () => [],
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
