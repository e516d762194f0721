import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { origins } from '../../src/config/configuration.ts';
import { MASK } from '../../src/config/mask.ts';
import { SETTINGS, type SettingDefinition } from '../../src/config/settings.ts';
import { failure, fromEnv, fromText, HEADER } from './fixture.ts';

const ALL: readonly SettingDefinition[] = SETTINGS;
const IN_FILE = ALL.filter(({ scope }) => scope === 'connection');
const IN_ENVIRONMENT = ALL.flatMap((setting) =>
  setting.environment.map((variable) => [variable, setting] as const),
);

const SAMPLES: Readonly<Record<string, readonly [text: string, value: string | number | boolean]>> = {
  text: ['some-text', 'some-text'],
  path: ['a/path', 'a/path'],
  boolean: ['true', true],
  number: ['2.5', 2.5],
  integer: ['7', 7],
};

describe('every setting', () => {
  test.each(IN_ENVIRONMENT)('from the variable %s', async (variable, { field, type }) => {
    const [text, value] = SAMPLES[type]!;
    const { settings } = await fromEnv({ [variable]: text });
    expect(settings.get(field as never)).toEqual({ value, origin: { from: 'environment', name: variable } });
  });

  test.each(IN_FILE.filter(({ environment }) => environment.length > 1))(
    'prefers the prefixed variable: $field',
    async ({ field, type, environment: [prefixed, plain] }) => {
      expect(prefixed).toBe(`CALICO_${plain}`);
      const [text, value] = SAMPLES[type]!;
      const { settings } = await fromEnv({ [plain!]: '0', [prefixed!]: text });
      expect(settings.get(field as never)?.value).toEqual(value as never);
    },
  );

  test('the prefixed variable wins even where it is set to nothing', async () => {
    const { settings } = await fromEnv({ ETCD_USERNAME: 'u', CALICO_ETCD_USERNAME: '' });
    expect(settings.get('etcdUsername')).toEqual({
      value: '',
      origin: { from: 'environment', name: 'CALICO_ETCD_USERNAME' },
    });
  });

  test.each(IN_FILE)('from YAML, in any case: $field', async ({ field, type }) => {
    const [text, value] = SAMPLES[type]!;
    for (const key of [field, field.toLowerCase(), field.toUpperCase()]) {
      const { settings } = await fromText(`${HEADER}spec:\n  ${key}: ${text}\n`);
      expect(settings.get(field as never)).toEqual({
        value,
        origin: {
          from: 'file',
          name: `${field} (a.cfg:4:3)`,
          place: { file: 'a.cfg', line: 4, column: 3 },
        },
      });
    }
  });

  test.each(IN_FILE)('from JSON: $field', async ({ field, type }) => {
    const value = SAMPLES[type]![1];
    const document = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'CalicoAPIConfig',
      metadata: {},
      spec: { [field]: value },
    };
    for (const text of [JSON.stringify(document), JSON.stringify(document, null, '\t')]) {
      expect((await fromText(text)).settings.get(field as never)?.value).toEqual(value as never);
    }
  });

  test.each(ALL.filter(({ scope }) => scope !== 'connection'))(
    'not of the connection has no place in a file: $field',
    async ({ field }) => {
      const { text } = await failure(() => fromText(`${HEADER}spec: {${field}: x}`));
      expect(text).toStartWith(`a.cfg:3:8: spec.${field}: is not known`);
    },
  );

  test('settings of the process are read next to a file', async () => {
    const config = await fromText(HEADER, { env: { TLS_MIN_VERSION: '1.3', ETCD_USERNAME: 'u' } });
    expect(config.settings.get('tlsMinVersion')?.value).toBe('1.3');
    expect(config.settings.get('etcdUsername')?.value).toBeUndefined();
  });

  test('the token has one variable only', async () => {
    const { kubernetes } = await fromEnv({ K8S_API_TOKEN: 'a', CALICO_K8S_API_TOKEN: 'b', K8SAPITOKEN: 'c' });
    expect(kubernetes.token).toBeUndefined();
  });

  test('the API group has a name that is prefixed already', async () => {
    expect((await fromEnv({ API_GROUP: 'x' })).kubernetes.calicoApiGroup).toBeUndefined();
    const env = { CALICO_API_GROUP: 'plain', CALICO_CALICO_API_GROUP: 'prefixed' };
    expect((await fromEnv(env)).kubernetes.calicoApiGroup).toBe('prefixed');
  });
});

