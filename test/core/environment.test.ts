import { expect, test } from 'bun:test';
import { SETTINGS, type SettingDefinition } from '../../src/config/settings.ts';
import { withoutOwnSecrets, withoutSecretVariables } from '../../src/core/environment.ts';

const all: readonly SettingDefinition[] = SETTINGS;
const of = (secret: SettingDefinition['secret']) =>
  all.filter((setting) => setting.secret === secret).flatMap(({ environment }) => environment);

test('no secret of a setting goes to another program, every other setting does', () => {
  const secret = Object.fromEntries(of('all').map((name) => [name, 'x']));
  const urls = Object.fromEntries(of('userinfo').map((name) => [name, 'https://u:x@10.0.0.1:2379']));
  expect(Object.keys(secret).length).toBeGreaterThan(2);
  expect(withoutOwnSecrets({ ...secret, ...urls })).toEqual({});
  const harmless = Object.fromEntries(
    [...of(undefined), ...of('userinfo')].map((name) => [name, 'https://a:1']),
  );
  expect(withoutOwnSecrets(harmless)).toEqual(harmless);
  expect(withoutSecretVariables(harmless)).toEqual(harmless);
});

test('programs that reach others keep what is for those; programs that look keep what is no secret', () => {
  const needed = {
    ...{ AWS_SECRET_ACCESS_KEY: 'x', GITHUB_TOKEN: 'x', PGPASSWORD: 'x', DB_PASS: 'x', REDIS_AUTH: 'x' },
    ...{
      HTTPS_PROXY: 'http://u:x@proxy.example:3128',
      DOCKER_AUTH_CONFIG: '{}',
      CLIENT: '-----BEGIN PRIVATE KEY-----',
    },
  };
  const plain = {
    ...{
      PATH: '/bin',
      HOME: '/root',
      LANG: 'C',
      PWD: '/',
      OLDPWD: '/',
      SSH_AUTH_SOCK: '/tmp/x',
      TERM: 'xterm',
    },
    ...{
      NO_PROXY: '10.0.0.0/8',
      HTTP_PROXY: 'http://proxy.example:3128',
      KEYBOARD: 'de',
      XAUTHORITY: '/x',
      DOCKER_HOST: 'ssh://root@host',
    },
  };
  expect(withoutOwnSecrets({ ...needed, ...plain })).toEqual({ ...needed, ...plain });
  expect(withoutSecretVariables({ ...needed, ...plain })).toEqual(plain);
});
