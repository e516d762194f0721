import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import fc from 'fast-check';
import { mergeKubeconfigs, parseKubeconfig } from '../../../../src/datastore/kubernetes/access/kubeconfig.ts';
import { failure, HEADER } from '../../../config/fixture.ts';
import { accessOf, base64, ca, credentialsOf, inFolder, kubeconfig } from './fixture.ts';

const YAML = `
apiVersion: v1
kind: Config
preferences: {}
current-context: prod
clusters:
- name: prod
  cluster: {server: "https://prod.example"}
- name: lab
  cluster:
    server: https://lab.example/clusters/7
contexts:
- {name: prod, context: {cluster: prod, user: admin, namespace: web}}
- {name: lab, context: {cluster: lab, user: admin}}
- {name: adrift, context: {cluster: prd, user: admin}}
- {name: nobody, context: {cluster: prod, user: admn}}
- {name: empty, context: {}}
users:
- name: admin
  user: {token: 0123}
`;

describe('contexts', () => {
  test('the current one, with its namespace', () =>
    inFolder({ k: YAML }, async ({ open, folder }) => {
      const access = await open({ KUBECONFIG: 'k' });
      expect({
        server: access.server.href,
        namespace: access.namespace,
        origin: access.origin,
        insecure: access.insecure,
        keys: Object.keys(access).sort(),
      }).toEqual({
        server: 'https://prod.example/',
        namespace: 'web',
        origin: `context "prod" of ${join(folder, 'k')}`,
        insecure: false,
        keys: ['credentials', 'insecure', 'namespace', 'origin', 'refresh', 'server'],
      });
      expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer 0123' });
    }));

  test.each([
    ['YAML', YAML],
    ['JSON', kubeconfig({ user: { token: 'secret' } })],
    ['base64', base64(kubeconfig({ user: { token: 'secret' } }))],
  ])('%s in the place of a path is not shown', async (_form, text) => {
    const env = { KUBECONFIG: text };
    expect((await failure(() => inFolder({}, ({ open }) => open(env)))).text).toBe(
      'KUBECONFIG holds the text of a kubeconfig, but must be the path of its file\n  Write the text to a file, or give it as kubeconfigInline in a configuration file.',
    );
  });

  test('a name that two entries of a file have leaves open which is meant', () =>
    inFolder({ k: YAML.replace('name: lab\n', 'name: prod\n') }, async ({ open, folder }) =>
      expect((await failure(() => open({ KUBECONFIG: 'k' }, { context: 'prod' }))).text).toBe(
        `${join(folder, 'k')}:9:3: cluster "prod" is in the kubeconfig twice\n  Take one of them away, so that it is certain which is meant.`,
      ),
    ));

  test.each<[string, Record<string, string>, string | undefined]>([
    ['K8S_CURRENT_CONTEXT', { K8S_CURRENT_CONTEXT: 'lab' }, undefined],
    ['--context', { K8S_CURRENT_CONTEXT: 'nowhere' }, 'lab'],
  ])('chosen by %s', (_name, env, context) =>
    inFolder({ k: YAML }, async ({ open }) => {
      const access = await open({ KUBECONFIG: 'k', ...env }, { context });
      expect(access.server.href).toBe('https://lab.example/clusters/7');
      expect(access.namespace).toBeUndefined();
    }),
  );

  test('an unknown one is refused with those that exist and the nearest', () =>
    inFolder({ k: YAML }, async ({ open }) => {
      const names = 'The kubeconfig has these contexts: prod, lab, adrift, nobody, empty.';
      expect(await failure(() => open({ KUBECONFIG: 'k' }, { context: 'prid' }))).toEqual({
        errorClass: 'configuration',
        text: `--context: the context "prid" does not exist (did you mean "prod"?)\n  ${names}`,
      });
      const { text } = await failure(() => open({ KUBECONFIG: 'k', K8S_CURRENT_CONTEXT: 'mars' }));
      expect(text).toBe(`K8S_CURRENT_CONTEXT: the context "mars" does not exist\n  ${names}`);
    }));

  test.each([
    ['adrift', ':15:37: context "adrift": cluster "prd" does not exist (did you mean "prod"?)'],
    ['nobody', ':16:49: context "nobody": user "admn" does not exist (did you mean "admin"?)'],
  ])('%s leads nowhere', (context, message) =>
    inFolder({ k: YAML }, async ({ open, folder }) => {
      expect((await failure(() => open({ KUBECONFIG: 'k' }, { context }))).text).toBe(
        join(folder, 'k') + message,
      );
    }),
  );

  test('what a context lacks may come from the settings', () =>
    inFolder({ k: YAML }, async ({ open }) => {
      const env = { KUBECONFIG: 'k', K8S_API_ENDPOINT: 'https://own.example', CALICO_K8SAPITOKEN: 't' };
      for (const context of ['adrift', 'nobody', 'empty']) {
        const access = await open(env, { context });
        expect(access.server.href).toBe('https://own.example/');
        expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer t' });
      }
    }));

  test('a context without a cluster, a cluster without a server', () =>
    inFolder({ k: YAML, l: kubeconfig({ cluster: { server: '' } }) }, async ({ open, folder }) => {
      const hint = '\n  Write the address of the API server into the cluster, or set K8S_API_ENDPOINT.';
      const { text } = await failure(() => open({ KUBECONFIG: 'k' }, { context: 'empty' }));
      expect(text).toBe(`context "empty" of ${join(folder, 'k')} names no cluster${hint}`);
      const { text: second } = await failure(() => open({ KUBECONFIG: 'l' }));
      expect(second).toBe(
        `context "c" of ${join(folder, 'l')} leads to cluster "k", which has no server${hint}`,
      );
    }));

  test('no current context: those to choose from are named', () =>
    inFolder({ k: YAML.replace('current-context: prod', ''), empty: '' }, async ({ open, folder }) => {
      expect((await failure(() => open({ KUBECONFIG: 'k' }))).text).toBe(
        `the kubeconfig ${join(folder, 'k')} names no current context\n` +
          '  Choose one with --context or K8S_CURRENT_CONTEXT: prod, lab, adrift, nobody, empty.',
      );
      expect((await failure(() => open({ KUBECONFIG: 'empty' }))).text).toStartWith(
        `the kubeconfig ${join(folder, 'empty')} holds no context\n`,
      );
    }));

  test('a context without any kubeconfig', () =>
    inFolder({}, async ({ open }) => {
      const { text } = await failure(() => open({ K8S_API_ENDPOINT: 'https://a' }, { context: 'x' }));
      expect(text).toBe(
        '--context names a context, but there is no kubeconfig to look for it\n' +
          '  Set KUBECONFIG to the file that has it.',
      );
    }));
});

