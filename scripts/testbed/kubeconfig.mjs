// Kubeconfig files, written as JSON, which is YAML too.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const base64 = (file) => readFileSync(file).toString('base64');

/** Writes `<folder>/<name>.kubeconfig` for one user and returns its path. `user` is the kubeconfig's user object. */
export function writeKubeconfig({ folder, port, pki }, name, user) {
  const path = join(folder, `${name}.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'testbed',
        cluster: {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority-data': base64(join(pki, 'ca.crt')),
        },
      },
    ],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: 'testbed', user: name } }],
    'current-context': name,
  };
  writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return path;
}

/** The kubeconfig's user object of the user with a client certificate. */
export function certificateUser({ pki }) {
  return {
    'client-certificate-data': base64(join(pki, 'certificate-user.crt')),
    'client-key-data': base64(join(pki, 'certificate-user.key')),
  };
}
