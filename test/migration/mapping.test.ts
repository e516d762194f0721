import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../../src/core/json.ts';
import {
  kubernetesName,
  type Mapping,
  mapped,
  reasonToLeaveOut,
  reasonToStay,
} from '../../src/migration/mapping.ts';
import type { Resource } from '../../src/resources/kind.ts';

function resource(kind: string, name: string, spec: JsonObject = {}, metadata: object = {}): Resource {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name, ...metadata }, spec };
}

const nodes = new Map([['calico-a', 'worker1']]);
const reference: Mapping = { to: 'kubernetes', nodes, everywhere: false };
const everywhere: Mapping = { ...reference, everywhere: true };

describe('a resource on its way', () => {
  test('loses its identity, and keeps labels and annotations', () => {
    const identity = {
      ...{ uid: 'u', resourceVersion: '7', creationTimestamp: '2026-01-01T00:00:00Z', generation: 3 },
      ...{ deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 1, managedFields: [] },
    };
    const kept = { namespace: 'shop', labels: { a: 'b' }, annotations: { c: 'd' } };
    const given = resource('NetworkSet', 'n', { nets: [] }, { ...identity, ...kept });
    expect(mapped(given, reference)).toEqual(resource('NetworkSet', 'n', { nets: [] }, kept));
  });

  test('has no note of which labels of a node are those of Kubernetes', () => {
    const given = resource('Node', 'n', {}, { annotations: { 'projectcalico.org/kube-labels': '{}' } });
    expect(mapped(given, reference)).toEqual(resource('Node', 'n'));
  });

  test('is called as Kubernetes calls its node', () => {
    const name = (kind: string, old: string) => mapped(resource(kind, old), reference).metadata.name;
    expect(name('Node', 'calico-a')).toBe('worker1');
    expect(name('FelixConfiguration', 'node.calico-a')).toBe('node.worker1');
    expect(name('BGPConfiguration', 'node.calico-a')).toBe('node.worker1');
    expect(name('FelixConfiguration', 'node.other')).toBe('node.other');
    expect(name('FelixConfiguration', 'default')).toBe('default');
    expect(name('HostEndpoint', 'calico-a')).toBe('calico-a');
  });

  test.each(['BGPPeer', 'HostEndpoint'])(
    'a %s names the node of Kubernetes only where that is asked',
    (kind) => {
      const given = resource(kind, 'x', { node: 'calico-a' });
      expect(mapped(given, reference).spec).toEqual({ node: 'calico-a' });
      expect(mapped(given, everywhere).spec).toEqual({ node: 'worker1' });
    },
  );

  test('has actions in the letter case that Kubernetes takes', () => {
    const spec = {
      defaultEndpointToHostAction: 'ACCEPT',
      iptablesFilterDenyAction: 'reject',
      logPrefix: 'LOUD',
    };
    const more = { iptablesFilterAllowAction: 'rETURN', iptablesMangleAllowAction: '' };
    expect(mapped(resource('FelixConfiguration', 'default', { ...spec, ...more }), reference).spec).toEqual({
      ...{ defaultEndpointToHostAction: 'Accept', iptablesFilterDenyAction: 'Reject', logPrefix: 'LOUD' },
      ...{ iptablesFilterAllowAction: 'Return', iptablesMangleAllowAction: '' },
    });
  });
});

describe('the name of a node in Kubernetes', () => {
  const node = (...orchRefs: readonly object[]) => resource('Node', 'calico-a', { orchRefs } as never);

  test('is that of its last reference that says so', () => {
    const refs = [
      { orchestrator: 'k8s', nodeName: 'old' },
      { orchestrator: 'k8s', nodeName: 'new' },
      { orchestrator: 'openstack', nodeName: 'other' },
    ];
    expect(kubernetesName(node(...refs))).toBe('new');
  });

  test.each([[[]], [[{ orchestrator: 'openstack', nodeName: 'x' }]], [[{ orchestrator: 'k8s' }]]])(
    'is missing where references are %j',
    (refs) => {
      expect(() => kubernetesName(node(...refs))).toThrow(
        "node calico-a missing a 'k8s' orchestrator reference",
      );
    },
  );
});

describe('what stays behind', () => {
  test('is what Kubernetes makes, and what is built in', () => {
    expect(reasonToStay(resource('NetworkPolicy', 'knp.default.web'))).toContain('Kubernetes');
    expect(reasonToStay(resource('Profile', 'projectcalico-default-allow'))).toContain('built into');
    expect(reasonToStay(resource('GlobalNetworkPolicy', 'knp.default.web'))).toBeUndefined();
    expect(reasonToStay(resource('NetworkPolicy', 'web'))).toBeUndefined();
  });

  test('depends on where it goes', () => {
    for (const kind of ['Profile', 'WorkloadEndpoint', 'IPAMConfiguration']) {
      expect(reasonToLeaveOut(resource(kind, 'x'), 'kubernetes')).toContain('Kubernetes');
      expect(reasonToLeaveOut(resource(kind, 'x'), 'etcdv3')).toBeUndefined();
    }
  });
});
