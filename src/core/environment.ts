/** Variables as other programs get them from us. */

type Environment = Readonly<Record<string, string | undefined>>;

/** What proves who we are to a datastore; a test holds this to the settings. */
const OWN = /^(?:(?:CALICO_)?ETCD_PASSWORD|CALICO_K8SAPITOKEN)$/;
const OWN_URLS = /^(?:CALICO_)?(?:ETCD_ENDPOINTS|K8S_API_ENDPOINT)$/;

/** The environment without our own secrets, for programs that have to reach something themselves. */
export function withoutOwnSecrets(env: Environment): Environment {
  return kept(env, (name, value) => !OWN.test(name) && !(OWN_URLS.test(name) && value.includes('@')));
}

const SECRET_NAME =
  /passw|passphrase|secret|token|credential|(?:api|access|private|encryption|signing)_?key|_(?:pwd|pass|psk)$|_auth$|auth_config/i;
const PASSWORD_IN_URL = /:\/\/[^\s/@]*:[^\s]*@/;

/** The environment without anything that looks like a secret, for programs that only look at this machine. */
export function withoutSecretVariables(env: Environment): Environment {
  const plain = (name: string, value: string) =>
    !SECRET_NAME.test(name) && !PASSWORD_IN_URL.test(value) && !value.includes('-----BEGIN');
  return kept(withoutOwnSecrets(env), plain);
}

function kept(env: Environment, mayStay: (name: string, value: string) => boolean): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => mayStay(name, value ?? '')));
}
