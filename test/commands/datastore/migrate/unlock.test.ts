import { describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, failing, stored } from '../../fixture.ts';

const place = eachInWorkspace();

describe('datastore migrate unlock', () => {
  test('takes the lock away with its note', async () => {
    await place.at.calicoctl(['datastore', 'migrate', 'lock', '--reason', 'a split']);
    expect(await done(place.at, 'datastore migrate unlock')).toBe('Datastore unlocked.\n');
    const { spec, metadata } = await stored(place.at, 'clusterinformation default');
    expect(spec['datastoreReady']).toBe(true);
    expect(metadata).not.toHaveProperty('annotations');
  });

  test('is done again without a change', async () => {
    await done(place.at, 'datastore migrate lock');
    await done(place.at, 'datastore migrate unlock');
    const before = await stored(place.at, 'clusterinformation default');
    expect(await done(place.at, 'datastore migrate unlock')).toBe('Datastore unlocked.\n');
    expect(await stored(place.at, 'clusterinformation default')).toEqual(before);
  });

  test('--config leads to another datastore', async () => {
    await done(place.at, 'datastore migrate lock -c elsewhere.cfg');
    await done(place.at, 'datastore migrate unlock --config elsewhere.cfg');
    expect(await done(place.at, 'datastore status -c elsewhere.cfg')).toContain('State:            ready');
  });

  test('fails in a datastore that was never initialised', async () => {
    expect((await failing(place.at, 'datastore migrate unlock')).err).toContain('ClusterInformation');
  });
});
