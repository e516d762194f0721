import type { Datastore } from '../../datastore/datastore.ts';
import { unlessNotFound } from '../../operations/initialise.ts';
import { listed } from '../../operations/ipam/objects.ts';
import type { Resource } from '../../resources/kind.ts';
import { kindOf } from '../../resources/registry.ts';
import type { Use } from './survey.ts';

/** Which services Calico gives addresses to. */
export type ServicePolicy = 'AllServices' | 'RequestedServicesOnly';

const ASKS_FOR_ADDRESSES = ['ipv4pools', 'ipv6pools', 'loadBalancerIPs'].map(
  (name) => `projectcalico.org/${name}`,
);

/**
 * As KubeControllersConfiguration `default` says: `none` where Calico gives services no addresses. It must be there where
 * `required`: throws `not-found`; else undefined says that it is not.
 */
export async function servicePolicy(
  store: Datastore,
  required: boolean,
): Promise<ServicePolicy | 'none' | undefined> {
  const read = store.get({ kind: await kindOf('KubeControllersConfiguration'), name: 'default' });
  const stored = required ? await read : await unlessNotFound(read);
  if (stored === undefined) return undefined;
  const controllers = stored.spec['controllers'] as Record<string, unknown> | undefined;
  const balancer = controllers?.['loadBalancer'] as { readonly assignIPs?: string } | null | undefined;
  if (balancer === undefined || balancer === null) return 'none';
  return balancer.assignIPs === 'RequestedServicesOnly' ? 'RequestedServicesOnly' : 'AllServices';
}

/** Whether Calico gives the service its addresses. */
export function isManaged({ metadata, spec }: Resource, policy: ServicePolicy): boolean {
  if (spec['type'] !== 'LoadBalancer') return false;
  const loadBalancerClass = spec['loadBalancerClass'] ?? undefined;
  if (loadBalancerClass === 'calico') return true;
  if (loadBalancerClass !== undefined) return false;
  if (policy === 'AllServices') return true;
  const { annotations = {} } = metadata;
  return ASKS_FOR_ADDRESSES.some((name) => name in annotations) || Boolean(spec['loadBalancerIP']);
}

/** The addresses of a service, by which it can be reached; names are passed over. */
export function addressesOf({ metadata, status }: Resource): readonly Use[] {
  const { ingress } =
    (status as { loadBalancer?: { ingress?: readonly { ip?: string }[] | null } } | undefined)
      ?.loadBalancer ?? {};
  return (ingress ?? []).flatMap(({ ip }) => (ip ? [{ address: ip, owner: metadata.name }] : []));
}

/** Every service that Calico manages. */
export async function* managedServices(
  store: Datastore,
  policy: ServicePolicy,
): AsyncGenerator<Resource, void, undefined> {
  for await (const service of listed(store, { kind: await kindOf('Service') })) {
    if (isManaged(service, policy)) yield service;
  }
}
