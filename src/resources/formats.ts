import { hostMeant, type Meant, networkMeant, portRangeMeant, wordMeant } from './fixes.ts';
import { isSubdomain } from './names.ts';
import { parseAddress } from './net/address.ts';
import { isStrictlyMasked, parseCidr, parseCidrOrAddress } from './net/cidr.ts';
import { parseCommunity } from './net/community.ts';
import { parseMac } from './net/mac.ts';
import { isPortName } from './net/port.ts';
import { PROTOCOL_NAMES, parseProtocol } from './net/protocol.ts';
import { regexpFault } from './regexp.ts';
import { parseSelector } from './selector/index.ts';

/** Named formats of text fields: the test and what to say when it fails. */
export interface TextFormat {
  readonly test: (value: string) => boolean;
  /** What is expected, with an example. */
  readonly message: string;
  /** A message that depends on the value. */
  readonly explain?: (value: string) => string;
  /** What was certainly meant by a value that fails. */
  readonly meant?: (value: string) => Meant;
  /** The test as a regular expression, where it is one. */
  readonly pattern?: string;
}

function matching(pattern: RegExp, message: string): TextFormat {
  return { test: (value) => pattern.test(value), message, pattern: pattern.source };
}

/** True for a network without host bits, and for an address. */
function isNet(value: string): boolean {
  const cidr = parseCidrOrAddress(value);
  return value === '' || (cidr !== undefined && isStrictlyMasked(cidr));
}

/** A network, host bits allowed, or an address. */
function cidrOrIp(family: 4 | 6 | undefined, message: string): TextFormat {
  return {
    test(value) {
      if (value === '' && family === undefined) return true;
      const cidr = parseCidrOrAddress(value);
      return cidr !== undefined && (family ?? cidr.address.family) === cidr.address.family;
    },
    message,
  };
}

function ip(family: 4 | 6 | undefined, message: string): TextFormat {
  return {
    test(value) {
      const address = parseAddress(value);
      return address !== undefined && (family ?? address.family) === address.family;
    },
    message,
  };
}

/** An address, `v4:port` or `[v6]:port`. */
function isAddressWithPort(value: string): boolean {
  if (parseAddress(value) !== undefined) return true;
  const [, v6, v4, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(value) ?? [];
  if (port === undefined || Number(port) < 1 || Number(port) > 65535) return false;
  return v6 === undefined
    ? parseAddress(v4!)?.family === 4
    : v6.includes(':') && parseAddress(v6) !== undefined;
}

function isPortOrRange(value: string): boolean {
  return /^\d+:\d+$/.test(value) ? !/^0+:/.test(value) : isPortName(value);
}

const CIDR_EXAMPLE = 'such as "10.0.0.0/16" or "fd00::/64"';

const RE2: TextFormat = {
  test: (value) => regexpFault(value) === undefined,
  message: 'is not a regular expression such as "^eth[0-9]+$"',
  explain: (value) => `is not a regular expression: ${regexpFault(value)}`,
};

const SELECTOR: TextFormat = {
  test: (value) => parseSelector(value).ok,
  message: `is not a selector such as "has(rack) && zone == 'a'"`,
  explain(value) {
    const parsed = parseSelector(value);
    return parsed.ok
      ? SELECTOR.message
      : `is not a selector: ${parsed.fault.message} at character ${parsed.fault.offset + 1}`;
  },
};

export const FORMATS: Readonly<Record<string, TextFormat>> = {
  cidr: {
    test: (value) => parseCidr(value) !== undefined,
    message: `is not a CIDR ${CIDR_EXAMPLE}`,
    meant: hostMeant,
  },
  net: {
    test: isNet,
    message: `is not a network without host bits ${CIDR_EXAMPLE}, nor an address`,
    meant(value) {
      const cidr = parseCidr(value);
      return cidr === undefined ? {} : networkMeant(cidr);
    },
  },
  cidrOrIp: cidrOrIp(undefined, `is neither a CIDR ${CIDR_EXAMPLE} nor an address`),
  cidrv4: cidrOrIp(4, 'is not an IPv4 address, alone or with its subnet such as "192.0.2.10/24"'),
  cidrv6: cidrOrIp(6, 'is not an IPv6 address, alone or with its subnet such as "2001:db8::10/64"'),
  ip: ip(undefined, 'is not an IP address such as "192.0.2.10" or "2001:db8::10"'),
  ipv4: ip(4, 'is not an IPv4 address such as "192.0.2.10"'),
  ipv6: ip(6, 'is not an IPv6 address such as "2001:db8::10"'),
  ipPort: {
    test: isAddressWithPort,
    message: 'is neither an IP address nor one with a port such as "192.0.2.1:179" or "[2001:db8::1]:179"',
  },
  reachableBy: ip(undefined, 'is not an IP address such as "192.0.2.254"'),
  interface: matching(
    /^(\*|[a-zA-Z0-9_.-]{1,15})$/,
    'is not an interface name such as "eth0" (at most 15 letters, digits and "_.-"), nor "*"',
  ),
  ignoredInterface: matching(
    /^(?!\*$)[a-zA-Z0-9_.*-]{1,15}$/,
    'is not an interface name such as "eth0" or "tap*" (at most 15 letters, digits and "_.-*"; "*" alone is too much)',
  ),
  bgpFilterInterface: matching(
    /^[a-zA-Z0-9_.*-]{1,15}$/,
    'is not an interface name such as "eth0" or "eth*" (at most 15 letters, digits and "_.-*")',
  ),
  ifaceFilter: matching(
    /^[a-zA-Z0-9:._+-]{1,15}$/,
    'is not an interface name such as "eth0" or "eth+" (at most 15 letters, digits and ":._+-")',
  ),
  prometheusHost: matching(
    /^[a-zA-Z0-9:._+-]{1,64}$/,
    'is not a host name or address such as "localhost" (at most 64 letters, digits and ":._+-")',
  ),
  keyValueList: {
    test: (value) => value.split(',').every((item) => item === '' || /^\s*\w+=.*$/.test(item)),
    message: 'is not a list of keys and values such as "A=true,B=false"',
  },
  regexp: RE2,
  selector: SELECTOR,
  mac: {
    test: (value) => parseMac(value) !== undefined,
    message: 'is not a MAC address such as "66:ef:2f:50:9d:a0"',
  },
  wireguardPublicKey: matching(
    /^[A-Za-z0-9+/]{43}=$/,
    'is not a WireGuard public key: base64 of 32 bytes, 44 characters with "=" at the end',
  ),
  containerID: matching(
    /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/,
    'is not a container ID: letters and digits, "-" only between them',
  ),
  portName: {
    test: isPortName,
    message: 'is not a port name such as "http": at most 15 lower-case letters, digits and single "-"',
  },
  port: {
    test: isPortOrRange,
    message:
      'is not a port: use a number from 1 to 65535, a range such as "8000:8080", or a name such as "http"',
    meant: portRangeMeant,
  },
  protocol: {
    test: (value) => parseProtocol(value) !== undefined,
    message: 'is not a protocol: use TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite, or a number from 1 to 255',
    meant: (value) => wordMeant(value, PROTOCOL_NAMES),
  },
  name: {
    test: isSubdomain,
    message:
      'is not a name such as "worker-1": lower-case letters, digits, "-" and ".", a letter or digit at both ends',
  },
  community: {
    test: (value) => parseCommunity(value) !== undefined,
    message: 'is not a BGP community such as "64512:100" or "64512:100:1"',
  },
};
