import { stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import type { Configuration } from './configuration.ts';
import { givenAs, type Settings, settingError, settingValue } from './setting.ts';
import { reasonOf } from './system.ts';

/** How to reach Kubernetes. Absent values are not given; the kubeconfig or the pod's account then decides. */
export interface KubernetesSettings {
  /** Absolute paths in the order of the list; the entries of a list with several may be missing. */
  readonly kubeconfigPaths: readonly string[];
  /** Kubeconfig text; where given, the paths and the overrides below are ignored. */
  readonly kubeconfigInline?: string;
  readonly apiEndpoint?: string;
  readonly keyFile?: string;
  readonly certFile?: string;
  readonly caFile?: string;
  readonly token?: string;
  readonly insecureSkipTlsVerify: boolean;
  readonly usePodCidr: boolean;
  /** Requests a second; absent where the operation's own default is to be used. */
  readonly clientQps?: number;
  readonly clientBurst: number;
  readonly context?: string;
  /** Forces the API group of Calico resources; absent where it is to be discovered. */
  readonly calicoApiGroup?: string;
}

/** The settings for Kubernetes. */
export function kubernetesSettings(settings: Settings, cwd: string): KubernetesSettings {
  const list = settingValue(settings, 'kubeconfig') ?? '';
  const qps = settings.get('k8sClientQPS');
  const given = {
    kubeconfigInline: settingValue(settings, 'kubeconfigInline'),
    apiEndpoint: settingValue(settings, 'k8sAPIEndpoint'),
    keyFile: absolute(settingValue(settings, 'k8sKeyFile'), cwd),
    certFile: absolute(settingValue(settings, 'k8sCertFile'), cwd),
    caFile: absolute(settingValue(settings, 'k8sCAFile'), cwd),
    token: settingValue(settings, 'k8sAPIToken'),
    clientQps:
      qps?.origin.from === 'default' ? undefined : settingValue(settings, 'k8sClientQPS') || undefined,
    context: settingValue(settings, 'k8sCurrentContext'),
    calicoApiGroup: settingValue(settings, 'calicoAPIGroup'),
  };
  return {
    ...withoutAbsent(given),
    kubeconfigPaths: entries(list).map((path) => resolve(cwd, path)),
    insecureSkipTlsVerify: settingValue(settings, 'k8sInsecureSkipTLSVerify') ?? false,
    usePodCidr: settingValue(settings, 'usePodCIDR') ?? false,
    // The reference takes 0 for "not given" here too.
    clientBurst: settingValue(settings, 'k8sClientBurst') || 100,
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutAbsent<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}

function absolute(path: string | undefined, cwd: string): string | undefined {
  return path === undefined ? undefined : resolve(cwd, path);
}

function entries(list: string): string[] {
  return list.split(delimiter).filter((path) => path !== '');
}

/**
 * Makes sure that there is a kubeconfig to read where one is named: a single file must exist; of a list, which is
 * merged as kubectl does, any may be missing but not all. Says nothing about what the files hold.
 */
export async function checkKubeconfig({ settings, cwd }: Configuration): Promise<void> {
  const paths = entries(settingValue(settings, 'kubeconfig') ?? '');
  if (paths.length === 0 || settingValue(settings, 'kubeconfigInline') !== undefined) return;
  const faults = await Promise.all(paths.map((path) => faultOf(resolve(cwd, path))));
  if (paths.length > 1 && faults.includes(undefined)) return;
  const first = faults.find((fault) => fault !== undefined);
  if (first === undefined) return;
  const name = givenAs(settings, 'kubeconfig');
  const message = `${name}: cannot read the kubeconfig ${paths.join(delimiter)}: ${reasonOf(first)}`;
  throw settingError(settings, ['kubeconfig'], message, { cause: first });
}

async function faultOf(path: string): Promise<unknown> {
  try {
    if ((await stat(path)).isDirectory()) return Object.assign(new Error(path), { code: 'EISDIR' });
    return undefined;
  } catch (error) {
    return error;
  }
}
