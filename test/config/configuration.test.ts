import { describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { failure, fromEnv, fromText, HEADER, withFolder } from './fixture.ts';

const ETCD = { ETCD_ENDPOINTS: 'http://10.0.0.1:2379' };

describe('which source is used', () => {
  test('a file that exists is the only source', async () => {
    const config = await fromText(`${HEADER}spec: {datastoreType: kubernetes}\n`, {
      env: {
        DATASTORE_TYPE: 'oracle',
        ETCD_ENDPOINTS: 'x',
        K8S_CLIENT_QPS: 'fast',
        K8S_CURRENT_CONTEXT: 'env',
      },
      context: 'flag',
    });
    expect(config.datastoreType).toBe('kubernetes');
    expect(config.kubernetes.context).toBeUndefined();
    expect(config.configFile).toBe('a.cfg');
    expect(config.notes).toEqual([
      '--context has no effect: the settings come from a.cfg; set k8sCurrentContext there.',
    ]);
  });

  test.each([undefined, '/etc/calico/calicoctl.cfg'])(
    'default path %p, absent: the environment',
    async (configFile) => {
      const config = await fromEnv(ETCD, { configFile });
      expect(config.configFile).toBeUndefined();
      expect(config.etcd.endpoints).toEqual(['http://10.0.0.1:2379']);
    },
  );

  test('another path that is absent is an error that names it', async () => {
    expect(await failure(() => fromEnv(ETCD, { configFile: 'nowhere.cfg' }))).toEqual({
      errorClass: 'configuration',
      text: 'cannot read the configuration file nowhere.cfg: it does not exist',
    });
  });

  test('an empty path is an error, unless the command takes it for the default', async () => {
    const { text } = await failure(() => fromEnv(ETCD, { configFile: '' }));
    expect(text).toBe('the path of the configuration file is empty (-c)');
    const config = await fromEnv(ETCD, { configFile: '', emptyPathIsDefault: true });
    expect(config.datastoreType).toBe('etcdv3');
  });

  test('a folder as file', async () => {
    const { text } = await withFolder({}, (cwd) =>
      failure(() => loadConfiguration({ env: {}, cwd, configFile: '.' })),
    );
    expect(text).toBe('cannot read the configuration file .: it is a folder, not a file');
  });

  test.each<[string | undefined, string]>([
    [undefined, 'prefixed'],
    ['flag', 'flag'],
    ['', 'prefixed'],
  ])('--context %p', async (context, expected) => {
    const env = { K8S_CURRENT_CONTEXT: 'plain', CALICO_K8S_CURRENT_CONTEXT: 'prefixed' };
    expect((await fromEnv(env, { context })).kubernetes.context).toBe(expected);
  });
});

describe('the datastore type', () => {
  test.each([
    [{}, 'kubernetes'],
    [{ DATASTORE_TYPE: '' }, 'kubernetes'],
    [ETCD, 'etcdv3'],
    [{ ...ETCD, CALICO_ETCD_ENDPOINTS: '' }, 'kubernetes'],
    [{ ...ETCD, DATASTORE_TYPE: 'kubernetes' }, 'kubernetes'],
    [{ DATASTORE_TYPE: 'kubernetes', CALICO_DATASTORE_TYPE: 'etcdv3' }, 'etcdv3'],
    [{ ETCD_DISCOVERY_SRV: 'example.org' }, 'kubernetes'],
    [{ DATASTORE_TYPE: 'file' }, 'file'],
    [{ APIV1_DATASTORE_TYPE: 'etcdv2', ETCD_AUTHORITY: 'x:1', ETCD_SCHEME: 'http' }, 'kubernetes'],
  ] as const)('%j is %s', async (env, type) => {
    expect((await fromEnv(env as Record<string, string>)).datastoreType).toBe(type);
  });

  test('an unknown one is refused once it is asked for, and not before', async () => {
    const config = await fromEnv({ DATASTORE_TYPE: 'Etcdv3' });
    expect(await failure(() => config.datastoreType)).toEqual({
      errorClass: 'configuration',
      text: 'DATASTORE_TYPE: unknown datastore type "Etcdv3"; it is one of etcdv3, kubernetes, file',
    });
  });

  test('the file datastore needs a folder', async () => {
    const { text } = await failure(
      async () => (await fromEnv({ DATASTORE_TYPE: 'file', FILE_DIR: 'x' })).file,
    );
    expect(text).toContain('CALICO_FILE_DIR');
    const config = await fromEnv({ DATASTORE_TYPE: 'file', CALICO_FILE_DIR: 'store' });
    expect(config.file).toEqual({ directory: '/nowhere/store' });
  });
});

describe('the request timeout', () => {
  test.each([
    [undefined, 10_000],
    ['0', 0],
    ['3', 3000],
    ['1m30s', 90_000],
    ['0.5', 500],
  ])('%p is %d ms', async (requestTimeout, milliseconds) => {
    expect((await fromEnv({}, { requestTimeout })).requestTimeoutMs).toBe(milliseconds);
  });

  test('a bad one is an error of usage', async () => {
    expect(await failure(() => fromEnv({}, { requestTimeout: 'soon' }))).toEqual({
      errorClass: 'usage',
      text: '--request-timeout: "soon" is not a duration; give seconds, or text such as 1m30s or 500ms',
    });
  });
});

describe('kubeconfig', () => {
  test('the one of the home folder is used where nothing else is said', async () => {
    await withFolder({}, async (home) => {
      const path = join(home, '.kube', 'config');
      expect((await fromEnv({}, { home })).kubernetes.kubeconfigPaths).toEqual([]);
      mkdirSync(join(home, '.kube'));
      writeFileSync(path, '');
      const paths = async (env: Record<string, string>) =>
        (await fromEnv({ HOME: home, ...env })).kubernetes.kubeconfigPaths;
      expect(await paths({})).toEqual([path]);
      expect(await paths({ KUBECONFIG: '' })).toEqual([path]);
      expect(await paths({ KUBECONFIG: 'k' })).toEqual(['/nowhere/k']);
      expect(await paths({ K8S_API_ENDPOINT: 'https://a' })).toEqual([]);
      expect(await paths(ETCD)).toEqual([]);
      expect(await paths({ HOME: '' })).toEqual([]);
    });
  });

  test('a list keeps its order, and relative paths start at the working folder', async () => {
    const { kubernetes } = await fromEnv({ KUBECONFIG: '/does/not/exist::k' });
    expect(kubernetes.kubeconfigPaths).toEqual(['/does/not/exist', '/nowhere/k']);
  });
});

describe('limits of the Kubernetes client', () => {
  test('none by default; 0 is none too', async () => {
    const limits = async (env: Record<string, string>, qps?: string) => {
      const { kubernetes } = await fromEnv(env, { qps });
      return [kubernetes.clientQps, kubernetes.clientBurst];
    };
    expect(await limits({})).toEqual([undefined, 100]);
    expect(await limits({ K8S_CLIENT_QPS: '0', K8S_CLIENT_BURST: '0' })).toEqual([undefined, 100]);
    expect(await limits({ K8S_CLIENT_QPS: '-1' })).toEqual([undefined, 100]);
    expect(await limits({ K8S_CLIENT_QPS: '2.5', K8S_CLIENT_BURST: '7' })).toEqual([2.5, 7]);
    expect(await limits({ K8S_CLIENT_QPS: '2.5' }, '20')).toEqual([20, 100]);
    expect(await limits({ K8S_CLIENT_QPS: '2.5' }, '0')).toEqual([undefined, 100]);
  });

  test('--qps must be a number', async () => {
    expect(await failure(() => fromEnv({}, { qps: 'fast' }))).toEqual({
      errorClass: 'usage',
      text: '--qps: "fast" is not a number',
    });
  });
});

describe('for whom to act', () => {
  test('by the flags, with a file as well', async () => {
    const flags = { as: 'jane', asGroup: ['dev', 'ops'], asUid: '7' };
    const expected = { user: 'jane', uid: '7', groups: ['dev', 'ops'] };
    expect((await fromEnv({}, flags)).kubernetes.impersonate).toEqual(expected);
    expect((await fromText(HEADER, flags)).kubernetes.impersonate).toEqual(expected);
    expect((await fromEnv({})).kubernetes.impersonate).toEqual({ groups: [] });
    expect((await fromEnv({}, { asGroup: [] })).kubernetes.impersonate).toEqual({ groups: [] });
  });

  test('an empty name is not oneself but a mistake', async () => {
    expect((await failure(() => fromEnv({}, { as: '' }))).text).toBe('--as: "" is empty');
    expect((await failure(() => fromEnv({}, { as: 'a', asGroup: ['x', ''] }))).text).toBe(
      '--as-group: ["x",""] holds an empty name',
    );
  });
});
