/** Which names announce a secret: of keys, of variables, of flags. */

/** Anywhere in a name, written in lower case and without separators. */
const TELLING =
  /passw(?:or)?d|passphrase|passcode|secret|token|credential|dockerconfigjson|dockercfg|lastappliedconfiguration/;

/** Keys of what; a bare `key` is mostly a name (tolerations, selectors, records of logs). */
const KEY =
  /(?:private|secret|api|access|client|sign|signing|encrypt|encryption|ssh|tls|ssl|auth|account|shared|preshared|master|etcd|server|license|aws|hmac|rsa)keys?(?:data|pem|base64)?$/;

const EXACT = new Set([
  'pass',
  'pwd',
  'psk',
  'auth',
  'basicauth',
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'jwt',
]);

const SHORT = /(?:^|[_.-])(?:pass|pwd|psk)$/i;

/** Words at the end that make a name one of something about the secret: its file, its lifetime, its number. */
const ABOUT = new Set(
  (
    'file files path paths dir directory name names namespace namespaces ref refs type types kind count ttl ' +
    'seconds length len size url uri version format required enabled disabled period duration time age policy ' +
    'rotation usage selector algorithm mount mounts go js py rs crt template provider controller lister informer ' +
    'manager watcher reconciler cache expiration expiry expires audience audiences issuer secrets requests ' +
    'request review reviews error err status state generation revision ready exists found timestamp optional ' +
    'public method plugin mode items'
  ).split(' '),
);

function lastWord(name: string): string {
  const cut = name.replace(/^.*[^A-Za-z0-9]/, '');
  return cut.replace(/^.*[a-z0-9](?=[A-Z][a-z]|[A-Z]+$)/, '').toLowerCase();
}

/** True of `password`, `client-key-data`, `DB_TOKEN`; false of `secretName`, `tokenExpirationSeconds`, `publicKey`. */
export function isSecretName(name: string): boolean {
  if (ABOUT.has(lastWord(name)) || /cert-?hash$/i.test(name)) return false;
  // A type of Go, as in `failed to list *v1.Secret: …`.
  if (/^v\d\w*\.Secret(?:List)?$/.test(name)) return false;
  const flat = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (EXACT.has(flat) || SHORT.test(name) || TELLING.test(flat)) return true;
  if (flat.includes('public')) return false;
  return KEY.test(flat) || isVariableOfKey(name);
}

/** `SOME_KEY`: names of environment variables say less than others, so that any key is taken for a secret. */
function isVariableOfKey(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name) && /(?:_|^)KEYS?$/.test(name);
}

/** Of an entry of `env`, where the name is all there is: a key of any sort counts. */
export function isSecretVariable(name: string): boolean {
  if (isSecretName(name)) return true;
  return /key/i.test(name) && !/public/i.test(name) && !ABOUT.has(lastWord(name));
}

/** True of names of keys, whose values are shown where they are paths. */
export function isKeyName(name: string): boolean {
  return /key/i.test(name) && !/passw|token|credential/i.test(name);
}

const NOTHING =
  /^(?:true|false|null|none|nil|~|<nil>|<none>|\(hidden\)|\*+|<redacted>|<set to the key .*|\$\(\w+\)|\$\{\w+\}|enabled|disabled|failed|expired|invalid|missing|unknown|required|rejected|denied|x509|rbac|webhook)[,;]?$/i;
const PATH =
  /^\/(?:etc|var|run|calico-secrets|calico|usr|opt|home|root|tmp|host|lib|srv|mnt|certs|code|node-certs)(?:\/[\w.@+-]+)+[,;]?$/;

/** What stands where a secret could, and is none: nothing, a truth value, a reference, the path of a key. */
export function isHarmless(name: string, value: string): boolean {
  const text = value.trim();
  if (text === '' || NOTHING.test(text)) return true;
  if (isKeyName(name) || /^(?:old)?pwd$/i.test(name))
    return PATH.test(text) || (/pwd/i.test(name) && /^\/\S*$/.test(text));
  return /^pass$/i.test(name) && /^\d{1,6}$/.test(text);
}
