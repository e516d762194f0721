import { describe, expect, test } from 'bun:test';
import { hostname } from 'node:os';
import { load } from 'js-yaml';
import { done, eachInWorkspace, failing, manifest } from '../fixture.ts';

const place = eachInWorkspace();
const GUID = '1'.repeat(32);

async function clusterIs(spec: object, metadata: object = {}): Promise<void> {
  await place.at.write(
    '.datastore/clusterinformations/default.yaml',
    manifest('ClusterInformation', 'default', { clusterGUID: GUID, ...spec }, metadata),
  );
}

async function status(): Promise<unknown> {
  return JSON.parse(await done(place.at, 'datastore status -o json'));
}

describe('datastore status', () => {
  test('of a datastore that nobody has used', async () => {
    expect(await status()).toEqual({
      datastore: 'file',
      location: `${place.at.folder}/.datastore`,
      reachable: true,
      clientVersion: 'v3.32.0',
      state: 'uninitialised',
    });
    expect(await done(place.at, 'datastore status')).toContain('`calicoctl datastore init`');
  });

  test('of one that is ready', async () => {
    await clusterIs({ clusterType: 'k8s', calicoVersion: 'v3.30.0', datastoreReady: true });
    expect(await done(place.at, 'datastore status')).toBe(
      [
        `Datastore:        file (${place.at.folder}/.datastore)`,
        'Reachable:        yes',
        'Client version:   v3.32.0',
        'Cluster version:  v3.30.0',
        'Cluster type:     k8s',
        `Cluster GUID:     ${GUID}`,
        'State:            ready',
        '',
      ].join('\n'),
    );
    expect(load(await done(place.at, 'datastore status -o yaml'))).toMatchObject({
      cluster: { guid: GUID, type: 'k8s', version: 'v3.30.0' },
      state: 'ready',
    });
  });

  test('of one whose lock has a note', async () => {
    await clusterIs({});
    await place.at.calicoctl(['datastore', 'migrate', 'lock', '--reason', 'a split']);
    expect(await status()).toMatchObject({
      state: 'locked',
      lock: {
        holder: expect.stringMatching(new RegExp(`@${hostname()}$`)),
        purpose: 'a split',
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        unlock: 'calicoctl datastore migrate unlock',
      },
    });
  });

  test('of one whose lock has none: it is known how to unlock it', async () => {
    await clusterIs({ datastoreReady: false });
    expect(await status()).toMatchObject({
      lock: { unlock: 'calicoctl datastore migrate unlock' },
    });
    const text = await done(place.at, 'datastore status');
    expect(text).toContain('Locked for:       unknown: no reason was noted\n');
    expect(text).toContain('To unlock:        `calicoctl datastore migrate unlock`');
  });

  test('the API server tells when it was locked and through what', async () => {
    const write = (time: string, manager: string, field: string) => ({
      ...{ manager, operation: 'Update', apiVersion: 'projectcalico.org/v3', time, fieldsType: 'FieldsV1' },
      fieldsV1: { 'f:spec': { [field]: {} } },
    });
    await clusterIs(
      { datastoreReady: false },
      {
        managedFields: [
          write('2026-01-01T00:00:00Z', 'operator', 'f:datastoreReady'),
          write('2026-01-02T00:00:00Z', 'calicoctl', 'f:datastoreReady'),
          write('2026-01-03T00:00:00Z', 'felix', 'f:calicoVersion'),
        ],
      },
    );
    expect(await status()).toMatchObject({ lock: { since: '2026-01-02T00:00:00Z', holder: 'calicoctl' } });
  });

  test('of one that cannot be reached: says why, with status 1', async () => {
    const env = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: 'http://ada:secret@127.0.0.1:1' };
    const { status: code, out } = await place.at.calicoctl(['datastore', 'status', '-o', 'json'], { env });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      datastore: 'etcdv3',
      reachable: false,
      error: expect.stringContaining('127.0.0.1:1'),
    });
    expect(out).not.toContain('secret');
  });

  test('another configuration and format', async () => {
    expect(await done(place.at, 'datastore status -c elsewhere.cfg')).toContain('/elsewhere)');
    expect((await failing(place.at, 'datastore status -o wide')).err).toContain("'wide'");
  });
});
