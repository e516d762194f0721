import { describe, expect, test } from 'bun:test';
import { decodeDocument } from '../../../src/resources/document.ts';
import { API_VERSION, type Kind, type Resource } from '../../../src/resources/kind.ts';
import felix from '../../../src/resources/kinds/felixconfiguration.ts';
import controllers from '../../../src/resources/kinds/kubecontrollersconfiguration.ts';
import { kindOf } from '../../../src/resources/registry.ts';

function resource(kind: Kind, spec: Readonly<Record<string, unknown>>): Resource {
  const document = { apiVersion: API_VERSION, kind: kind.kind, metadata: { name: 'default' }, spec };
  return decodeDocument(kind, document).resource;
}

describe('what is written', () => {
  test('an unanswered node status', async () => {
    const { status } = resource(await kindOf('CalicoNodeStatus'), {});
    expect(JSON.stringify(status)).toBe(
      '{"lastUpdated":null,"agent":{"birdV4":{},"birdV6":{}},"bgp":{"numberEstablishedV4":0,"numberNotEstablishedV4":0,"numberEstablishedV6":0,"numberNotEstablishedV6":0},"routes":{}}',
    );
  });

  test('statuses that are always there', async () => {
    expect(resource(controllers, {}).status).toEqual({});
    expect(resource(await kindOf('Node'), {}).status).toEqual({});
    expect(resource(felix, {}).status).toBeUndefined();
  });

  test('booleans of the IPAM configuration', async () => {
    expect(resource(await kindOf('IPAMConfiguration'), {}).spec).toEqual({
      strictAffinity: false,
      autoAllocateBlocks: false,
    });
  });

  test('lists of an IPAM block, with sequence numbers exact', async () => {
    const spec = {
      allocations: [null, 0],
      unallocated: [0],
      attributes: [],
      sequenceNumber: 18000000000000000001n,
    };
    const written = resource(await kindOf('IPAMBlock'), spec).spec;
    expect(written).toEqual({
      cidr: '',
      ...spec,
      sequenceNumberForAllocation: null,
      deleted: false,
      strictAffinity: false,
    } as unknown as Resource['spec']);
  });
});

describe('defaults', () => {
  const filled = {
    floatingIPs: 'Disabled',
    bpfConnectTimeLoadBalancing: 'TCP',
    bpfHostNetworkedNATWithoutCTLB: 'Enabled',
  };

  test('of Felix', () => {
    expect(felix.defaults!(resource(felix, {})).spec).toEqual({ ...filled, bpfLogLevel: '' });
    expect(felix.defaults!(resource(felix, { floatingIPs: 'Enabled' })).spec).toEqual({
      ...filled,
      bpfLogLevel: '',
      floatingIPs: 'Enabled',
    });
  });

  test.each([
    [true, 'Enabled'],
    [false, 'Disabled'],
  ])('the obsolete switch of Felix set to %p wins', (old, mode) => {
    const given = {
      bpfConnectTimeLoadBalancingEnabled: old,
      bpfConnectTimeLoadBalancing: 'TCP',
      bpfHostNetworkedNATWithoutCTLB: 'Enabled',
    };
    expect(felix.defaults!(resource(felix, given)).spec).toMatchObject({
      bpfConnectTimeLoadBalancing: mode,
      bpfHostNetworkedNATWithoutCTLB: 'Disabled',
    });
  });

  test('of kube-controllers, for the controllers that are there', () => {
    expect(controllers.defaults!(resource(controllers, {})).spec).toEqual({
      prometheusMetricsPort: 9094,
      controllers: {},
    });
    const given = { prometheusMetricsPort: 0, controllers: { node: {}, policy: {}, loadBalancer: {} } };
    expect(controllers.defaults!(resource(controllers, given)).spec).toEqual({
      prometheusMetricsPort: 0,
      controllers: {
        node: { leakGracePeriod: '15m0s' },
        policy: {},
        loadBalancer: { assignIPs: 'AllServices' },
      },
    });
  });
});
