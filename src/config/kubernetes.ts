import { delimiter, resolve } from 'node:path';
import { type Settings, settingValue } from './setting.ts';

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
  /** Requests a second; absent where there is no limit. */
  readonly clientQps?: number;
  readonly clientBurst: number;
  readonly context?: string;
  /** Forces the API group of Calico resources; absent where it is to be discovered. */
  readonly calicoApiGroup?: string;
  /** For whom requests are made, by the flags; they count with every source of the other settings. */
  readonly impersonate: ImpersonationSettings;
}

export interface ImpersonationSettings {
  readonly user?: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

/** The settings for Kubernetes. */
export function kubernetesSettings(settings: Settings, cwd: string): KubernetesSettings {
  const list = settingValue(settings, 'kubeconfig') ?? '';
  const qps = settingValue(settings, 'k8sClientQPS') ?? 0;
  const given = {
    kubeconfigInline: settingValue(settings, 'kubeconfigInline'),
    apiEndpoint: settingValue(settings, 'k8sAPIEndpoint'),
    keyFile: absolute(settingValue(settings, 'k8sKeyFile'), cwd),
    certFile: absolute(settingValue(settings, 'k8sCertFile'), cwd),
    caFile: absolute(settingValue(settings, 'k8sCAFile'), cwd),
    token: settingValue(settings, 'k8sAPIToken'),
    clientQps: qps > 0 ? qps : undefined,
    context: settingValue(settings, 'k8sCurrentContext'),
    calicoApiGroup: settingValue(settings, 'calicoAPIGroup'),
  };
  return {
    ...withoutAbsent(given),
    kubeconfigPaths: entries(list).map((path) => resolve(cwd, path)),
    insecureSkipTlsVerify: settingValue(settings, 'k8sInsecureSkipTLSVerify') ?? false,
    usePodCidr: settingValue(settings, 'usePodCIDR') ?? false,
    impersonate: {
      ...withoutAbsent({
        user: settingValue(settings, 'impersonateUser'),
        uid: settingValue(settings, 'impersonateUid'),
      }),
      groups: settingValue(settings, 'impersonateGroups') ?? [],
    },
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
