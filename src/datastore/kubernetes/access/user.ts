import { CalicoctlError } from '../../../core/errors.ts';
import { type Fields, fieldsIn, givenFields, pathIn, textIn, textsIn } from './fields.ts';
import { fault, type Given } from './given.ts';
import { type Material, materialIn } from './material.ts';

/** How somebody proves who he is, and for whom he acts, as given. */
export interface User {
  readonly token: Given | undefined;
  readonly tokenFile: Given | undefined;
  readonly basic: { readonly username: string; readonly password: string } | undefined;
  readonly certificate: Material | undefined;
  readonly key: Material | undefined;
  readonly exec: Fields | undefined;
  readonly as: Given | undefined;
  readonly asUid: Given | undefined;
  readonly asGroups: readonly string[];
  readonly asExtra: Readonly<Record<string, readonly string[]>>;
}

export const NO_USER: User = {
  token: undefined,
  tokenFile: undefined,
  basic: undefined,
  certificate: undefined,
  key: undefined,
  exec: undefined,
  as: undefined,
  asUid: undefined,
  asGroups: [],
  asExtra: {},
};

/** The user of a kubeconfig's entry. */
export function userOf(fields: Fields): User {
  refuseProvider(fields);
  const token = textIn(fields, 'token');
  const tokenFile = pathIn(fields, 'tokenFile');
  const username = textIn(fields, 'username');
  const password = textIn(fields, 'password');
  const basic = username ?? password;
  if (basic !== undefined && (token ?? tokenFile) !== undefined) {
    throw fault(givenFields(fields), 'has both a token and a user name with password', {
      hint: 'Only one of them can be sent; take the other away.',
    });
  }
  const extra = fieldsIn(fields, 'as-user-extra');
  return {
    token,
    tokenFile,
    basic: basic && { username: username?.value ?? '', password: password?.value ?? '' },
    certificate: materialIn(fields, 'client-certificate'),
    key: materialIn(fields, 'client-key'),
    exec: fieldsIn(fields, 'exec'),
    as: textIn(fields, 'as'),
    asUid: textIn(fields, 'as-uid'),
    asGroups: textsIn(fields, 'as-groups'),
    asExtra: Object.fromEntries(
      [...(extra?.values.keys() ?? [])].map((name) => [name, textsIn(extra!, name)]),
    ),
  };
}

/** Single credentials laid over a user. A token replaces every other secret that goes into the same header. */
export function overlaidUser(user: User, over: Pick<User, 'token' | 'certificate' | 'key'>): User {
  const secrets =
    over.token === undefined ? user : { token: over.token, tokenFile: undefined, basic: undefined };
  return {
    ...user,
    token: secrets.token,
    tokenFile: secrets.tokenFile,
    basic: secrets.basic,
    certificate: over.certificate ?? user.certificate,
    key: over.key ?? user.key,
  };
}

/** What replaces the providers that kubectl once had built in. */
const PLUGINS: Readonly<Record<string, string>> = {
  gcp: 'Install gke-gcloud-auth-plugin and have the entry written again: gcloud container clusters get-credentials CLUSTER.',
  azure: 'Install kubelogin and have the entry converted: kubelogin convert-kubeconfig.',
  oidc: 'Use an exec entry instead, for instance with the plugin kubelogin (kubectl oidc-login).',
};

function refuseProvider(fields: Fields): void {
  const provider = fieldsIn(fields, 'auth-provider');
  if (provider === undefined) return;
  const name = textIn(provider, 'name')?.value ?? '';
  const message = `${fields.label}: the auth-provider ${JSON.stringify(name)} is not supported`;
  const hint = PLUGINS[name] ?? 'Use a token, a client certificate or an exec entry instead.';
  throw new CalicoctlError('configuration', message, { hint, place: provider.place });
}
