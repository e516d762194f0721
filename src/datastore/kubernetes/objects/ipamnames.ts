import { createHash } from 'node:crypto';

/** Names of IPAM objects on the API server, where a name is lower-case letters, digits, `-` and `.`. */

/** Names of custom resources have at most so many characters. */
const LONGEST = 252;
const HASH_DIGITS = 11;

/** `10.20.0.64/26` is `10-20-0-64-26`. */
export function blockObjectName(cidr: string): string {
  return cidr.replace(/[.:/]/g, '-');
}

/** Handles that differ in letter case only are one handle here. */
export function handleObjectName(id: string): string {
  return id.toLowerCase();
}

/** What an affinity's name, `host/NODE/CIDR` or `virtual/OWNER/CIDR`, says. */
export function affinityParts(name: string): {
  readonly type: string;
  readonly owner: string;
  readonly cidr: string;
} {
  const [type = '', owner = '', ...cidr] = name.split('/');
  return { type, owner, cidr: cidr.join('/') };
}

/** `NODE-10-20-0-64-26`; the end of a node's name that is too long gives way to a hash. */
export function affinityObjectName(name: string): string {
  const { owner, cidr } = affinityParts(name);
  const block = blockObjectName(cidr);
  const whole = `${owner}-${block}`;
  if (whole.length <= LONGEST) return whole;
  const hash = createHash('sha256').update(`${owner}${block}`).digest('hex').slice(0, HASH_DIGITS);
  return `${owner.slice(0, LONGEST - block.length - HASH_DIGITS - 2)}-${block}-${hash}`;
}

/** Labels by which the components of Calico find the affinities of a node. */
export function affinityLabels(name: string): Record<string, string> {
  const { type, owner, cidr } = affinityParts(name);
  return {
    'projectcalico.org/affinity-type': type,
    'projectcalico.org/hostname-hash': base32(createHash('sha3-256').update(owner).digest()),
    'projectcalico.org/ip-version': cidr.includes(':') ? '6' : '4',
  };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 without padding. */
function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}
