import { withoutSecrets } from '../../hide.ts';
import type { Access, Credentials } from '../access/access.ts';
import { unescaped } from './sockets.ts';

/** Takes out of a text what the server or a proxy was shown. */
export type Hide = (words: string) => string;

/** The same access, which remembers what credentials it gave. */
export function hiding(access: Access): Access & { readonly hide: Hide } {
  const secrets = new Set(
    [access.proxy, access.server].flatMap((url) => (url === undefined ? [] : secretsOf(url))),
  );
  return {
    ...access,
    async credentials(signal) {
      const used = await access.credentials(signal);
      for (const secret of secretsIn(used)) secrets.add(secret);
      return used;
    },
    hide: (words) => withoutSecrets(words, secrets),
  };
}

/** The password of a URL, and what becomes of it in a header. */
function secretsOf({ username, password }: URL): readonly string[] {
  if (password === '') return [];
  const plain = unescaped(password).toString();
  return [password, plain, `${unescaped(username)}:${plain}`];
}

function secretsIn({ authorization = '' }: Credentials): readonly string[] {
  const [, scheme = '', value = ''] = /^(\S+) (.*)$/s.exec(authorization) ?? [];
  if (!/^basic$/i.test(scheme)) return [value];
  const pair = Buffer.from(value, 'base64').toString();
  return [value, pair, pair.slice(pair.indexOf(':') + 1)];
}
