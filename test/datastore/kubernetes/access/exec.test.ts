import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from '../../../../src/datastore/kubernetes/access/access.ts';
import type { AccessOptions } from '../../../../src/datastore/kubernetes/access/open.ts';
import { failure } from '../../../config/fixture.ts';
import {
  base64,
  ca,
  client,
  credentialsOf,
  inFolder,
  kubeconfig,
  otherClient,
  type Place,
} from './fixture.ts';

/** Real plugins: scripts that count their runs and note what they were given. */

const V1 = 'client.authentication.k8s.io/v1';
const PATH = process.env['PATH']!;

interface Given {
  readonly exec?: object;
  readonly cluster?: object;
  readonly user?: object;
  readonly env?: Record<string, string>;
  readonly options?: AccessOptions;
}

/** The access by a plugin with this script, which lies next to the kubeconfig in a folder of its own. */
async function plugged(place: Place, script: string, given: Given = {}): Promise<Access> {
  place.write('kube/bin/plugin', `#!/bin/sh\n${script}\n`, 0o700);
  const exec = { apiVersion: V1, command: './bin/plugin', interactiveMode: 'Never', ...given.exec };
  place.write('kube/config', kubeconfig({ user: { exec, ...given.user }, cluster: given.cluster ?? {} }));
  const env = { PATH, KUBECONFIG: 'kube/config', ...given.env };
  return place.open(env, given.options ? { options: given.options } : {});
}

function answer(status: object, apiVersion = V1): string {
  return `cat <<'END'\n${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\nEND`;
}

/** Answers token-1, token-2, … */
function counting({ folder }: Place, more = ''): string {
  return `n=$(cat '${folder}/n' 2>/dev/null || echo 0); n=$((n+1)); echo $n >'${folder}/n'
printf '{"apiVersion":"${V1}","kind":"ExecCredential","status":{"token":"token-%s"${more}}}' $n`;
}

