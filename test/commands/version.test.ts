import { describe, expect, test } from 'bun:test';
import { load } from 'js-yaml';
import { main } from '../../src/cli/main.ts';
import { done, eachInWorkspace, failing, manifest } from './fixture.ts';

const place = eachInWorkspace();

const CLIENT = 'Client Version:    v3.32.0\nGit commit:        \n';

async function clusterIs(calicoVersion: string, folder = '.datastore'): Promise<void> {
  const spec = { clusterGUID: '0'.repeat(32), clusterType: 'k8s,bgp', calicoVersion, datastoreReady: true };
  await place.at.write(
    `${folder}/clusterinformations/default.yaml`,
    manifest('ClusterInformation', 'default', spec),
  );
}

describe('version', () => {
  test('shows the client and the cluster', async () => {
    expect(await done(place.at, 'version')).toBe(
      `${CLIENT}Cluster Version:   unknown\nCluster Type:      unknown\n`,
    );
    await clusterIs('v3.31.0');
    expect(await done(place.at, 'version')).toBe(
      `${CLIENT}Cluster Version:   v3.31.0\nCluster Type:      k8s,bgp\n`,
    );
  });

  test('--client asks no datastore', async () => {
    const env = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: 'http://127.0.0.1:1' };
    expect(await place.at.calicoctl(['version', '--client'], { env })).toEqual({
      status: 0,
      out: CLIENT,
      err: '',
    });
  });

  test('--output json and yaml', async () => {
    await clusterIs('v3.32.0');
    const value = {
      client: { version: 'v3.32.0', gitCommit: '' },
      cluster: { version: 'v3.32.0', type: 'k8s,bgp' },
    };
    expect(JSON.parse(await done(place.at, 'version --output json'))).toEqual(value);
    expect(load(await done(place.at, 'version -o yaml'))).toEqual(value);
    expect(JSON.parse(await done(place.at, 'version --client -o json'))).toEqual({ client: value.client });
    expect((await failing(place.at, 'version -o wide')).err).toContain("'wide'");
  });

  test('a datastore that cannot be reached: the client is shown, the status is 1', async () => {
    const { out, err } = await failing(place.at, 'version -c gone.cfg');
    expect(out).toBe(CLIENT);
    expect(err).toContain('gone.cfg');
  });

  test('--config chooses the datastore', async () => {
    await clusterIs('v3.30.0', 'elsewhere');
    expect(await done(place.at, 'version --config elsewhere.cfg')).toContain('Cluster Version:   v3.30.0\n');
  });

  test('--poll shows what changes until it is interrupted', async () => {
    await clusterIs('v3.32.0');
    const interrupt = new AbortController();
    let out = '';
    const status = await main(['version', '--poll', '5ms'], {
      async out(text) {
        out += text;
        if (text.includes('v3.32.0') && text.startsWith('Cluster')) await clusterIs('v3.32.1');
        if (text.includes('v3.32.1')) interrupt.abort();
      },
      err: (text) => expect(text).toBe(''),
      stdin: async function* () {},
      env: { DATASTORE_TYPE: 'file', CALICO_FILE_DIR: '.datastore', HOME: place.at.folder },
      cwd: place.at.folder,
      terminal: { out: false, err: false, in: false },
      signal: interrupt.signal,
    });
    expect(out).toBe(
      `${CLIENT}Cluster Version:   v3.32.0\nCluster Type:      k8s,bgp\nCluster Version:   v3.32.1\n`,
    );
    expect([0, 130]).toContain(status);
  });

  test('--poll takes durations only', async () => {
    for (const text of ['soon', '5', '-1s'])
      expect((await failing(place.at, `version --poll=${text}`)).err).toContain(text);
  });
});

describe('client and cluster of different versions', () => {
  const writing = [
    'create -f t.json',
    'apply -f t.json',
    'replace -f t.json',
    'delete tier t',
    'label tier t a=b',
    'patch tier t -p {}',
  ];

  const skews: readonly (readonly [
    cluster: string,
    reads: 'silent' | 'warns',
    writes: 'silent' | 'warns' | 'refuses',
  ])[] = [
    ['v3.32.0', 'silent', 'silent'],
    ['3.32.0', 'silent', 'silent'],
    ['', 'silent', 'silent'],
    ['v3.32.9', 'warns', 'warns'],
    ['v3.33.1', 'warns', 'warns'],
    ['v3.31.0', 'warns', 'warns'],
    ['v3.34.0', 'warns', 'refuses'],
    ['v3.30.7', 'warns', 'refuses'],
    ['v2.32.0', 'warns', 'refuses'],
    ['v4.0.0', 'warns', 'refuses'],
    ['master', 'warns', 'refuses'],
  ];
  for (const [cluster, reads, writes] of skews) {
    test(`a cluster of version "${cluster}": reading ${reads}, writing ${writes}`, async () => {
      await clusterIs(cluster);
      await place.at.write('t.json', manifest('Tier', 't'));
      const mentions = (err: string) =>
        err.split('\n').filter((line) => line.includes('v3.32.0') && line.includes(cluster)).length;
      const read = await place.at.calicoctl(['get', 'tier']);
      expect([read.status, mentions(read.err)]).toEqual([0, reads === 'warns' ? 1 : 0]);
      expect(read.err === '').toBe(reads === 'silent');
      for (const line of writing) {
        if (line.startsWith('label'))
          await place.at.calicoctl(['apply', '-f', 't.json', '--allow-version-mismatch']);
        const { status, err } = await place.at.calicoctl(line.split(' '));
        const refused = writes === 'refuses';
        expect([line, status, mentions(err)]).toEqual([line, refused ? 1 : 0, writes === 'silent' ? 0 : 1]);
        expect(err.includes('--allow-version-mismatch')).toBe(writes !== 'silent');
      }
    });
  }

  test('--allow-version-mismatch goes on without a word', async () => {
    await clusterIs('v2.0.0');
    const stdin = manifest('Tier', 't');
    expect(await done(place.at, 'create -f - --allow-version-mismatch', stdin)).toBe(
      "Successfully created 1 'Tier' resource(s)\n",
    );
    await done(place.at, '--allow-version-mismatch get tier t');
  });

  test('CALICOCTL_STRICT_VERSION=1 stops reads too, unless told to go on', async () => {
    await clusterIs('v3.32.1');
    const env = { CALICOCTL_STRICT_VERSION: '1' };
    const read = await place.at.calicoctl(['get', 'tier'], { env });
    expect([read.status, read.out]).toEqual([1, '']);
    expect(read.err).toContain('v3.32.1');
    expect(read.err).toContain('--allow-version-mismatch');
    expect((await place.at.calicoctl(['get', 'tier', '--allow-version-mismatch'], { env })).status).toBe(0);
    expect((await place.at.calicoctl(['version'], { env })).status).toBe(0);
    expect(
      (await place.at.calicoctl(['get', 'tier'], { env: { CALICOCTL_STRICT_VERSION: '' } })).status,
    ).toBe(0);
  });
});
