import { stat } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Environment } from '../../../config/environment.ts';
import type { Given } from './given.ts';

/** Where Kubernetes puts the account of a pod. */
export const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface ServiceAccount {
  readonly server: Given;
  /** Absent where the pod is not given one; the system's authorities count then. */
  readonly caFile?: Given;
  readonly tokenFile: Given;
}

/** What a pod is told of the API server; undefined outside of one, `no-token` in one without an account's token. */
export async function findServiceAccount(
  env: Environment,
  folder = SERVICE_ACCOUNT_FOLDER,
): Promise<ServiceAccount | 'no-token' | undefined> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) return undefined;
  const [token, ca] = await Promise.all(['token', 'ca.crt'].map((name) => fileAt(join(folder, name))));
  if (token === undefined) return 'no-token';
  const address = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return {
    server: { value: address, name: 'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT' },
    tokenFile: { value: token, name: `the token of the service account, ${token},` },
    ...(ca === undefined
      ? {}
      : { caFile: { value: ca, name: `the authority of the service account, ${ca},` } }),
  };
}

async function fileAt(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}
