import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { CalicoctlError } from '../core/errors.ts';
import type { Configuration, KubernetesSettings } from './configuration.ts';

/**
 * The same configuration for the Kubernetes of a kubeconfig, or of a list of them: for who needs to ask a cluster beside
 * its datastore. Context and whom requests are made for stay as they are; other ways to name a cluster do not count.
 */
export function withKubeconfig(configuration: Configuration, kubeconfig: string): Configuration {
  const { impersonate, clientBurst, clientQps, context } = configuration.kubernetes;
  const kubernetes: KubernetesSettings = {
    kubeconfigPaths: kubeconfig
      .split(delimiter)
      .filter((path) => path !== '')
      .map((path) => resolve(configuration.cwd, path)),
    insecureSkipTlsVerify: false,
    usePodCidr: false,
    ...{ impersonate, clientBurst },
    ...(clientQps === undefined ? {} : { clientQps }),
    ...(context === undefined ? {} : { context }),
  };
  // Its other settings are looked at only when asked for, which a copy would do.
  return Object.create(configuration, {
    datastoreType: { value: 'kubernetes' },
    kubernetes: { value: kubernetes },
  }) as Configuration;
}

/** The configuration of the Kubernetes around Calico; throws where nothing says which that is. */
export function clusterSettings(
  configuration: Configuration,
  kubeconfig: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Configuration {
  if (kubeconfig === undefined && configuration.datastoreType === 'kubernetes') return configuration;
  const home = join(env['HOME'] ?? '', '.kube', 'config');
  const found = kubeconfig ?? (env['KUBECONFIG'] || (env['HOME'] && existsSync(home) ? home : undefined));
  if (found !== undefined) return withKubeconfig(configuration, found);
  throw new CalicoctlError('configuration', 'no Kubernetes is configured, and this command needs one', {
    hint: `The datastore is ${configuration.datastoreType}: name a kubeconfig with --kubeconfig FILE or KUBECONFIG.`,
  });
}
