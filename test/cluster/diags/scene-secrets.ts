import { issue } from '../../../scripts/testbed/certificates.mjs';
import type { Scene } from '../../testbed/kube-scene.ts';
import { type Planted, secretKubeconfig, secretLines } from './secrets.ts';

/** Objects that are made of secrets. */

const CERTIFICATE = issue({
  commonName: 'typha-server',
  issuer: issue({ commonName: 'diags test CA' }),
  names: ['typha.calico-system.svc'],
});

export async function secretObjects(scene: Scene, secrets: Planted): Promise<void> {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  for (const [namespace, name] of [
    ['calico-system', 'typha-certs'],
    ['calico-system', 'node-certs'],
    ['tigera-operator', 'typha-certs'],
    ['calico-system', 'bgp-passwords'],
    ['kube-system', 'calico-etcd-secrets'],
  ] as const) {
    const data = {
      'tls.crt': base64(CERTIFICATE.certificate),
      'tls.key': base64(secrets.key()),
      password: secrets.encoded(),
      'unsuspected.bin': secrets.encoded(),
    };
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data }),
      note: 'ours',
    };
    await scene.put('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name, annotations },
      type: 'Opaque',
      data,
    });
  }
}

export async function configMaps(scene: Scene, secrets: Planted): Promise<void> {
  for (const namespace of ['calico-system', 'kube-system', 'default']) {
    await scene.put('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace, name: 'settings' },
      data: {
        kubeconfig: secretKubeconfig(secrets),
        'password.txt': secrets.word(),
        etcd_password: secrets.word(),
        cni_network_config: JSON.stringify({ plugins: [{ policy: { k8s_auth_token: secrets.token() } }] }),
        'tls.key': secrets.key(),
        'notes.md': secretLines(secrets).join('\n'),
        typha_service_name: 'calico-typha-is-readable',
      },
    });
  }
}
