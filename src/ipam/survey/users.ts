import { CalicoctlError } from '../../core/errors.ts';
import type { Resource } from '../../resources/kind.ts';
import type { SurveyedNode, Use } from './survey.ts';
import { addressText } from './uses.ts';

/** Who uses addresses, as their resources say it. */

const TUNNELS = [
  ['spec.ipv4VXLANTunnelAddr', 'IPv4VXLANTunnelAddr'],
  ['spec.wireguard.interfaceIPv4Address', 'Wireguard.InterfaceIPv4Address'],
  ['spec.bgp.ipv4IPIPTunnelAddr', 'IPv4IPIPTunnelAddr'],
  ['spec.ipv6VXLANTunnelAddr', 'IPv6VXLANTunnelAddr'],
  ['spec.wireguard.interfaceIPv6Address', 'Wireguard.InterfaceIPv6Address'],
] as const;

/** What is kept of a node. Throws `corrupt` where a tunnel address is none. */
export function nodeOf({ metadata, spec }: Resource): SurveyedNode {
  const { name, labels = {} } = metadata;
  const tunnels: Record<string, string> = {};
  for (const [path, field] of TUNNELS) {
    const text = textAt(spec, path.split('.').slice(1));
    if (text === '') continue;
    const address = addressText(text);
    if (address === undefined)
      throw new CalicoctlError('corrupt', `failed to parse ${field} (${text}) of node ${name}`, {
        resource: `Node(${name})`,
        hint: 'Correct it: nothing can be said of addresses while one of those in use is not known.',
      });
    tunnels[path] = address;
  }
  return { name, labels, tunnels };
}

function textAt(value: unknown, path: readonly string[]): string {
  const found = path.reduce((at, name) => (at as Record<string, unknown> | undefined)?.[name], value);
  return typeof found === 'string' ? found : '';
}

/** Uses of the tunnel addresses of a node. */
export function tunnelUses({ name, tunnels }: SurveyedNode): readonly Use[] {
  return Object.values(tunnels).map((address) => ({ address, owner: `Node(${name})` }));
}

/** Addresses of a workload endpoint, as they are written. */
export function networksOf({ spec }: Resource): readonly string[] {
  const networks: unknown = spec['ipNetworks'];
  if (!Array.isArray(networks)) return [];
  return networks.every((network) => typeof network === 'string') ? networks : networks.map(String);
}

/** `Workload(namespace/name)`. */
export function endpointOwner({ metadata }: Resource): string {
  return `Workload(${metadata.namespace}/${metadata.name})`;
}

/** What is thrown where an address of an endpoint is none. */
export function badAddress({ metadata }: Resource, text: string): CalicoctlError {
  const name = `${metadata.namespace}/${metadata.name}`;
  return new CalicoctlError('corrupt', `failed to parse IP (${text}) of workload ${name}`, {
    resource: `WorkloadEndpoint(${name})`,
    hint: 'Correct it: nothing can be said of addresses while one of those in use is not known.',
  });
}
