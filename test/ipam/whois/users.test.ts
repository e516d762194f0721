import { describe, expect, test } from 'bun:test';
import { CalicoctlError } from '../../../src/core/errors.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import type { Sighting } from '../../../src/ipam/whois/report.ts';
import { usersOf } from '../../../src/ipam/whois/users.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import { parseAddress } from '../../../src/resources/net/address.ts';

function resource(kind: string, name: string, spec: object, more: object = {}): Resource {
  const metadata = { name, namespace: 'shop' };
  return { apiVersion: 'v1', kind, metadata, spec: spec as Resource['spec'], ...more };
}

const address = parseAddress('10.0.0.18')!;
const ofService: Sighting = {
  ...{ block: '10.0.0.16/29', affinity: 'virtual:load-balancer', state: 'allocated' },
  attributes: { service: 'web', namespace: 'shop' },
};

/** As much of a datastore on Kubernetes as is asked; counts how often all endpoints are read. */
function cluster(...resources: readonly Resource[]): {
  readonly store: Datastore;
  readonly scans: () => number;
} {
  let scans = 0;
  const store: Partial<Datastore> = {
    capabilities: { name: 'kubernetes', serverSideIdentity: true, concurrency: 1 },
    async get({ kind, name }) {
      const found = resources.find((each) => each.kind === kind.kind && each.metadata.name === name);
      if (found === undefined) throw new CalicoctlError('not-found', name);
      return found;
    },
    async *list({ kind }) {
      if (kind.kind === 'WorkloadEndpoint') scans++;
      yield { items: resources.filter((each) => each.kind === kind.kind), version: '1', corrupt: [] };
    },
  };
  return { store: store as Datastore, scans: () => scans };
}

const service = (ip: string) =>
  resource('Service', 'web', { type: 'LoadBalancer' }, { status: { loadBalancer: { ingress: [{ ip }] } } });

describe('users of an address', () => {
  test('are services that say so, and then nobody else is looked for', async () => {
    const { store, scans } = cluster(service('10.0.0.18'));
    expect(await usersOf(store, address, [ofService])).toEqual({
      users: [{ kind: 'Service', name: 'shop/web', field: 'status.loadBalancer.ingress' }],
      unseen: [],
    });
    expect(scans()).toBe(0);
  });

  test('are no services that have another address by now', async () => {
    const { store, scans } = cluster(service('10.0.0.19'));
    expect(await usersOf(store, address, [ofService])).toEqual({ users: [], unseen: [] });
    expect(scans()).toBe(1);
  });

  test('are nodes by any of their fields, and endpoints however they write it', async () => {
    const six = parseAddress('fd00::1')!;
    const node = resource('Node', 'n1', { wireguard: { interfaceIPv6Address: 'fd00:0::1' } });
    expect((await usersOf(cluster(node).store, six, [])).users).toEqual([
      { kind: 'Node', name: 'n1', field: 'spec.wireguard.interfaceIPv6Address', node: 'n1' },
    ]);
    const endpoint = resource('WorkloadEndpoint', 'e', { ipNetworks: ['10.0.0.1/32', 'FD00:0:0::1/128'] });
    expect((await usersOf(cluster(endpoint).store, six, [])).users).toEqual([
      { kind: 'WorkloadEndpoint', name: 'shop/e', field: 'spec.ipNetworks[1]' },
    ]);
    const longer = resource('WorkloadEndpoint', 'e', { ipNetworks: ['10.0.0.180/32', 'fd00::11/128'] });
    expect((await usersOf(cluster(longer).store, address, [])).users).toEqual([]);
    expect((await usersOf(cluster(longer).store, six, [])).users).toEqual([]);
  });

  test('that may not be looked at are told of instead', async () => {
    const { store } = cluster();
    const forbidden: Datastore = {
      ...store,
      async get() {
        throw new CalicoctlError('unauthorized', 'not for you');
      },
      async *list({ kind }) {
        if (kind.kind !== 'Node') throw new CalicoctlError('unauthorized', 'not for you');
        yield { items: [], version: '1', corrupt: [] };
      },
    };
    const ofPod = { ...ofService, attributes: { ...ofService.attributes, pod: 'p', node: 'n' } };
    const { users, unseen } = await usersOf(forbidden, address, [ofPod]);
    expect([users, unseen.toSorted()]).toEqual([[], ['endpoints', 'services']]);
  });
});