describe('files', () => {
  test.each(['/does/not/exist.kubeconfig', '/does/not/exist.kubeconfig:/nor/this'])('%s is missing', (path) =>
    inFolder({}, async ({ open }) => {
      const reason = path.includes(':') ? 'none of them exists' : 'it does not exist';
      expect(await failure(() => open({ KUBECONFIG: path }))).toEqual({
        errorClass: 'configuration',
        text: `KUBECONFIG: cannot read the kubeconfig ${path}: ${reason}`,
      });
    }),
  );

  test('the place in the configuration file is told', () =>
    inFolder(
      { 'a.cfg': `${HEADER}spec: {datastoreType: kubernetes, kubeconfig: "/not/there"}\n` },
      async ({ open }) => {
        expect((await failure(() => open({}, { configFile: 'a.cfg' }))).text).toBe(
          'a.cfg:3:35: kubeconfig: cannot read the kubeconfig /not/there: it does not exist',
        );
      },
    ));

  test('the one of the home folder', () =>
    inFolder(
      { '.kube/config': kubeconfig({ user: { tokenFile: 'token' } }), '.kube/token': 'abc\n' },
      async (place) => {
        const access = await place.open({}, { home: place.folder });
        expect(access.origin).toBe(`context "c" of ${join(place.folder, '.kube/config')}`);
        expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer abc' });
      },
    ));

  test('a folder is no kubeconfig, alone or in a list', () =>
    inFolder({ 'd/x': '', k: kubeconfig() }, async ({ open, folder }) => {
      for (const path of ['d', 'd:k']) {
        expect((await failure(() => open({ KUBECONFIG: path }))).text).toBe(
          `KUBECONFIG: cannot read the kubeconfig ${join(folder, 'd')}: it is a folder, not a file`,
        );
      }
    }));

  test('something else than a kubeconfig is refused by name', () =>
    inFolder({ k: `${HEADER}spec: {}\n`, list: '- a\n', bad: 'a: [1\n' }, async ({ open, folder }) => {
      expect((await failure(() => open({ KUBECONFIG: 'k' }))).text).toBe(
        `${join(folder, 'k')}:1:13: apiVersion is "projectcalico.org/v3", but that of a kubeconfig is v1\n` +
          '  KUBECONFIG names files in the form that kubectl uses; those of calicoctl are named by -c.',
      );
      expect((await failure(() => open({ KUBECONFIG: 'list' }))).text).toBe(
        `${join(folder, 'list')}:1:1: the kubeconfig must be a mapping of names to values, not a list`,
      );
      expect((await failure(() => open({ KUBECONFIG: 'bad' }))).text).toStartWith(
        `${join(folder, 'bad')}:2:1: not valid YAML or JSON: `,
      );
    }));

  test.each<[string, string]>([
    ['clusters: {a: b}', '1:11: clusters must be a list, not a mapping'],
    ['contexts: [x]', '1:12: an item of contexts must be a mapping of names to values, not a scalar'],
    ['current-context: [x]', '1:18: current-context must be text, not a list'],
    [
      kubeconfig({ cluster: { 'insecure-skip-tls-verify': 'true' } }),
      '1:135: cluster "k": insecure-skip-tls-verify must be true or false',
    ],
    [kubeconfig({ user: { 'as-groups': 'x' } }), '1:152: user "u": as-groups must be a list, not a scalar'],
  ])('a fault in %s has a place', (text, message) =>
    inFolder({ k: text }, async ({ open, folder }) => {
      expect((await failure(() => open({ KUBECONFIG: 'k' }))).text).toBe(`${join(folder, 'k')}:${message}`);
    }),
  );

  test('anchors, aliases and merged mappings', () => {
    const text = [
      'base: &base {server: "https://base", tls-server-name: one}',
      'other: &other {tls-server-name: two, insecure-skip-tls-verify: true}',
      'clusters: [{name: k, cluster: {tls-server-name: own, <<: [*base, *other]}}]',
      'contexts: [{name: &c c, context: {cluster: k}}]',
      'current-context: *c',
    ];
    return inFolder({ k: text.join('\n') }, async ({ open, write }) => {
      const access = await open({ KUBECONFIG: 'k' });
      expect([access.server.href, access.serverName, access.insecure]).toEqual([
        'https://base/',
        'own',
        true,
      ]);
      write('k', text.join('\n').replace('tls-server-name: own, ', ''));
      expect((await open({ KUBECONFIG: 'k' })).serverName).toBe('one');
    });
  });

  test('entries that are not used may be at fault', async () => {
    const more = {
      clusters: [
        { name: 'bad', cluster: { server: {} } },
        { name: 'k', cluster: { server: 'https://a' } },
      ],
    };
    expect((await accessOf({ more })).server.href).toBe('https://a/');
  });

  test('paths start at the file that names them', () =>
    inFolder(
      {
        'one/k': kubeconfig({ cluster: { 'certificate-authority': 'pki/ca.crt' }, more: { users: [] } }),
        'one/pki/ca.crt': ca.certificate,
        'two/k': kubeconfig({ user: { tokenFile: '../secret' } }),
        secret: 't',
      },
      async ({ open }) => {
        const access = await open({ KUBECONFIG: 'one/k:two/k' });
        expect(access.ca).toBe(ca.certificate);
        expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer t' });
      },
    ));
});

