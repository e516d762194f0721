import { describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, manifest, stored } from '../../fixture.ts';

const place = eachInWorkspace();

async function lock(...more: readonly string[]) {
  return place.at.calicoctl(['datastore', 'migrate', 'lock', ...more]);
}

describe('datastore migrate lock', () => {
  test('prepares an empty datastore and locks it', async () => {
    expect(await lock()).toEqual({ status: 0, out: 'Datastore locked.\n', err: '' });
    const { spec, metadata } = await stored(place.at, 'clusterinformation default');
    expect(spec['datastoreReady']).toBe(false);
    expect(spec['clusterGUID']).toMatch(/^[0-9a-f]{32}$/);
    expect(metadata).not.toHaveProperty('annotations');
    expect(await done(place.at, 'get tier -o name')).toContain('kube-baseline');
  });

  test('says so where it was locked before, and writes nothing', async () => {
    await lock();
    const before = await stored(place.at, 'clusterinformation default');
    expect(await lock()).toEqual({
      status: 0,
      out: 'Datastore locked.\n',
      err: 'The datastore was locked before.\n',
    });
    expect(await stored(place.at, 'clusterinformation default')).toEqual(before);
  });

  test('--reason is noted with who and when, and stays that of the first', async () => {
    await lock('--reason', 'a split');
    const second = await lock('--reason', 'something else');
    expect(second.err).toMatch(/^The datastore was locked before: by .+@.+ since \d{4}-.*Z for a split\.\n$/);
    const { metadata } = await stored(place.at, 'clusterinformation default');
    const note = JSON.parse(
      (metadata['annotations'] as Record<string, string>)['calicoctl.projectcalico.org/lock']!,
    );
    expect(note).toMatchObject({ purpose: 'a split', holder: expect.stringContaining('@') });
  });

  test('--reason gives a lock without a note one', async () => {
    await lock();
    await lock('--reason', 'a split');
    expect(await done(place.at, 'datastore status')).toContain('Locked for:       a split\n');
  });

  test('keeps what else the cluster says of itself', async () => {
    const spec = { clusterGUID: '1'.repeat(32), clusterType: 'k8s,bgp', datastoreReady: true };
    const cluster = manifest('ClusterInformation', 'default', spec, { annotations: { team: 'net' } });
    await place.at.write('.datastore/clusterinformations/default.yaml', cluster);
    await lock();
    expect(await stored(place.at, 'clusterinformation default')).toMatchObject({
      metadata: { annotations: { team: 'net' } },
      spec: { ...spec, datastoreReady: false },
    });
  });

  test('--config leads to another datastore', async () => {
    await done(place.at, 'datastore migrate lock --config elsewhere.cfg');
    expect(await done(place.at, 'datastore status -c elsewhere.cfg')).toContain('State:            locked');
    expect(await done(place.at, 'datastore status')).toContain('State:            empty');
  });

  test('refuses a cluster of a far version', async () => {
    const spec = { clusterGUID: '1'.repeat(32), calicoVersion: 'v3.28.0', datastoreReady: true };
    await place.at.write(
      '.datastore/clusterinformations/default.yaml',
      manifest('ClusterInformation', 'default', spec),
    );
    expect((await lock()).status).toBe(1);
    expect((await lock('--allow-version-mismatch')).status).toBe(0);
  });
});
