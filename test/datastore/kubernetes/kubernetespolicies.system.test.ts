import { describe, expect, test } from 'bun:test';
import type { Ref } from '../../../src/resources/kind.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import { coreCluster, OURS } from './core-objects.ts';

/** Policies of Kubernetes on a real API server. */

const NetworkPolicy = await kindOf('NetworkPolicy');
const KNP = await kindOf('KubernetesNetworkPolicy');
const KCNP = await kindOf('KubernetesClusterNetworkPolicy');
const cluster = coreCluster();

describe('policies of Kubernetes', () => {
  const named = (kind: Ref['kind'], name: string): Ref => ({ kind, name, namespace: OURS });

  test('are shown as Calico sees them, under either name, and are no policies of Calico', async () => {
    await cluster.core.put('networkpolicies', {
      metadata: { name: 'web', namespace: OURS },
      spec: {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [
          {
            from: [{ namespaceSelector: {} }],
            ports: [{ port: 80 }, { port: 81 }, { protocol: 'UDP', port: 53 }],
          },
        ],
      },
    });
    const source = { namespaceSelector: 'all()', selector: "projectcalico.org/orchestrator == 'k8s'" };
    const found = await cluster.store.get(named(KNP, 'web'));
    expect<unknown>(found.spec).toEqual({
      tier: 'default',
      order: 1000,
      selector: "projectcalico.org/orchestrator == 'k8s' && app == 'web'",
      types: ['Ingress'],
      ingress: [
        { action: 'Allow', protocol: 'TCP', source, destination: { ports: ['80:81'] } },
        { action: 'Allow', protocol: 'UDP', source, destination: { ports: [53] } },
      ],
    });
    expect(await cluster.listed({ kind: KNP, namespace: OURS })).toEqual([found]);
    expect(await cluster.listed({ kind: NetworkPolicy, namespace: OURS })).toEqual([]);
    await expect(cluster.store.get(named(NetworkPolicy, 'knp.default.web'))).rejects.toMatchObject({
      errorClass: 'not-found',
      message: expect.stringContaining(`NetworkPolicy(${OURS}/knp.default.web)`),
      details: { hint: `A policy of Kubernetes is shown by: calicoctl get knp web -n ${OURS}` },
    });
  });

  test('of the whole cluster', async () => {
    const name = `${OURS}-policy`;
    await cluster.core.put('clusternetworkpolicies', {
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name },
      spec: {
        tier: 'Admin',
        priority: 10,
        subject: { namespaces: { matchLabels: { team: 'blue' } } },
        egress: [{ name: 'out', action: 'Deny', to: [{ networks: ['10.0.0.0/8'] }] }],
      },
    });
    const found = await cluster.store.get({ kind: KCNP, name });
    expect<unknown>(found.spec).toEqual({
      tier: 'kube-admin',
      order: 10,
      egress: [
        { action: 'Deny', destination: { nets: ['10.0.0.0/8'] }, metadata: { annotations: { name: 'out' } } },
      ],
      selector: "projectcalico.org/orchestrator == 'k8s'",
      types: ['Egress'],
      namespaceSelector: "team == 'blue'",
    });
    expect(await cluster.listed({ kind: KCNP, namePrefix: OURS })).toEqual([found]);
  });

  test('are watched', async () => {
    const query = { kind: KNP, namespace: OURS };
    const found = await cluster.changes(query, 2, async () => {
      await cluster.core.put('networkpolicies', {
        metadata: { name: 'a', namespace: OURS },
        spec: { podSelector: {} },
      });
      await cluster.server.api.delete(cluster.core.target('networkpolicies', 'a'));
    });
    expect(found.map(({ type, resource }) => [type, resource.metadata.name])).toEqual([
      ['added', 'a'],
      ['deleted', 'a'],
    ]);
  });
});
