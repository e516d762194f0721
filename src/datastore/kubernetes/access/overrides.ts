import type { Configuration } from '../../../config/configuration.ts';
import { maskValue } from '../../../config/mask.ts';
import { givenAs, settingValue } from '../../../config/setting.ts';
import type { SettingName } from '../../../config/settings.ts';
import { CalicoctlError, formatValue } from '../../../core/errors.ts';
import type { Impersonation } from './access.ts';
import type { Cluster } from './cluster.ts';
import { pathOf } from './fields.ts';
import type { Given } from './given.ts';
import type { Material } from './material.ts';
import type { User } from './user.ts';

/** What the settings say themselves, past any kubeconfig. */
export interface Overrides {
  readonly context: Given | undefined;
  readonly cluster: Pick<Cluster, 'server' | 'ca' | 'insecure'>;
  readonly user: Pick<User, 'token' | 'certificate' | 'key'>;
}

const NONE: Overrides = {
  context: undefined,
  cluster: { server: undefined, ca: undefined, insecure: undefined },
  user: { token: undefined, certificate: undefined, key: undefined },
};

/** The K8S_* settings. Text of a kubeconfig within the configuration replaces them all, as in the reference. */
export function overridesOf(configuration: Configuration): Overrides {
  if (configuration.kubernetes.kubeconfigInline !== undefined) return NONE;
  const insecure = given(configuration, 'k8sInsecureSkipTLSVerify');
  return {
    context: given(configuration, 'k8sCurrentContext'),
    cluster: {
      server: given(configuration, 'k8sAPIEndpoint'),
      ca: fileOf(configuration, 'k8sCAFile'),
      insecure: insecure?.value === 'true' ? { ...insecure, value: true } : undefined,
    },
    user: {
      token: given(configuration, 'k8sAPIToken'),
      certificate: fileOf(configuration, 'k8sCertFile'),
      key: fileOf(configuration, 'k8sKeyFile'),
    },
  };
}

function given({ settings }: Configuration, field: SettingName): Given | undefined {
  const value = settingValue(settings, field);
  if (value === undefined) return undefined;
  const place = settings.get(field)?.origin.place;
  return { value: String(value), name: givenAs(settings, field), ...(place && { place }) };
}

function fileOf(configuration: Configuration, field: SettingName): Material | undefined {
  const path = given(configuration, field);
  if (path === undefined) return undefined;
  const file = pathOf(path, configuration.cwd);
  // Where PEM text stands in the place of a path it must not be shown.
  return { ...file, name: `${path.name} ${maskValue({}, file.value)}`, is: 'file' };
}

/** For whom to act: the flags lie over what the user's entry says, one by one, as with kubectl. */
export function impersonationOf(configuration: Configuration, user: User): Impersonation | undefined {
  const flags = configuration.kubernetes.impersonate;
  const name = flags.user ?? user.as?.value;
  const uid = flags.uid ?? user.asUid?.value;
  const groups = flags.groups.length > 0 ? flags.groups : user.asGroups;
  if (name !== undefined) {
    checkNames([name, uid ?? '', ...groups, ...Object.values(user.asExtra).flat()]);
    return { user: name, groups, extra: user.asExtra, ...(uid === undefined ? {} : { uid }) };
  }
  if (uid === undefined && groups.length === 0 && Object.keys(user.asExtra).length === 0) return undefined;
  if (flags.uid !== undefined || flags.groups.length > 0) {
    const flag = flags.uid === undefined ? '--as-group' : '--as-uid';
    throw new CalicoctlError('usage', `${flag} needs --as: only a user can be acted for`);
  }
  throw new CalicoctlError('configuration', 'as-groups, as-uid and as-user-extra of a kubeconfig need as', {
    hint: 'Name the user to act for, with as in the user entry or with --as.',
  });
}

/** Names go into HTTP headers, where a line break would end them. */
function checkNames(names: readonly string[]): void {
  const odd = names.find((name) => /[\0-\x1f\x7f]/.test(name));
  if (odd === undefined) return;
  const message = `${formatValue(odd)} cannot be acted for: it holds a line break or the like`;
  throw new CalicoctlError('configuration', message);
}