describe('inline text', () => {
  test('replaces files and settings; its paths start at the working folder', () =>
    inFolder({ token: 't1' }, async ({ open, write }) => {
      const spec = {
        datastoreType: 'kubernetes',
        kubeconfig: '/does/not/exist',
        kubeconfigInline: kubeconfig({ user: { tokenFile: 'token' } }),
        k8sAPIEndpoint: 'https://other.example',
        k8sAPIToken: 'other',
        k8sCurrentContext: 'other',
      };
      write('a.cfg', `${HEADER}spec: ${JSON.stringify(spec)}\n`);
      const access = await open({}, { configFile: 'a.cfg' });
      expect(access.server.href).toBe('https://one.example:6443/');
      expect(access.origin).toBe('context "c" of kubeconfigInline');
      expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer t1' });
    }));

  test('its faults are placed in it', () =>
    inFolder({}, async ({ open, write }) => {
      const spec = { datastoreType: 'kubernetes', kubeconfigInline: 'clusters: 7' };
      write('a.cfg', `${HEADER}spec: ${JSON.stringify(spec)}\n`);
      expect((await failure(() => open({}, { configFile: 'a.cfg' }))).text).toBe(
        'kubeconfigInline:1:11: clusters must be a list, not a scalar',
      );
    }));
});

