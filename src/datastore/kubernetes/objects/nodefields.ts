import { isObject, type JsonObject, parseJson, stringifyJson } from '../../../core/json.ts';
import type { Family } from '../../../resources/net/address.ts';
import { parseAsn } from '../../../resources/net/asn.ts';
import { isStrictlyMasked, parseCidrOrAddress } from '../../../resources/net/cidr.ts';
import { parseMac } from '../../../resources/net/mac.ts';

/** Which annotation of a Kubernetes node holds which field of Calico's. */

export type Annotations = Readonly<Record<string, string>>;

/** Fields that are kept in annotations, by their path below the resource (`spec.bgp.asNumber`). */
export type NodeFields = ReadonlyMap<string, unknown>;

interface Field {
  /** After `projectcalico.org/`. */
  readonly annotation: string;
  readonly path: string;
  /** The field's value; undefined for text that says nothing. */
  readonly read: (text: string) => unknown;
  readonly write: (value: unknown) => string;
}

const PREFIX = 'projectcalico.org/';

/** Text that is kept as it is where it has the form. */
function formed(path: string, annotation: string, isFormed: (text: string) => boolean): Field {
  return { annotation, path, read: (text) => (isFormed(text) ? text : undefined), write: String };
}

/** An address, alone or with its subnet. */
function cidr(family: Family): (text: string) => boolean {
  return (text) => parseCidrOrAddress(text)?.address.family === family;
}

/** An address, or a network without host bits. */
function net(family: Family): (text: string) => boolean {
  return (text) => {
    const found = parseCidrOrAddress(text);
    return found?.address.family === family && isStrictlyMasked(found);
  };
}

function mac(text: string): boolean {
  return parseMac(text) !== undefined;
}

const keyFields = ['wireguardPublicKey', 'wireguardPublicKeyV6'].map(
  (name): Field => ({
    annotation: `${name[0]!.toUpperCase()}${name.slice(1)}`,
    path: `status.${name}`,
    read: (text) => text,
    write: String,
  }),
);

const FIELDS: readonly Field[] = [
  formed('spec.bgp.ipv4Address', 'IPv4Address', cidr(4)),
  formed('spec.bgp.ipv6Address', 'IPv6Address', cidr(6)),
  { annotation: 'ASNumber', path: 'spec.bgp.asNumber', read: parseAsn, write: String },
  formed('spec.bgp.routeReflectorClusterID', 'RouteReflectorClusterID', net(4)),
  formed('spec.bgp.ipv4IPIPTunnelAddr', 'IPv4IPIPTunnelAddr', net(4)),
  formed('spec.ipv4VXLANTunnelAddr', 'IPv4VXLANTunnelAddr', net(4)),
  formed('spec.vxlanTunnelMACAddr', 'VXLANTunnelMACAddr', mac),
  formed('spec.ipv6VXLANTunnelAddr', 'IPv6VXLANTunnelAddr', net(6)),
  formed('spec.vxlanTunnelMACAddrV6', 'VXLANTunnelMACAddrV6', mac),
  formed('spec.wireguard.interfaceIPv4Address', 'IPv4WireguardInterfaceAddr', net(4)),
  formed('spec.wireguard.interfaceIPv6Address', 'IPv6WireguardInterfaceAddr', net(6)),
  ...keyFields,
  { annotation: 'Interfaces', path: 'spec.interfaces', read: readInterfaces, write: stringifyJson },
];

/** The annotations that hold Calico's fields. */
export const FIELD_ANNOTATIONS: readonly string[] = FIELDS.map(({ annotation }) => PREFIX + annotation);

/** The fields that annotations hold; what has not the form of its field is as good as absent. */
export function readFields(annotations: Annotations): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const { annotation, path, read } of FIELDS) {
    const text = annotations[PREFIX + annotation];
    const value = text ? read(text) : undefined;
    if (value !== undefined) found.set(path, value);
  }
  return found;
}

/** The fields of a resource that annotations hold. */
export function fieldsOf(resource: { readonly spec: JsonObject; readonly status?: unknown }): NodeFields {
  const found = new Map<string, unknown>();
  for (const { path } of FIELDS) {
    const value = path
      .split('.')
      .reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), resource);
    if (value !== undefined && value !== '') found.set(path, value);
  }
  return found;
}

/**
 * What has to be done to annotations so that they hold `wanted` instead of `current`: new texts, undefined to take one
 * away. Annotations of fields that do not change are left as they are, whatever they say.
 */
export function fieldChanges(current: NodeFields, wanted: NodeFields): Record<string, string | undefined> {
  const changes: Record<string, string | undefined> = {};
  for (const { annotation, path, write } of FIELDS) {
    const [before, after] = [current.get(path), wanted.get(path)];
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    changes[PREFIX + annotation] = after === undefined ? undefined : write(after);
  }
  return changes;
}

/** The object that fields make up, by the first part of their paths: `spec` and `status`. */
export function objectOf(fields: NodeFields): { spec: JsonObject; status: JsonObject } {
  const result = { spec: {}, status: {} };
  for (const [path, value] of fields) {
    const keys = path.split('.');
    const last = keys.pop()!;
    let at: JsonObject = result;
    for (const key of keys) {
      const below = at[key] ?? {};
      at[key] = below;
      at = below as JsonObject;
    }
    at[last] = value as JsonObject[string];
  }
  return result;
}

/** Interfaces without the addresses that are none. */
function readInterfaces(text: string): unknown {
  let interfaces: unknown;
  try {
    interfaces = parseJson(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(interfaces) || !interfaces.every(isObject)) return undefined;
  return interfaces.map(({ name, addresses, ...rest }) => {
    const valid = Array.isArray(addresses) ? addresses.filter(isAddress) : [];
    return {
      ...(typeof name === 'string' && name !== '' ? { name } : {}),
      ...(valid.length > 0 ? { addresses: valid } : {}),
      ...rest,
    };
  });
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && parseCidrOrAddress(value) !== undefined;
}
