import { isError } from '../../core/errors.ts';
import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { listed } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { type Address, formatAddress } from '../../resources/net/address.ts';
import { workloadEndpointName } from '../../resources/parts/workloadendpoint.ts';
import { kindOf } from '../../resources/registry.ts';
import { addressesOf } from '../survey/services.ts';
import { networksOf } from '../survey/users.ts';
import { addressText } from '../survey/uses.ts';
import type { Sighting, User } from './report.ts';

/** Who uses an address, as far as whoever asks may see it. */
export interface UsersFound {
  readonly users: readonly User[];
  /** What could not be looked at, e.g. `services`. */
  readonly unseen: readonly string[];
}

/**
 * Everything that says that it uses the address. Whoever blocks name is asked first; only where they do not have it are
 * all endpoints looked through.
 */
export async function usersOf(
  store: Datastore,
  address: Address,
  sightings: readonly Sighting[],
): Promise<UsersFound> {
  const text = formatAddress(address);
  const unseen = new Set<string>();
  const seen = async (what: string, work: Promise<readonly User[]>): Promise<readonly User[]> => {
    try {
      return await work;
    } catch (error) {
      if (!isError(error, 'unauthorized')) throw error;
      unseen.add(what);
      return [];
    }
  };
  const known = await Promise.all([
    seen('endpoints', namedEndpoints(store, text, sightings)),
    seen('services', namedServices(store, text, sightings)),
    seen('nodes', nodesWith(store, text)),
  ]);
  const named = known.flat();
  const users = named.length > 0 ? named : await seen('endpoints', allEndpoints(store, text));
  if (store.capabilities.name !== 'kubernetes' && sightings.some(isOfService)) unseen.add('services');
  return { users, unseen: [...unseen] };
}

function isOfService({ attributes = {} }: Sighting): boolean {
  return Boolean(attributes['service']);
}

async function allEndpoints(store: Datastore, text: string): Promise<readonly User[]> {
  const found: User[] = [];
  const query = { kind: await kindOf('WorkloadEndpoint'), asStored: true } as const;
  for await (const endpoint of listed(store, query)) found.push(...endpointUse(endpoint, text));
  return found;
}

/** The endpoints of the pods that blocks name. Pods have one interface, almost always. */
async function namedEndpoints(
  store: Datastore,
  text: string,
  sightings: readonly Sighting[],
): Promise<readonly User[]> {
  const kind = await kindOf('WorkloadEndpoint');
  const found = await Promise.all(
    sightings.map(async ({ attributes = {} }) => {
      const { pod, namespace, node } = attributes;
      if (!pod || !namespace || !node) return [];
      const name = workloadEndpointName({ orchestrator: 'k8s', node, pod, endpoint: 'eth0' });
      if (name === undefined) return [];
      const endpoint = await unlessNotFound(store.get({ kind, namespace, name }));
      return endpoint === undefined ? [] : endpointUse(endpoint, text);
    }),
  );
  return found.flat();
}

/** The endpoint as a user, where the address is one of its own. */
function endpointUse(endpoint: Resource, text: string): readonly User[] {
  const at = networksOf(endpoint).findIndex((network) => isSame(network, text));
  if (at < 0) return [];
  const { metadata, spec } = endpoint;
  const word = (field: string, name: string) => (spec[field] ? { [name]: String(spec[field]) } : {});
  return [
    {
      kind: 'WorkloadEndpoint',
      name: `${metadata.namespace}/${metadata.name}`,
      field: `spec.ipNetworks[${at}]`,
      ...word('workload', 'pod'),
      ...word('pod', 'pod'),
      ...word('node', 'node'),
      ...word('interfaceName', 'interface'),
    },
  ];
}

/** Most are written as they are compared, so that little has to be parsed. */
function isSame(written: string, text: string): boolean {
  if (written.startsWith(text) && (written.length === text.length || written[text.length] === '/'))
    return true;
  return (written.includes(':') || text.includes(':')) && addressText(written) === text;
}

const NODE_FIELDS = [
  ...['spec.ipv4VXLANTunnelAddr', 'spec.ipv6VXLANTunnelAddr', 'spec.bgp.ipv4IPIPTunnelAddr'],
  ...['spec.wireguard.interfaceIPv4Address', 'spec.wireguard.interfaceIPv6Address'],
  ...['spec.bgp.ipv4Address', 'spec.bgp.ipv6Address'],
];

/** What a node has on the network around it, and not from a pool. */
export const OWN_FIELDS: ReadonlySet<string> = new Set(['spec.bgp.ipv4Address', 'spec.bgp.ipv6Address']);

async function nodesWith(store: Datastore, text: string): Promise<readonly User[]> {
  const users: User[] = [];
  for await (const { metadata, spec } of listed(store, { kind: await kindOf('Node') })) {
    for (const field of NODE_FIELDS) {
      const path = field.split('.').slice(1);
      const value = path.reduce<unknown>(
        (at, key) => (at as Record<string, unknown> | undefined)?.[key],
        spec,
      );
      if (typeof value === 'string' && addressText(value) === text)
        users.push({ kind: 'Node', name: metadata.name, field, node: metadata.name });
    }
  }
  return users;
}

/** Services are objects of Kubernetes; elsewhere nothing is known of them. */
async function namedServices(
  store: Datastore,
  text: string,
  sightings: readonly Sighting[],
): Promise<readonly User[]> {
  if (store.capabilities.name !== 'kubernetes') return [];
  const kind = await kindOf('Service');
  const found = await Promise.all(
    sightings.map(async ({ attributes = {} }): Promise<readonly User[]> => {
      const { service: name, namespace } = attributes;
      if (!name || !namespace) return [];
      const service = await unlessNotFound(store.get({ kind, namespace, name }));
      const has =
        service !== undefined && addressesOf(service).some((use) => addressText(use.address) === text);
      const field = 'status.loadBalancer.ingress';
      return has ? [{ kind: 'Service', name: `${namespace}/${name}`, field }] : [];
    }),
  );
  return found.flat();
}
