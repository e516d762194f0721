import { beforeEach, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { stringifyJson } from '../../../src/core/json.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import { blockSpec, namesOf, put, ref, specOf } from '../../operations/stores.ts';
import { done, eachInWorkspace, failing } from '../fixture.ts';

const place = eachInWorkspace();
const BLOCK = '10.0.0.0/29';

let store: Datastore;
beforeEach(async () => {
  store = await openFileDatastore({ directory: join(place.at.folder, '.datastore') });
  await put(store, 'IPPool', 'pods', { cidr: '10.0.0.0/24', blockSize: 29 });
  const used = { 0: 'web', 1: 'web', 3: 'db', 5: 'cache' };
  await put(store, 'IPAMBlock', BLOCK, blockSpec(BLOCK, 8, used));
  for (const [id, count] of Object.entries({ web: 2, db: 1, cache: 1, lost: 1 }))
    await put(store, 'IPAMHandle', id, { handleID: id, block: { [BLOCK]: count }, deleted: false });
});

async function free(): Promise<unknown> {
  return (await specOf(store, 'IPAMBlock', BLOCK))?.['unallocated'];
}

interface Leak {
  readonly handle?: string;
  readonly sequenceNumber?: number | bigint;
  readonly inUse?: boolean;
}

/** Writes a report of the datastore as it is now, with these allocations. */
async function report(
  file: string,
  leaks: Readonly<Record<string, Leak>>,
  more: object = {},
  handles: readonly string[] = [],
): Promise<void> {
  const { spec, metadata } = await store.get(await ref('ClusterInformation', 'default'));
  const leakedHandles = await Promise.all(
    handles.map(async (id) => ({
      ...{ ID: id, UID: null },
      Revision: (await store.get(await ref('IPAMHandle', id))).metadata.resourceVersion,
    })),
  );
  const allocations = Object.entries(leaks).map(([ip, leak]) => {
    return [ip, [{ ip, sequenceNumber: 7, inUse: false, owners: null, ...leak }]];
  });
  const value = {
    ...{ version: 'v3.32.0', clusterGUID: spec['clusterGUID'], datastoreLocked: true },
    clusterInformationRevision: metadata.resourceVersion,
    allocations: Object.fromEntries(allocations),
    leakedHandles,
    ...more,
  };
  await place.at.write(file, stringifyJson(value, 2));
}

describe('ipam release --ip', () => {
  test('gives an address back, with its handle', async () => {
    expect(await done(place.at, 'ipam release --ip=10.0.0.3')).toBe(
      'Successfully released IP address 10.0.0.3\n',
    );
    expect(await free()).toEqual([2, 4, 6, 7, 3]);
    expect(await specOf(store, 'IPAMHandle', 'db')).toBeUndefined();
  });

  test('fails where nobody has it', async () => {
    expect((await failing(place.at, 'ipam release --ip=10.0.0.2')).err).toStartWith(
      'IP address 10.0.0.2 is not assigned\n',
    );
    expect((await failing(place.at, 'ipam release --ip=192.0.2.1')).err).toContain('192.0.2.1');
    expect((await failing(place.at, 'ipam release --ip=nonsense -c nowhere.cfg')).err).toContain(
      'invalid IP address specified: nonsense',
    );
  });

  test('without anything named says what is missing', async () => {
    expect((await failing(place.at, 'ipam release -c nowhere.cfg')).err).toContain('--from-report');
  });
});

const LOCK = 'datastore migrate lock';
const RELEASE = 'ipam release --from-report=r.json';

describe('ipam release --from-report', () => {
  test('gives back what leaks, and deletes handles without addresses', async () => {
    await done(place.at, LOCK);
    const leaks = { '10.0.0.0': { handle: 'web' }, '10.0.0.3': { handle: 'db' } };
    await report('r.json', { ...leaks, '10.0.0.5': { handle: 'cache', inUse: true } }, {}, ['lost']);
    expect(await done(place.at, RELEASE)).toBe(
      [
        'Releasing 2 old IPs...',
        'Released 2 IPs successfully',
        'Deleting 1 handles...',
        "Key: '.' = Deleted OK; 'x' = skip, handle missing/changed.",
        '.',
        'Released 1 handles; 0 skipped; 0 errors.',
        'You may now unlock the data store.',
        '',
      ].join('\n'),
    );
    expect(await free()).toEqual([2, 4, 6, 7, 0, 3]);
    expect(await namesOf(store, 'IPAMHandle')).toEqual(['IPAMHandle/cache', 'IPAMHandle/web']);
    expect(await done(place.at, RELEASE)).toBe(
      [
        'Releasing 2 old IPs...',
        'Released 0 IPs successfully',
        '2 addresses marked as leaked in the report had already been cleaned up.',
        'Deleting 1 handles...',
        "Key: '.' = Deleted OK; 'x' = skip, handle missing/changed.",
        'x',
        'Released 0 handles; 1 skipped; 0 errors.',
        'You may now unlock the data store.',
        '',
      ].join('\n'),
    );
  });

  test('of nothing says so', async () => {
    await done(place.at, LOCK);
    await report('r.json', {});
    expect(await done(place.at, RELEASE)).toBe(
      "Report didn't contain any leaked IPs to clean up.\nReport didn't contain any handles to clean up.\nYou may now unlock the data store.\n",
    );
  });

  test('leaves alone what was given to somebody else since, with success', async () => {
    await done(place.at, LOCK);
    await report('r.json', { '10.0.0.0': { handle: 'web', sequenceNumber: 6 } });
    const { status, out, err } = await place.at.calicoctl(RELEASE.split(' '));
    expect(status).toBe(0);
    expect(out).toContain('An error occurred while releasing some IPs: 10.0.0.0 was assigned again since');
    expect(err).toContain('its sequence number is 7, not 6');
    expect(await free()).toEqual([2, 4, 6, 7]);
  });

  test('of several reports gives back only what leaks in each, the same way', async () => {
    await done(place.at, LOCK);
    const both = { '10.0.0.0': { handle: 'web' }, '10.0.0.1': { handle: 'web' } };
    await report('a.json', { ...both, '10.0.0.3': { handle: 'db' } }, {}, ['lost', 'cache']);
    await report('r.json', {
      '10.0.0.0': { handle: 'web' },
      '10.0.0.1': { handle: 'web', sequenceNumber: 8 },
      '10.0.0.5': { handle: 'cache' },
    });
    const out = await done(place.at, `${RELEASE} --from-report a.json`);
    expect(out).toContain('Released 1 IPs successfully\nReport didn');
    expect(await free()).toEqual([2, 4, 6, 7, 0]);
  });

  test('is refused for what it cannot rely on, and says in which report', async () => {
    await done(place.at, LOCK);
    await report('r.json', {}, { clusterGUID: 'another' });
    expect((await failing(place.at, `${RELEASE} --force`)).err).toContain(
      'cluster does not match the provided report (r.json): mismatched cluster GUID. Refusing to release',
    );
    await report('r.json', {}, { version: 'v3.1.0' });
    expect((await failing(place.at, RELEASE)).err).toContain(
      'the provided report (r.json) was produced using a different version (v3.1.0) of calicoctl',
    );
    expect(await done(place.at, `${RELEASE} --force`)).toStartWith('WARNING: Report was produced using');
    await report('r.json', {}, { clusterInformationRevision: '0' });
    expect((await failing(place.at, `${RELEASE} --force`)).err).toContain('are all stale');
    expect((await failing(place.at, 'ipam release --from-report=no.json')).err).toContain('no.json');
    await place.at.write('r.json', '{"version": "v3.32.0"');
    expect((await failing(place.at, RELEASE)).err).toContain('r.json is not a report');
  });

  test('asks for the lock, unless forced', async () => {
    await done(place.at, LOCK);
    await done(place.at, 'datastore migrate unlock');
    await report('r.json', { '10.0.0.3': { handle: 'db' } });
    expect((await failing(place.at, RELEASE)).err).toContain(
      'data store is not locked. Either lock the data store, or re-run with --force',
    );
    expect(await done(place.at, `${RELEASE} --force`)).toStartWith(
      'WARNING: Data store is not locked. Ignoring due to --force option\nReleasing 1 old IPs...\n',
    );
  });
});