function runsIn({ folder }: Place): number {
  const file = join(folder, 'n');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

const PLUGIN = /^no credentials for Kubernetes: the plugin \/.*\/kube\/bin\/plugin /;

describe('a credential plugin', () => {
  test('is run once for all requests, and not when opened', () =>
    inFolder({}, async (place) => {
      const access = await plugged(place, `sleep 0.05; ${counting(place)}`);
      expect(runsIn(place)).toBe(0);
      const all = await Promise.all([1, 2, 3].map(() => credentialsOf(access)));
      expect(all).toEqual([1, 2, 3].map(() => ({ authorization: 'Bearer token-1' })));
      expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer token-1' });
      expect(runsIn(place)).toBe(1);
    }));

  test('is run again before its credentials are used past their time', () =>
    inFolder({}, async (place) => {
      let now = Date.parse('2030-01-01T00:00:00Z');
      const script = counting(place, ',"expirationTimestamp":"2030-01-01T01:00:00+00:00"');
      const access = await plugged(place, script, { options: { now: () => now } });
      const sent = async () => (await credentialsOf(access)).authorization;
      expect(await sent()).toBe('Bearer token-1');
      now += 3_599_999;
      expect(await sent()).toBe('Bearer token-1');
      now += 1;
      expect([await sent(), await sent()]).toEqual(['Bearer token-2', 'Bearer token-3']);
    }));

  test('is run once more when its credentials are refused', () =>
    inFolder({}, async (place) => {
      let now = 1_000_000;
      const access = await plugged(place, counting(place), { options: { now: () => now } });
      const first = await credentialsOf(access);
      expect(access.refresh(first)).toBe(true);
      const second = await credentialsOf(access);
      expect(second).toEqual({ authorization: 'Bearer token-2' });
      // A request that was sent with the first ones comes back late: there are newer ones already.
      expect(access.refresh(first)).toBe(true);
      expect(await credentialsOf(access)).toEqual(second);
      expect(access.refresh(second)).toBe(false);
      expect(await credentialsOf(access)).toEqual(second);
      now += 10_000;
      expect(access.refresh(second)).toBe(true);
      expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer token-3' });
    }));

  test('is given its arguments, its environment and ours, and no shell', () =>
    inFolder({}, async (place) => {
      const note = join(place.folder, 'note');
      const script = `printf '%s\\n' "$#" "$1" "$2" "$OWN" "$MINE" "$KUBERNETES_EXEC_INFO" >'${note}'\n${answer({ token: 't' })}`;
      const args = ['$(touch x); a', ''];
      const exec = {
        args,
        env: [
          { name: 'OWN', value: 'o $HOME' },
          { name: 'MINE', value: 'theirs' },
        ],
      };
      await credentialsOf(await plugged(place, script, { exec, env: { MINE: 'mine' } }));
      const lines = readFileSync(note, 'utf8').trimEnd().split('\n');
      expect(lines.slice(0, 5)).toEqual(['2', '$(touch x); a', '', 'o $HOME', 'theirs']);
      expect(JSON.parse(lines[5]!)).toEqual({
        kind: 'ExecCredential',
        apiVersion: V1,
        spec: { interactive: false },
      });
    }));

  test('is told of the cluster where it asks for that', () =>
    inFolder({}, async (place) => {
      const note = join(place.folder, 'note');
      const script = `echo "$KUBERNETES_EXEC_INFO" >'${note}'\n${answer({ token: 't' })}`;
      const cluster = {
        'certificate-authority-data': base64(ca.certificate),
        'tls-server-name': 'api',
        'proxy-url': 'http://p:1',
        extensions: [
          { name: 'other', extension: 1 },
          { name: 'client.authentication.k8s.io/exec', extension: { audience: 'a', list: [1, true] } },
        ],
      };
      await credentialsOf(await plugged(place, script, { cluster, exec: { provideClusterInfo: true } }));
      expect(JSON.parse(readFileSync(note, 'utf8')).spec).toEqual({
        interactive: false,
        cluster: {
          server: 'https://one.example:6443',
          'tls-server-name': 'api',
          'certificate-authority-data': base64(ca.certificate),
          'proxy-url': 'http://p:1',
          config: { audience: 'a', list: [1, true] },
        },
      });
    }));

  test('may be looked for in PATH, by its absolute path, and in an older form', () =>
    inFolder({}, async (place) => {
      const bin = join(place.folder, 'kube/bin');
      const found = await plugged(place, answer({ token: 'in-path' }), {
        exec: { command: 'plugin' },
        env: { PATH: `${bin}:${PATH}` },
      });
      expect(await credentialsOf(found)).toEqual({ authorization: 'Bearer in-path' });
      const other = await plugged(place, answer({ token: 'our-path' }), {
        exec: { command: 'plugin', env: [{ name: 'PATH', value: PATH }] },
        env: { PATH: `${bin}:${PATH}` },
      });
      expect(await credentialsOf(other)).toEqual({ authorization: 'Bearer our-path' });
      const apiVersion = 'client.authentication.k8s.io/v1beta1';
      const exec = { apiVersion, command: join(bin, 'plugin'), interactiveMode: undefined };
      const beta = await plugged(place, answer({ token: 'beta' }, apiVersion), { exec });
      expect(await credentialsOf(beta)).toEqual({ authorization: 'Bearer beta' });
    }));

  test('may hand out a certificate', () =>
    inFolder({}, async (place) => {
      const status = { clientCertificateData: client.certificate, clientKeyData: client.key };
      const certificate = { cert: client.certificate, key: client.key };
      expect(await credentialsOf(await plugged(place, answer(status)))).toEqual({ certificate });
      const both = await plugged(place, answer({ ...status, token: 't' }));
      expect(await credentialsOf(both)).toEqual({ certificate, authorization: 'Bearer t' });
      const mixed = await plugged(place, answer({ ...status, clientKeyData: otherClient.key }));
      expect((await failure(() => credentialsOf(mixed))).text).toMatch(
        /^status\.clientKeyData of the plugin .* does not belong to the certificate of status\.clientCertificateData of /,
      );
    }));

  test('is not run where credentials are given outright', () =>
    inFolder({}, async (place) => {
      const access = await plugged(place, counting(place), { user: { token: 'own' } });
      expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer own' });
      expect(runsIn(place)).toBe(0);
    }));

  test('talks to a person only where there is one', () =>
    inFolder({}, async (place) => {
      const note = join(place.folder, 'note');
      const script = `echo "$KUBERNETES_EXEC_INFO" >'${note}'\n${answer({ token: 't' })}`;
      const asked = async (interactiveMode: string, interactive: boolean) => {
        const access = await plugged(place, script, { exec: { interactiveMode }, options: { interactive } });
        await credentialsOf(access);
        return JSON.parse(readFileSync(note, 'utf8')).spec.interactive;
      };
      expect(await asked('IfAvailable', false)).toBe(false);
      expect(await asked('IfAvailable', true)).toBe(true);
      expect(await asked('Never', true)).toBe(false);
      expect(await asked('Always', true)).toBe(true);
      expect((await failure(() => asked('Always', false))).text).toMatch(
        /wants to talk to a person, but standard input is not a terminal$/,
      );
    }));
});

describe('a credential plugin that fails', () => {
  const run = (script: string, given: Given = {}) =>
    inFolder({}, async (place) => failure(async () => credentialsOf(await plugged(place, script, given))));

  test.each<[string, string, string]>([
    ['its exit status', 'echo secret-token; exit 7', 'failed with exit status 7'],
    ['a signal', 'kill -9 $$', 'was ended by SIGKILL'],
    ['no JSON', 'echo secret-token', 'did not answer with a JSON object'],
    ['nothing', 'true', 'did not answer with a JSON object'],
    ['another object', `echo '{"kind":"Secret"}'`, 'answered with something else than an ExecCredential'],
    ['no status', `echo '{"kind":"ExecCredential","apiVersion":"${V1}"}'`, 'answered without a status'],
    ['an empty status', answer({}), 'answered with neither a token nor a certificate and key'],
    [
      'half a pair',
      answer({ clientKeyData: 'secret-token' }),
      'answered with only one of clientCertificateData and clientKeyData',
    ],
    ['a token that is no text', answer({ token: 7 }), 'answered with a status.token that is not text'],
    [
      'a time that is none',
      answer({ token: 'secret-token', expirationTimestamp: 'tomorrow' }),
      'answered with a status.expirationTimestamp that is no time',
    ],
    [
      'too much',
      'head -c 2000000 /dev/zero; sleep 5',
      'wrote more than 1048576 bytes to its standard output',
    ],
  ])('by %s', async (_name, script, message) => {
    const { errorClass, text } = await run(script);
    expect(errorClass).toBe('unauthorized');
    expect(text).toMatch(PLUGIN);
    expect(text).toEndWith(message);
    expect(text).not.toContain('secret-token');
  });

  test('by another version than was agreed on', async () => {
    const { text } = await run(answer({ token: 't' }, 'client.authentication.k8s.io/v1beta1'));
    expect(text).toContain('answered in another apiVersion than the kubeconfig names\n  Both must be');
  });

  test('because it is not there: what to do is told', async () => {
    const exec = { command: 'no-such-plugin', installHint: 'Get it from the shop.\n' };
    const { errorClass, text } = await run('', { exec });
    expect(errorClass).toBe('configuration');
    expect(text).toMatch(
      /kube\/config:1:\d+: user "u": exec: command no-such-plugin is not in PATH\n {2}Get it from the shop\.$/,
    );
    const { text: path } = await run('', { exec: { command: './nowhere' } });
    expect(path).toMatch(/command \/.*\/kube\/nowhere does not exist\n {2}Install the credential plugin/);
  });

  test('because it cannot be run', async () => {
    await inFolder({}, async (place) => {
      const access = await plugged(place, '');
      place.write('kube/bin/plugin', 'text', 0o600);
      expect((await failure(() => credentialsOf(access))).text).toMatch(
        /kube\/bin\/plugin cannot be started: permission denied$/,
      );
      const other = await plugged(place, '');
      place.write('kube/bin/plugin', '#!/no/such/shell\n', 0o700);
      expect((await failure(() => credentialsOf(other))).text).toMatch(
        /kube\/bin\/plugin cannot be started: the interpreter in its first line does not exist$/,
      );
    });
  });

  test('is not run again at once, and may work later', () =>
    inFolder({}, async (place) => {
      let now = 1_000_000;
      const script = `test -e '${place.folder}/ok' || exit 1\n${answer({ token: 't' })}`;
      const access = await plugged(place, script, { options: { now: () => now } });
      const first = await failure(() => credentialsOf(access));
      expect(first.text).toEndWith('failed with exit status 1');
      place.write('ok', '');
      now += 9_999;
      expect(await failure(() => credentialsOf(access))).toEqual(first);
      now += 1;
      expect(await credentialsOf(access)).toEqual({ authorization: 'Bearer t' });
    }));

  test('to come back is ended when nobody waits any more', () =>
    inFolder({}, async (place) => {
      const note = join(place.folder, 'ended');
      const script = `trap 'echo ended >"${note}"; exit 1' TERM; echo $$ >'${place.folder}/pid'; while :; do sleep 0.01; done`;
      const access = await plugged(place, script);
      const [first, second] = [new AbortController(), new AbortController()];
      const one = failure(() => access.credentials(first.signal));
      const two = failure(() => access.credentials(second.signal));
      while (!existsSync(join(place.folder, 'pid'))) await Bun.sleep(5);
      first.abort();
      expect((await one).errorClass).toBe('cancelled');
      await Bun.sleep(40);
      expect(existsSync(note)).toBe(false);
      second.abort();
      expect(await two).toEqual({
        errorClass: 'cancelled',
        text: 'interrupted while waiting for the credential plugin',
      });
      for (let i = 0; i < 200 && !existsSync(note); i++) await Bun.sleep(5);
      expect(existsSync(note)).toBe(true);
    }));

  test.each<[object, string]>([
    [{ command: undefined }, 'user "u": exec has no command'],
    [
      { apiVersion: undefined },
      'user "u": exec has no apiVersion\n  It must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1, whichever the plugin speaks.',
    ],
    [
      { apiVersion: 'client.authentication.k8s.io/v1alpha1' },
      'user "u": exec: apiVersion "client.authentication.k8s.io/v1alpha1" is not supported\n  It must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1, whichever the plugin speaks.',
    ],
    [
      { interactiveMode: 'Sometimes' },
      'user "u": exec: interactiveMode "Sometimes" is not one of Never, IfAvailable, Always',
    ],
    [{ env: [{ value: 'x' }] }, 'user "u": exec: an item of env has no name'],
  ])('to be declared: %j', async (exec, message) => {
    const { errorClass, text } = await run('', { exec });
    expect(errorClass).toBe('configuration');
    expect(text).toEndWith(message);
    expect(text).toMatch(/kube\/config:1:\d+: /);
  });
});