describe('merging', () => {
  test('the first file that has an entry gives all of it; missing files are skipped', () =>
    inFolder(
      {
        'a/k': JSON.stringify({ users: [{ name: 'u', user: { token: 'first' } }] }),
        'b/k': kubeconfig({
          user: { token: 'second', as: 'x' },
          cluster: { 'certificate-authority-data': base64(ca.certificate) },
        }),
        'c/k': kubeconfig({ cluster: { server: 'https://third' }, more: { 'current-context': 'other' } }),
      },
      async ({ open, folder }) => {
        const access = await open({ KUBECONFIG: 'a/k:nowhere:b/k::c/k' });
        expect(access.server.href).toBe('https://one.example:6443/');
        expect(access.origin).toBe(`context "c" of ${join(folder, 'b/k')}`);
        expect(access.impersonation).toBeUndefined();
        expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer first' });
      },
    ));

  const names = fc.constantFrom('a', 'b', 'c', 'd');
  const file = fc.record({ current: fc.option(names), clusters: fc.uniqueArray(names) });

  test('is what looking through the files in their order finds', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 5 }), (files) => {
        const parsed = files.map(({ current, clusters }, at) =>
          parseKubeconfig({
            file: String(at),
            folder: '/',
            text: JSON.stringify({
              'current-context': current,
              clusters: clusters.map((name, item) => ({ name, cluster: { server: `${at}.${item}` } })),
            }),
          }),
        );
        const merged = mergeKubeconfigs(parsed);
        const all = files.flatMap(({ clusters }, at) =>
          clusters.map((name, item) => [name, `${at}.${item}`] as const),
        );
        const expected = Object.fromEntries(all.toReversed());
        const found = [...merged.clusters].map(([name, { values }]) => {
          const server = values.get('server');
          return [name, server?.kind === 'scalar' ? server.text : undefined];
        });
        expect(Object.fromEntries(found)).toEqual(expected);
        expect([...merged.clusters.keys()]).toEqual([...new Set(all.map(([name]) => name))]);
        expect(merged.currentContext?.value).toBe(
          files.find(({ current }) => current !== null)?.current ?? undefined,
        );
      }),
    );
  });
});