describe('origins', () => {
  test('a row for every setting, with where it comes from', async () => {
    const rows = origins(
      await fromEnv({ ETCD_ENDPOINTS: 'http://a:1' }, { context: 'c', requestTimeout: '90' }),
    );
    expect(rows.map(({ field }) => field)).toEqual(ALL.map(({ field }) => field));
    const shown = rows
      .filter(({ value }) => value !== '')
      .map(({ field, value, from }) => [field, value, from]);
    expect(shown).toEqual([
      ['datastoreType', 'etcdv3', 'default (etcdEndpoints is set)'],
      ['etcdEndpoints', 'http://a:1', 'environment ETCD_ENDPOINTS'],
      ['k8sInsecureSkipTLSVerify', 'false', 'default'],
      ['k8sDisableNodePoll', 'false', 'default'],
      ['usePodCIDR', 'false', 'default'],
      ['k8sClientBurst', '100', 'default'],
      ['k8sCurrentContext', 'c', 'flag --context'],
      ['tlsMinVersion', '1.2', 'default'],
      ['requestTimeout', '90s', 'flag --request-timeout'],
    ]);
  });

  test('what flags say of Kubernetes', async () => {
    const rows = origins(
      await fromText(`${HEADER}spec: {k8sClientQPS: 5}\n`, {
        as: 'jane',
        asGroup: ['dev', 'a,b'],
        asUid: '7',
        qps: '50',
      }),
    );
    const shown = rows.filter(({ from }) => from.startsWith('flag'));
    expect(shown.map(({ field, value, from }) => [field, value, from])).toEqual([
      ['k8sClientQPS', '50', 'flag --qps'],
      ['impersonateUser', 'jane', 'flag --as'],
      ['impersonateGroups', 'dev, a,b', 'flag --as-group'],
      ['impersonateUid', '7', 'flag --as-uid'],
    ]);
  });

  test('what is secret', () => {
    const secret = ALL.filter((setting) => setting.secret !== undefined);
    expect(secret.map(({ field, secret }) => `${field} ${secret}`)).toEqual([
      'etcdEndpoints userinfo',
      'etcdPassword all',
      'etcdKey all',
      'etcdCert all',
      'etcdCACert all',
      'kubeconfigInline all',
      'k8sAPIEndpoint userinfo',
      'k8sAPIToken all',
    ]);
  });

  const secrets = fc
    .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
    .map((text) => `sEcReT${text}tErCeS`);
  const text = (field: string, value: string) =>
    JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'CalicoAPIConfig', spec: { [field]: value } });

  test.each(ALL.filter(({ secret }) => secret === 'all'))('never shows $field', async ({ field }) => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        const row = origins(await fromText(text(field, secret))).find((each) => each.field === field)!;
        expect(row.value).toBe(MASK);
        expect(JSON.stringify(row)).not.toContain('sEcReT');
      }),
      { numRuns: 20 },
    );
  });

  test.each(ALL.filter(({ secret }) => secret === 'userinfo'))(
    'never shows users in $field',
    async ({ field }) => {
      await fc.assert(
        fc.asyncProperty(secrets, secrets, async (user, password) => {
          const url = `https://${user}:${password}@one:2379,http://two:2379`;
          const config = await fromText(text(field, url));
          const shown = JSON.stringify(origins(config));
          expect(shown).not.toContain('sEcReT');
          expect(shown).not.toContain('tErCeS');
          expect(shown).toContain('@one:2379');
          if (field !== 'etcdEndpoints') return;
          const broken = await fromText(text(field, url.replace('https:', 'ftp:')));
          expect((await failure(() => broken.etcd)).text).not.toContain('sEcReT');
        }),
        { numRuns: 50 },
      );
    },
  );

  test('PEM text is hidden in a field for a path too', async () => {
    const rows = origins(await fromEnv({ ETCD_KEY_FILE: '-----BEGIN PRIVATE KEY-----\nabc' }));
    expect(rows.find(({ field }) => field === 'etcdKeyFile')?.value).toBe(MASK);
  });
});
