import { beforeAll, describe, expect, test } from 'bun:test';
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Testbed, testbed } from '../../../testbed/testbed.ts';
import { executable } from '../../contract/executable.ts';
import { base64, inFolder, issueFor, kubeconfig, type Place } from './fixture.ts';

/** Every way to an API server and to prove oneself there, by command lines against a real one, on both run-times. */

const ROOT = resolve(import.meta.dirname, '../../../..');
const NODE_BUNDLE = join(ROOT, 'dist/node/calicoctl.mjs');
const V1 = 'client.authentication.k8s.io/v1';

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

let bed: Testbed;
beforeAll(async () => {
  bed = await testbed();
  executable();
}, 120_000);

describe.each([
  ['the executable', () => [executable()]],
  ['Node', () => ['node', NODE_BUNDLE]],
] as const)('%s', (_name, program) => {
  const run = (place: Place, line: string, env: Record<string, string> = {}) =>
    new Promise<Ended>((done) => {
      const [command, ...before] = program() as [string, ...string[]];
      const all = { PATH: process.env['PATH']!, DATASTORE_TYPE: 'kubernetes', HOME: place.folder, ...env };
      const words = [...before, ...line.split(' '), '--request-timeout', '5s'];
      const options = { cwd: place.folder, env: all, encoding: 'utf8', timeout: 30_000 } as const;
      execFile(command, words, options, (error, out, err) =>
        done({ status: error ? Number(error.code) : 0, out, err }),
      );
    });
  /** Lists IP pools with one kubeconfig at hand. */
  const get = (draft: Parameters<typeof kubeconfig>[0], more = '', env: Record<string, string> = {}) =>
    inFolder({ k: kubeconfig(draft) }, (place) =>
      run(place, `get ippool -o name${more}`, { KUBECONFIG: 'k', ...env }),
    );

  const read = (path: string) => readFileSync(path, 'utf8');
  const cluster = (more: object = {}) => ({
    server: bed.kube.url,
    'certificate-authority-data': base64(read(bed.kube.ca)),
    ...more,
  });
  const admin = () => ({ token: bed.kube.token });
  const impersonator = () => ({ token: bed.kube.impersonator.token });

  test('a token, a private authority', async () => {
    expect(await get({ cluster: cluster(), user: admin() })).toMatchObject({ status: 0, err: '' });
  });

  test('a token that is wrong, and none', async () => {
    const wrong = await get({ cluster: cluster(), user: { token: 'secret-guess' } });
    expect(wrong).toMatchObject({ status: 1, out: '' });
    expect(wrong.err).toContain('a bearer token');
    expect(wrong.err).not.toContain('secret-guess');
    const none = await get({ cluster: cluster() });
    expect(none.status).toBe(1);
    expect(none.err).toContain('no credentials');
  });

  test('files that are named relative to the kubeconfig', () =>
    inFolder({ 'x/token': `${bed.kube.token}\n`, 'x/ca.crt': read(bed.kube.ca) }, async (place) => {
      const trust = { 'certificate-authority-data': undefined, 'certificate-authority': 'ca.crt' };
      place.write('x/k', kubeconfig({ cluster: cluster(trust), user: { tokenFile: 'token' } }));
      expect(await run(place, 'get ippool -o name', { KUBECONFIG: 'x/k' })).toMatchObject({
        status: 0,
        err: '',
      });
    }));

  test('a client certificate', async () => {
    const user = {
      'client-certificate-data': base64(read(bed.kube.certificate)),
      'client-key-data': base64(read(bed.kube.key)),
    };
    expect(await get({ cluster: cluster(), user })).toMatchObject({ status: 0, err: '' });
    const stranger = issueFor('somebody');
    const unknown = {
      'client-certificate-data': base64(stranger.certificate),
      'client-key-data': base64(stranger.key),
    };
    expect((await get({ cluster: cluster(), user: unknown })).status).toBe(1);
  });

  test('an authority that the server is not of', async () => {
    const trust = { 'certificate-authority-data': base64(issueFor('somebody').certificate) };
    const other = await get({ cluster: cluster(trust), user: admin() });
    expect(other.status).toBe(1);
    expect(other.err).toContain('certificate');
    const system = await get({
      cluster: cluster({ 'certificate-authority-data': undefined }),
      user: admin(),
    });
    expect(system.status).toBe(1);
    expect(system.err).toContain('certificate');
  });

  test('insecure, by the kubeconfig and by the environment', async () => {
    const insecure = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true };
    expect(await get({ cluster: cluster(insecure), user: admin() })).toMatchObject({ status: 0, err: '' });
    const trust = { 'certificate-authority-data': base64(issueFor('somebody').certificate) };
    const env = { K8S_INSECURE_SKIP_TLS_VERIFY: 'true' };
    expect(await get({ cluster: cluster(trust), user: admin() }, '', env)).toMatchObject({ status: 0 });
  });

  test('tls-server-name: the name that is checked', async () => {
    const right = cluster({ 'tls-server-name': 'localhost' });
    expect(await get({ cluster: right, user: admin() })).toMatchObject({ status: 0, err: '' });
    const wrong = await get({ cluster: cluster({ 'tls-server-name': 'api.example' }), user: admin() });
    expect(wrong.status).toBe(1);
    expect(wrong.err).toContain('api.example');
  });

  test('the environment alone', () =>
    inFolder({}, async (place) => {
      const env = { K8S_API_ENDPOINT: bed.kube.url, K8S_CA_FILE: bed.kube.ca };
      const token = await run(place, 'get ippool -o name', { ...env, CALICO_K8SAPITOKEN: bed.kube.token });
      expect(token).toMatchObject({ status: 0, err: '' });
      const files = { K8S_CERT_FILE: bed.kube.certificate, K8S_KEY_FILE: bed.kube.key };
      expect(await run(place, 'get ippool -o name', { ...env, ...files })).toMatchObject({ status: 0 });
    }));

  test('acting for others', async () => {
    const jane = await get({ cluster: cluster(), user: impersonator() }, ' --as jane');
    expect(jane.status).toBe(1);
    expect(jane.err).toContain('"jane"');
    const master = ' --as jane --as-group dev --as-group system:masters';
    expect(await get({ cluster: cluster(), user: impersonator() }, master)).toMatchObject({ status: 0 });
    const entry = { ...impersonator(), as: 'jane', 'as-groups': ['system:masters'] };
    expect(await get({ cluster: cluster(), user: entry })).toMatchObject({ status: 0 });
    const uid = await get({ cluster: cluster(), user: impersonator() }, `${master} --as-uid 7`);
    expect(uid.status).toBe(1);
    expect(uid.err).toContain('uid');
    expect(await get({ cluster: cluster(), user: admin() }, `${master} --as-uid 7`)).toMatchObject({
      status: 0,
    });
    expect((await get({ cluster: cluster(), user: { token: bed.kube.stranger.token } }, master)).status).toBe(
      1,
    );
  });

  test('acting for others next to a configuration file', () =>
    inFolder({ k: kubeconfig({ cluster: cluster(), user: admin() }) }, async (place) => {
      const spec = 'spec: {datastoreType: kubernetes, kubeconfig: k}';
      place.write('a.cfg', `apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\n${spec}\n`);
      expect(await run(place, 'get ippool -o name -c a.cfg')).toMatchObject({ status: 0, err: '' });
      const { status, err } = await run(place, 'get ippool -o name -c a.cfg --as jane');
      expect(status).toBe(1);
      expect(err).toContain('"jane"');
    }));

  describe('a plugin', () => {
    const plugged = (script: string, use: (run: () => Promise<Ended>, place: Place) => Promise<void>) =>
      inFolder({}, async (place) => {
        place.write('kube/plugin', `#!/bin/sh\necho run >>'${place.folder}/runs'\n${script}\n`, 0o700);
        const exec = { apiVersion: V1, command: './plugin', interactiveMode: 'IfAvailable' };
        place.write('kube/k', kubeconfig({ cluster: cluster(), user: { exec } }));
        await use(() => run(place, 'get ippool -o name', { KUBECONFIG: 'kube/k' }), place);
      });
    const answer = (token: string, more: object = {}) =>
      `echo '${JSON.stringify({ apiVersion: V1, kind: 'ExecCredential', status: { token, ...more } })}'`;
    const runs = (place: Place) => read(join(place.folder, 'runs')).trim().split('\n').length;

    test('gives a token, and its words reach the user', () =>
      plugged(`echo 'log in at https://login.example' >&2\n${answer(bed.kube.token)}`, async (go, place) => {
        expect(await go()).toMatchObject({ status: 0, err: 'log in at https://login.example\n' });
        expect(runs(place)).toBe(1);
      }));

    test('whose tokens are past their time is asked for every request', () =>
      plugged(answer(bed.kube.token, { expirationTimestamp: '2001-01-01T00:00:00Z' }), async (go, place) => {
        expect(await go()).toMatchObject({ status: 0, err: '' });
        expect(runs(place)).toBeGreaterThan(1);
      }));

    test('whose token is refused is asked once more', () => {
      const script = `if [ -e used ]; then ${answer(bed.kube.token)}; else touch used; ${answer('revoked')}; fi`;
      return plugged(script, async (go, place) => {
        expect(await go()).toMatchObject({ status: 0, err: '' });
        expect(runs(place)).toBe(2);
      });
    });

    test('that gives nothing but refused tokens is not asked for ever', () =>
      plugged(answer('secret-guess'), async (go, place) => {
        const { status, err } = await go();
        expect(status).toBe(1);
        expect(err).not.toContain('secret-guess');
        expect(runs(place)).toBe(2);
      }));

    test('that does not come back is ended with us', () =>
      plugged(
        "trap 'echo ended >ended; exit 1' TERM; touch begun; while :; do sleep 0.02; done",
        async (_go, place) => {
          const [command, ...before] = program() as [string, ...string[]];
          const env = { PATH: process.env['PATH']!, DATASTORE_TYPE: 'kubernetes', KUBECONFIG: 'kube/k' };
          const child = spawn(command, [...before, 'get', 'ippool'], {
            cwd: place.folder,
            env,
            stdio: 'ignore',
          });
          const ended = new Promise((done) => child.once('close', done));
          const appears = async (name: string) => {
            for (let i = 0; i < 500 && !existsSync(join(place.folder, name)); i++) await Bun.sleep(10);
            return existsSync(join(place.folder, name));
          };
          expect(await appears('begun')).toBe(true);
          child.kill('SIGINT');
          expect(await ended).toBe(130);
          expect(await appears('ended')).toBe(true);
        },
      ));

    test('that fails', () =>
      plugged('echo no network >&2; echo secret-guess; exit 4', async (go, place) => {
        expect(await go()).toEqual({
          status: 1,
          out: '',
          err: `no network\nno credentials for Kubernetes: the plugin ${place.folder}/kube/plugin failed with exit status 4\n`,
        });
      }));
  });

  test('nothing to go by', () =>
    inFolder({}, async (place) => {
      const { status, err } = await run(place, 'get ippool');
      expect(status).toBe(1);
      for (const word of ['KUBECONFIG', 'K8S_API_ENDPOINT', 'DATASTORE_TYPE']) expect(err).toContain(word);
      const missing = await run(place, 'get ippool', { KUBECONFIG: '/nosuch/kubeconfig' });
      expect(missing.status).toBe(1);
      expect(missing.err).toContain('/nosuch/kubeconfig');
    }));
});
