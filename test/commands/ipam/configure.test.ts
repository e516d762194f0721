import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import { put, specOf } from '../../operations/stores.ts';
import { done, eachInWorkspace, failing } from '../fixture.ts';

const place = eachInWorkspace();

const store = () => openFileDatastore({ directory: join(place.at.folder, '.datastore') });

async function settings() {
  return specOf(await store(), 'IPAMConfig', 'default');
}

describe('ipam configure', () => {
  test('says what it set, one line for each in one order', async () => {
    const line =
      'ipam configure --ip-cooldown-seconds 30 --kubevirt-ip-persistence Disabled --max-blocks-per-host 4 --strictaffinity T';
    expect(await done(place.at, line)).toBe(
      [
        'Successfully set StrictAffinity to: true',
        'Successfully set MaxBlocksPerHost to: 4',
        'Successfully set KubeVirtVMAddressPersistence to: Disabled',
        'Successfully set IPCooldownSeconds to: 30',
        '',
      ].join('\n'),
    );
    expect(await settings()).toMatchObject({
      strictAffinity: true,
      autoAllocateBlocks: true,
      maxBlocksPerHost: 4,
      kubeVirtVMAddressPersistence: 'Disabled',
      ipCooldownSeconds: 30,
    });
  });

  test('--config leads to another datastore', async () => {
    await done(place.at, 'ipam configure --strictaffinity=true --config elsewhere.cfg');
    expect(await settings()).toBeUndefined();
    expect(await done(place.at, 'ipam configure -c elsewhere.cfg --max-blocks-per-host=4')).toContain(': 4');
  });

  test('keeps what is not named', async () => {
    await put(await store(), 'IPAMConfig', 'default', {
      ...{ strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 2, ofTomorrow: 'x' },
    });
    await done(place.at, 'ipam configure --max-blocks-per-host=8');
    expect(await settings()).toMatchObject({ strictAffinity: true, maxBlocksPerHost: 8, ofTomorrow: 'x' });
  });

  test('starts from what holds where nothing is stored', async () => {
    await done(place.at, 'ipam configure --ip-cooldown-seconds=5');
    expect(await settings()).toMatchObject({ autoAllocateBlocks: true, ipCooldownSeconds: 5 });
  });

  test('refuses words, and settings that contradict each other', async () => {
    const refused = {
      'ipam configure': 'at least one configuration option must be specified',
      'ipam configure --ip-cooldown-seconds=-1': 'at least one configuration option must be specified',
      'ipam configure --strictaffinity=yes': 'invalid value. Use true or false to set strictaffinity',
      'ipam configure --max-blocks-per-host=many': 'invalid value for maxblockhost. Use a valid number',
      'ipam configure --max-blocks-per-host=-1': 'invalid value for maxblockhost. Use a valid number',
      'ipam configure --max-blocks-per-host=2147483648': 'invalid value for maxblockhost. Use a valid number',
      'ipam configure --ip-cooldown-seconds=2147483648': 'invalid value for --ip-cooldown-seconds',
      'ipam configure --kubevirt-ip-persistence=enabled': 'invalid value for --kubevirt-ip-persistence',
      'ipam configure --ip-cooldown-seconds=1.5': 'invalid value for --ip-cooldown-seconds',
      'ipam configure --max-blocks-per-host=4': 'MaxBlocksPerHost requires StrictAffinity to be enabled',
    };
    for (const [line, words] of Object.entries(refused))
      expect((await failing(place.at, line)).err).toContain(words);
    expect(await settings()).toBeUndefined();
  });

  test('never leaves a cluster in which nobody gets addresses', async () => {
    await put(await store(), 'IPAMConfig', 'default', { strictAffinity: true });
    const { err } = await failing(place.at, 'ipam configure --strictaffinity=false');
    expect(err).toContain("Cannot disable 'StrictAffinity' and 'AutoAllocateBlocks' at the same time");
    expect(await settings()).toMatchObject({ strictAffinity: true });
  });
});
