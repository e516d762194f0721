import { describe, expect, test } from 'bun:test';
import { load } from 'js-yaml';
import { done, eachInWorkspace, failing } from '../fixture.ts';

const place = eachInWorkspace();

const SECRET = `apiVersion: projectcalico.org/v3
kind: CalicoAPIConfig
spec:
  datastoreType: etcdv3
  etcdEndpoints: https://ann:pa55@192.0.2.1:2379,https://192.0.2.2:2379
  etcdUsername: ann
  etcdPassword: pa55
`;

describe('config view', () => {
  test('shows what is effective, from the environment, and asks no datastore', async () => {
    const env = {
      DATASTORE_TYPE: 'etcdv3',
      ETCD_ENDPOINTS: 'http://127.0.0.1:1',
      CALICO_FILE_DIR: undefined,
    };
    const { status, out, err } = await place.at.calicoctl(['config', 'view'], { env });
    expect([status, err]).toEqual([0, '']);
    const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(rows).toContainEqual(['SETTING', 'VALUE']);
    expect(rows).toContainEqual(['datastoreType', 'etcdv3']);
    expect(rows).toContainEqual(['etcdEndpoints', 'http://127.0.0.1:1']);
    expect(rows.some(([setting]) => setting === 'etcdPassword')).toBe(false);
  });

  test('--config reads a file, secrets are masked in every format', async () => {
    await place.at.write('secret.cfg', SECRET);
    const json = JSON.parse(await done(place.at, 'config view --config secret.cfg --output json')) as object;
    expect(json).toMatchObject({
      etcdEndpoints: 'https://********@192.0.2.1:2379,https://192.0.2.2:2379',
      etcdUsername: 'ann',
      etcdPassword: '********',
    });
    expect(load(await done(place.at, 'config view -c secret.cfg -o yaml'))).toEqual(json);
    for (const words of ['', ' --origins', ' -o json --origins', ' -o yaml --origins'])
      expect(await done(place.at, `config view -c secret.cfg${words}`)).not.toContain('pa55');
  });

  test('--origins says where each value comes from', async () => {
    await place.at.write('secret.cfg', SECRET);
    const values = JSON.parse(await done(place.at, 'config view -c secret.cfg --origins -o json')) as Record<
      string,
      { value: string; from: string }
    >;
    expect(values['etcdUsername']).toEqual({
      value: 'ann',
      from: expect.stringMatching(/^file etcdUsername \(.*secret\.cfg:6:3\)$/),
    });
    expect(values['etcdCertFile']).toEqual({ value: '', from: 'default' });
    const table = await done(place.at, 'config view --origins');
    expect(table.split('\n')[0]!.trim().split(/ +/)).toEqual(['SETTING', 'VALUE', 'FROM']);
    expect(table).toMatch(/\ndatastoreType +file +environment DATASTORE_TYPE *\n/);
  });

  test('the flags of every command count', async () => {
    const values = JSON.parse(
      await done(place.at, 'config view --request-timeout 90s --context blue --origins -o json'),
    ) as Record<string, { value: string; from: string }>;
    expect(values['requestTimeout']).toEqual({ value: '90s', from: 'flag --request-timeout' });
    expect(Object.values(values)).toContainEqual({ value: 'blue', from: 'flag --context' });
  });

  test('what cannot be read is told with its place', async () => {
    await place.at.write(
      'typo.cfg',
      'apiVersion: projectcalico.org/v3\nkind: CalicoAPIConfig\nspec:\n  etcdEndpoint: http://a\n',
    );
    const { out, err } = await failing(place.at, 'config view -c typo.cfg');
    expect(out).toBe('');
    expect(err).toContain('typo.cfg:4:3');
    expect(err).toContain('did you mean spec.etcdEndpoints?');
    expect((await failing(place.at, 'config view -c gone.cfg')).err).toContain('gone.cfg');
    expect((await failing(place.at, 'config view -o wide')).err).toContain("'wide'");
    expect((await failing(place.at, 'config view extra')).err).toContain('takes no words');
  });
});
