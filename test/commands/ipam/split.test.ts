import { beforeEach, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import { blockSpec, namesOf, put } from '../../operations/stores.ts';
import { done, eachInWorkspace, failing, manifest, names, stored } from '../fixture.ts';

const place = eachInWorkspace();

beforeEach(async () => {
  await place.at.write(
    'pool.yaml',
    manifest(
      'IPPool',
      'pods',
      { cidr: '10.0.0.0/24', blockSize: 29, natOutgoing: true, nodeSelector: "rack == 'a'" },
      { labels: { team: 'net' }, annotations: { note: 'x' } },
    ),
  );
  await done(place.at, 'apply -f pool.yaml');
  await done(place.at, 'datastore migrate lock');
});

describe('ipam split', () => {
  test('makes enabled parts with the settings of the pool, which goes', async () => {
    expect(await done(place.at, 'ipam split 2 --name=pods')).toBe(
      'IP Pool pods was successfully split into 2 smaller pools.Created split-pods-0 with CIDR 10.0.0.0/25.\nCreated split-pods-1 with CIDR 10.0.0.128/25.\nPlease refer to the documentation for final steps.\n',
    );
    expect(await names(place.at, 'ippool')).toEqual(['ippool/split-pods-0', 'ippool/split-pods-1']);
    const { metadata, spec } = await stored(place.at, 'ippool split-pods-1');
    expect(metadata).toMatchObject({ labels: { team: 'net' }, annotations: { note: 'x' } });
    expect(spec).toMatchObject({
      ...{ cidr: '10.0.0.128/25', blockSize: 29, natOutgoing: true, nodeSelector: "rack == 'a'" },
    });
    expect(spec).not.toHaveProperty('disabled');
  });

  test('leaves blocks and affinities as they are', async () => {
    const store = await openFileDatastore({ directory: join(place.at.folder, '.datastore') });
    await put(store, 'IPAMBlock', '10.0.0.128/29', blockSpec('10.0.0.128/29', 8, { 0: 'web' }));
    const affinity = 'host/worker-1/10.0.0.128/29';
    await put(store, 'BlockAffinity', affinity, {
      ...{ state: 'confirmed', node: 'worker-1', type: 'host', cidr: '10.0.0.128/29', deleted: false },
    });
    await done(place.at, 'ipam split 4 --cidr 10.0.0.0/24');
    expect(await namesOf(store, 'IPAMBlock', 'BlockAffinity')).toEqual([
      'IPAMBlock/10.0.0.128/29',
      `BlockAffinity/${affinity}`,
    ]);
    expect((await names(place.at, 'ippool')).length).toBe(4);
  });

  test('--name wins over --cidr; a pool that is not there is named', async () => {
    expect((await failing(place.at, 'ipam split 2 --name=no --cidr=10.0.0.0/24')).err).toContain(
      'unable to find IP pool with name no: ',
    );
    expect((await failing(place.at, 'ipam split 2 --cidr=10.0.0.1/24')).err).toContain(
      'unable to find IP pool  covering the specified CIDR 10.0.0.1/24',
    );
  });

  test('--config leads to another datastore', async () => {
    await done(place.at, 'apply -f pool.yaml -c elsewhere.cfg');
    await done(place.at, 'datastore migrate lock -c elsewhere.cfg');
    await done(place.at, 'ipam split 2 --name=pods --config elsewhere.cfg');
    expect(await names(place.at, 'ippool')).toEqual(['ippool/pods']);
  });

  test('says that the pool was split before', async () => {
    await done(place.at, 'ipam split 2 --name=pods');
    expect((await failing(place.at, 'ipam split 2 --name=pods')).err).toContain('to have been split already');
  });

  test('refuses what cannot be done, and changes nothing', async () => {
    const before = await stored(place.at, 'ippool pods');
    const refused = {
      'ipam split x --name=pods': 'x is not a valid number',
      'ipam split 2': 'no name or CIDR provided. Provide a name or CIDR',
      'ipam split 0 --name=pods': 'number to split CIDR into is not a valid power of 2: 0',
      'ipam split 99999999999999999999 --name=pods': 'not a valid power of 2',
    };
    for (const [line, words] of Object.entries(refused))
      expect((await failing(place.at, line)).err).toContain(words);
    await done(place.at, 'datastore migrate unlock');
    expect((await failing(place.at, 'ipam split 2 --name=pods')).err).toContain(
      'datastore is not locked. Run the `calicoctl datastore migrate lock` command',
    );
    expect(await stored(place.at, 'ippool pods')).toEqual(before);
  });

  test('leaves a pool disabled for which the number is wrong, as is on record, and says so', async () => {
    const refused = {
      1: 'not a valid power of 2: 1',
      3: 'not a valid power of 2: 3',
      512: 'is not large enough to be split into 512 parts',
      64: 'smaller than its blocks, which are /29',
    };
    const enable = `patch ippool pods -p '{"spec":{"disabled":false}}'`;
    for (const [number, words] of Object.entries(refused)) {
      const { err } = await failing(place.at, `ipam split ${number} --name=pods`);
      expect(err).toContain(words);
      expect(err).toContain(
        `The pool is disabled now, and stays so until it is split, or enabled by \`calicoctl ${enable}\``,
      );
      expect((await stored(place.at, 'ippool pods')).spec).toHaveProperty('disabled', true);
      await place.at.calicoctl(['patch', 'ippool', 'pods', '-p', '{"spec":{"disabled":false}}']);
    }
    expect(await names(place.at, 'ippool')).toEqual(['ippool/pods']);
  });

  test('refuses where the name of a part is taken', async () => {
    const other = manifest('IPPool', 'split-pods-1', { cidr: '10.9.0.0/24', blockSize: 29 });
    await place.at.write('other.yaml', other);
    await done(place.at, 'apply -f other.yaml');
    const { err } = await failing(place.at, 'ipam split 2 --name=pods');
    expect(err).toContain('resource already exists: IPPool(split-pods-1) with CIDR 10.9.0.0/24');
    expect((await stored(place.at, 'ippool pods')).spec).not.toHaveProperty('disabled');
    expect(await names(place.at, 'ippool')).toEqual(['ippool/pods', 'ippool/split-pods-1']);
  });

  /** As a split into two leaves it that was killed behind its second write. */
  async function brokenOff(): Promise<void> {
    const pool = await stored(place.at, 'ippool pods');
    const write = (name: string, spec: object) =>
      place.at.write(`.datastore/ippools/${name}.yaml`, manifest('IPPool', name, { ...pool.spec, ...spec }));
    await write('pods', { disabled: true });
    await write('split-pods-0', { cidr: '10.0.0.0/25' });
  }

  test('finishes a split that broke off, and says what it found', async () => {
    await brokenOff();
    const { status, out, err } = await place.at.calicoctl(['ipam', 'split', '2', '--name=pods']);
    expect({ status, err }).toEqual({
      status: 0,
      err: 'Finished an earlier split: the pool was disabled and 1 of its 2 parts were there.\n',
    });
    expect(out).toContain('Created split-pods-0 with CIDR 10.0.0.0/25.\n');
    expect(await names(place.at, 'ippool')).toEqual(['ippool/split-pods-0', 'ippool/split-pods-1']);
  });

  test('says that the parts of a disabled pool are enabled', async () => {
    await done(place.at, `patch ippool pods -p {"spec":{"disabled":true}}`);
    const { status, err } = await place.at.calicoctl(['ipam', 'split', '2', '--name=pods']);
    expect({ status, err }).toEqual({
      ...{ status: 0, err: 'Note: pool pods was disabled; its parts are enabled.\n' },
    });
  });

  test('does not mix two splits', async () => {
    await brokenOff();
    expect((await failing(place.at, 'ipam split 4 --name=pods')).err).toContain(
      'A split of pods into 2 seems',
    );
    expect(await names(place.at, 'ippool')).toEqual(['ippool/pods', 'ippool/split-pods-0']);
  });
});
