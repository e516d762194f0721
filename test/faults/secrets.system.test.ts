import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gateway } from '../../scripts/testbed/etcd.mjs';
import { testbed } from '../testbed/testbed.ts';
import { startVictim, type Victim } from './etcd.ts';
import {
  calicoctl,
  documents,
  type Env,
  type Folder,
  marksStored,
  start,
  tally,
  temporaryFolder,
  untilSome,
} from './program.ts';

const SECRET = 's3cr3t-Zq9x7W';
const COUNT = 2000;

let etcd: Victim;
let folder: Folder;
beforeEach(async () => {
  folder = temporaryFolder();
  etcd = await startVictim();
  await setUpPasswords();
});
afterEach(async () => {
  await etcd.stop();
  folder.remove();
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const ask = (path: string, body: object, token?: string) => gateway(etcd, path, body, token);

/** `writer` and `reader` have the same keys, for writing and for reading. */
async function setUpPasswords(): Promise<void> {
  await ask('auth/user/add', { name: 'root', password: SECRET });
  await ask('auth/user/grant', { user: 'root', role: 'root' });
  for (const [name, permType] of Object.entries({ writer: 'READWRITE', reader: 'READ' })) {
    const perm = { permType, key: base64('/calico/'), range_end: base64('/calico0') };
    await ask('auth/role/add', { name });
    await ask('auth/role/grant', { name, perm });
    await ask('auth/user/add', { name, password: SECRET });
    await ask('auth/user/grant', { user: name, role: name });
  }
  await ask('auth/enable', {});
}

async function rootToken(): Promise<string> {
  const { token } = (await ask('auth/authenticate', { name: 'root', password: SECRET })) as { token: string };
  return token;
}

function as(username: string, password = SECRET): Env {
  return { ...etcd.env, ETCD_USERNAME: username, ETCD_PASSWORD: password };
}

describe('an etcd with passwords', () => {
  test('refuses who may only read, and the refusal names the user', async () => {
    const file = folder.write('sets.yaml', documents(500, 'new'));
    const { status, out, err } = await calicoctl(['apply', '-f', file], as('reader'));
    expect({ status, out }).toEqual({ status: 1, out: '' });
    const refusal = `etcd at ${etcd.url}: permission denied: the role of this user does not cover the keys concerned (user "reader")`;
    expect(err).toContain(refusal);
    expect(err).toMatch(
      /^Stopped: the datastore refuses access: 0 of 500 resources were applied, \d+ failed, \d+ were not tried\.$/m,
    );
    expect((await calicoctl(['get', 'globalnetworkset'], as('reader'))).status).toBe(0);
  });

  test('refuses a wrong password, and the refusal names the user', async () => {
    const { milliseconds: _, ...seen } = await calicoctl(['get', 'node'], as('writer', 'wrong'));
    expect(seen).toEqual({
      status: 1,
      out: '',
      err: `etcd at ${etcd.url}: user name or password is wrong (user "writer")\n`,
    });
  });

  const DISTURBANCES: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['that forgets every log-in', () => etcd.restart()],
    [
      'whose passwords are turned off and on',
      async () => {
        await ask('auth/disable', {}, await rootToken());
        await Bun.sleep(20);
        await ask('auth/enable', {});
      },
    ],
    [
      'whose users are changed',
      async () => {
        const token = await rootToken();
        await ask('auth/user/add', { name: 'other', password: SECRET }, token);
        await ask('auth/user/grant', { user: 'other', role: 'reader' }, token);
      },
    ],
  ];
  test.each(DISTURBANCES)(
    `%s in mid-run takes all the same`,
    async (_what, disturb) => {
      const file = folder.write('sets.yaml', documents(COUNT, 'new'));
      const { ended } = start(['apply', '-f', file], as('writer'));
      await Bun.sleep(250);
      await disturb();
      expect(await ended).toMatchObject({
        status: 0,
        out: `Successfully applied ${COUNT} 'GlobalNetworkSet' resource(s)\n`,
        err: '',
      });
      expect(tally((await marksStored(as('writer'))).values())).toEqual({ new: COUNT });
    },
    20_000,
  );

  test('that takes the right to write away in mid-run stops the work with true numbers', async () => {
    const file = folder.write('sets.yaml', documents(COUNT, 'new'));
    const { ended } = start(['apply', '-f', file], as('writer'));
    await untilSome(as('root'), 'new');
    await ask('auth/user/revoke', { name: 'writer', role: 'writer' }, await rootToken());
    const { status, err } = await ended;
    expect(status).toBe(1);
    expect(err).toContain('permission denied');
    expect(err).toContain('(user "writer")');
    const applied = Number(/^Stopped: the datastore refuses access: (\d+) of 2000/m.exec(err)?.[1]);
    expect((await marksStored(as('root'))).size).toBe(applied);
  }, 20_000);
});

function configuration(spec: Record<string, unknown>): string {
  return JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'CalicoAPIConfig', metadata: {}, spec });
}

