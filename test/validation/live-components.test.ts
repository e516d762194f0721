import { expect, test } from 'bun:test';
import { fileStore, put } from '../operations/stores.ts';
import { examineLive, readOnly } from './live-support.ts';

test('what components of Calico make themselves is valid', async () => {
  const open = await fileStore();
  try {
    const allow = [{ action: 'Allow', source: {}, destination: {} }];
    const labels = { 'pcns.projectcalico.org/name': 'shop' };
    const made: readonly (readonly [kind: string, name: string, spec: object, namespace?: string])[] = [
      [
        'ClusterInformation',
        'default',
        { clusterGUID: '0123', clusterType: 'k8s,bgp', calicoVersion: 'v3.32.0', datastoreReady: true },
      ],
      ['Node', 'bare', {}],
      [
        'Node',
        'worker-1',
        {
          bgp: { ipv4Address: '10.0.0.1/24', ipv4IPIPTunnelAddr: '10.244.0.1' },
          orchRefs: [{ orchestrator: 'k8s', nodeName: 'worker-1' }],
        },
      ],
      [
        'HostEndpoint',
        'worker-1-auto-hep',
        {
          node: 'worker-1',
          interfaceName: '*',
          expectedIPs: ['10.0.0.1'],
          profiles: ['projectcalico-default-allow'],
        },
      ],
      ['Profile', 'kns.shop', { ingress: allow, egress: allow, labelsToApply: labels }],
      ['Profile', 'ksa.shop.default', { labelsToApply: labels }],
      [
        'NetworkPolicy',
        'knp.default.web',
        {
          order: 1000,
          types: ['Ingress'],
          selector: "projectcalico.org/orchestrator == 'k8s'",
          ingress: [{ action: 'Allow', source: {}, destination: {} }],
        },
        'shop',
      ],
      ['KubeControllersConfiguration', 'default', { controllers: { node: { syncLabels: 'Enabled' } } }],
      ['FelixConfiguration', 'default', { bpfEnabled: false, floatingIPs: 'Disabled' }],
      [
        'IPPool',
        'default-ipv4-ippool',
        { cidr: '192.168.0.0/16', ipipMode: 'Always', natOutgoing: true, nodeSelector: 'all()' },
      ],
      [
        'WorkloadEndpoint',
        'worker--1-k8s-web--1-eth0',
        {
          node: 'worker-1',
          orchestrator: 'k8s',
          pod: 'web-1',
          endpoint: 'eth0',
          interfaceName: 'cali0123456789a',
          ipNetworks: ['10.244.0.5/32'],
          profiles: ['kns.shop'],
        },
        'shop',
      ],
    ];
    for (const [kind, name, spec, namespace] of made) await put(open.store, kind, name, spec, namespace);
    expect(await examineLive(readOnly(open.store))).toMatchObject({ findings: [], total: made.length + 1 });
  } finally {
    await open.stop();
  }
});