/** Texts that no output may contain. */
function leaks(text: string, secrets: readonly string[]): readonly string[] {
  return secrets.filter((secret) => text.includes(secret) || text.includes(base64(secret)));
}

describe('no output at any log level', () => {
  const COMMANDS = [
    ['get', 'node'],
    ['get', 'node', '-o', 'json'],
    ['apply', '-f', 'no-such-file.yaml'],
    ['delete', 'ippool', 'none'],
    ['patch', 'node', 'none', '-p', '{'],
    ['ipam', 'show'],
    ['config', 'view'],
    ['config', 'view', '--origins'],
    ['version'],
    ['get', 'no-such-kind'],
    ['no-such-command'],
    ['get', 'node', '--no-such-flag'],
  ];

  async function expectSilence(
    env: Env,
    flags: readonly string[],
    secrets: readonly string[],
  ): Promise<void> {
    for (const [index, command] of COMMANDS.entries()) {
      const level = index % 2 === 0 ? 'debug' : 'trace';
      const { out, err } = await calicoctl([...command, '-l', level, ...flags], env);
      expect({ command, leaks: leaks(`${out}${err}`, secrets) }).toEqual({ command, leaks: [] });
      expect(err).not.toContain('internal error');
    }
  }

  test('shows a password in the environment', async () => {
    await expectSilence(as('writer'), [], [SECRET]);
    await expectSilence(as('nobody'), [], [SECRET]);
    const inUrl = etcd.url.replace('//', `//writer:${SECRET}@`);
    await expectSilence({ DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: inUrl }, [], [SECRET]);
    await expectSilence({ DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: `${inUrl}:x` }, [], [SECRET]);
  }, 30_000);

  test('shows a password in the configuration file, also where that file is broken', async () => {
    const spec = {
      datastoreType: 'etcdv3',
      etcdEndpoints: etcd.url,
      etcdUsername: 'reader',
      etcdPassword: SECRET,
    };
    const whole = configuration(spec);
    const texts = [
      whole,
      configuration({ ...spec, etcdUsername: 'nobody' }),
      configuration({ ...spec, etcdPassword: [SECRET] }),
      configuration({ ...spec, etcdPassword: { [SECRET]: 1 } }),
      configuration({ ...spec, etcdPasswort: SECRET }),
      whole.slice(0, -3),
      `apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\nmetadata:\nspec:\n  etcdPassword: "${SECRET}\n  etcdUsername: x\n`,
      `apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\nmetadata:\nspec:\n  etcdPassword: ${SECRET}: @x\n`,
      `apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\nmetadata:\nspec:\n  etcdPassword: !secret ${SECRET}\n`,
      `apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\nmetadata:\nspec:\n  etcdPassword: *${SECRET}\n`,
    ];
    for (const [index, text] of texts.entries()) {
      const path = folder.write(`config-${index}.yaml`, text);
      for (const command of [COMMANDS[0]!, COMMANDS[6]!, COMMANDS[7]!]) {
        const { out, err } = await calicoctl([...command, '-l', 'trace', '--config', path], {});
        expect({ text, command, leaks: leaks(`${out}${err}`, [SECRET]) }).toEqual({
          text,
          command,
          leaks: [],
        });
      }
    }
    await expectSilence({}, ['--config', folder.write('config.yaml', whole)], [SECRET]);
  }, 30_000);

  test('shows an inline private key, good or broken', async () => {
    const { etcdTls, certificates } = await testbed();
    const [ca, cert, key] = [etcdTls.ca, join(certificates, 'other-client.crt'), etcdTls.key].map((path) =>
      readFileSync(path, 'utf8'),
    );
    const secrets = key!.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
    expect(secrets.length).toBeGreaterThan(1);
    for (const etcdKey of [key!, key!.replace('-----BEGIN', '----BEGIN'), key!.slice(0, -40), base64(key!)]) {
      const spec = {
        datastoreType: 'etcdv3',
        etcdEndpoints: etcdTls.url,
        etcdCACert: ca,
        etcdCert: cert,
        etcdKey,
      };
      const path = folder.write('config.yaml', configuration(spec));
      for (const command of [COMMANDS[0]!, COMMANDS[6]!, COMMANDS[7]!]) {
        const { out, err } = await calicoctl([...command, '-l', 'trace', '--config', path], {});
        const shown = `${out}${err}`;
        expect({ etcdKey, leaks: leaks(shown, [...secrets, base64(key!).slice(0, 60)]) }).toEqual({
          etcdKey,
          leaks: [],
        });
      }
    }
  }, 30_000);
});
