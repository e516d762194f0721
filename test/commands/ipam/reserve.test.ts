import { beforeEach, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import { blockSpec, put } from '../../operations/stores.ts';
import { done, eachInWorkspace, failing, manifest, names, stored } from '../fixture.ts';

const place = eachInWorkspace();

beforeEach(async () => {
  const pool = manifest('IPPool', 'pods', { cidr: '10.0.0.0/24', blockSize: 29 });
  await place.at.write('.datastore/ippools/pods.yaml', pool);
});

async function reserved(name = 'reserved-by-calicoctl'): Promise<unknown> {
  return (await stored(place.at, `ipreservation ${name}`)).spec['reservedCIDRs'];
}

describe('ipam reserve', () => {
  test('makes a reservation, and extends it by what it has not', async () => {
    expect(await done(place.at, 'ipam reserve 10.0.0.8/30 10.0.0.1')).toBe(
      'Reserved 10.0.0.8/30 (4 addresses) in IPReservation(reserved-by-calicoctl)\nReserved 10.0.0.1/32 (1 address) in IPReservation(reserved-by-calicoctl)\n',
    );
    expect(await done(place.at, 'ipam reserve 10.0.0.9 10.0.0.64/26')).toBe(
      'Reserved 10.0.0.64/26 (64 addresses) in IPReservation(reserved-by-calicoctl)\n10.0.0.9/32 was reserved by IPReservation(reserved-by-calicoctl) before\n',
    );
    expect(await reserved()).toEqual(['10.0.0.8/30', '10.0.0.1/32', '10.0.0.64/26']);
  });

  test('--name and --reason', async () => {
    await done(place.at, 'ipam reserve 10.0.0.8/30 --name=printers --reason=floor-2');
    const { metadata } = await stored(place.at, 'ipreservation printers');
    expect(metadata['annotations']).toEqual({ 'calicoctl.projectcalico.org/reason': 'floor-2' });
    expect(metadata).toHaveProperty('uid');
    await done(place.at, 'ipam reserve 10.0.0.16 --name=printers');
    const { err } = await failing(place.at, 'ipam reserve 10.0.0.17 --name=printers --reason=floor-3');
    expect(err).toContain('IPReservation(printers) is for another reason: floor-2');
    expect(await reserved('printers')).toEqual(['10.0.0.8/30', '10.0.0.16/32']);
    expect((await failing(place.at, 'ipam reserve 10.0.0.8 --name=No/Name')).err).toContain('No/Name');
  });

  test('keeps what else the reservation has', async () => {
    const spec = { reservedCIDRs: ['10.0.0.0/30', ' 10.0.0.7 ', 'spoilt'], ofTomorrow: true };
    const reservation = manifest('IPReservation', 'mine', spec, { labels: { team: 'net' } });
    await place.at.write('.datastore/ipreservations/mine.yaml', reservation);
    await done(place.at, 'ipam reserve 10.0.0.8 10.0.0.7 --name=mine');
    expect(await stored(place.at, 'ipreservation mine')).toMatchObject({
      metadata: { labels: { team: 'net' } },
      spec: { reservedCIDRs: ['10.0.0.0/30', ' 10.0.0.7 ', 'spoilt', '10.0.0.8/32'], ofTomorrow: true },
    });
  });

  test('says who has addresses of it now, and who reserves them too', async () => {
    const store = await openFileDatastore({ directory: join(place.at.folder, '.datastore') });
    const pod = { handle_id: 'h', secondary: { pod: 'web-0', namespace: 'shop', node: 'worker-1' } };
    const used = { 1: 'h', 2: 'other', 5: 'far' };
    await put(store, 'IPAMBlock', '10.0.0.0/29', {
      ...blockSpec('10.0.0.0/29', 8, used),
      attributes: [pod, { handle_id: 'other' }, { handle_id: 'far' }],
    });
    await done(place.at, 'ipam reserve 10.0.0.3 --name=else');
    const run = await place.at.calicoctl(['ipam', 'reserve', '10.0.0.0/30']);
    expect(run).toMatchObject({ status: 0, out: expect.stringContaining('Reserved 10.0.0.0/30') });
    expect(run.err.split('\n')).toEqual([
      'Note: 10.0.0.0/30 shares addresses with 10.0.0.3/32, which IPReservation(else) reserves.',
      'Warning: in use, and stays so until it is released: 10.0.0.1, Pod(shop/web-0) on worker-1',
      'Warning: in use, and stays so until it is released: 10.0.0.2, handle other',
      '',
    ]);
  });

  test('counts the users that it does not name', async () => {
    const store = await openFileDatastore({ directory: join(place.at.folder, '.datastore') });
    const used = Object.fromEntries(Array.from({ length: 12 }, (_, ordinal) => [ordinal, 'h']));
    await put(store, 'IPAMBlock', '10.0.0.0/28', blockSpec('10.0.0.0/28', 16, used));
    const { err } = await place.at.calicoctl(['ipam', 'reserve', '10.0.0.0/28']);
    expect(err).toEndWith('10.0.0.9, handle h\nWarning: 2 more addresses of the ranges are in use.\n');
  });

  test('refuses what is none of its business, unless forced', async () => {
    expect((await failing(place.at, 'ipam reserve 10.0.0.8 10.9.0.0/24')).err).toContain(
      '10.9.0.0/24 lies in no IP pool',
    );
    expect(await names(place.at, 'ipreservation')).toEqual([]);
    await done(place.at, 'ipam reserve 10.9.0.0/24 --force');
    expect(await reserved()).toEqual(['10.9.0.0/24']);
  });

  test('--config leads to another datastore', async () => {
    await done(place.at, 'ipam reserve 10.0.0.8 --force --config elsewhere.cfg');
    expect(await names(place.at, 'ipreservation')).toEqual([]);
  });

  test('refuses words that are no ranges', async () => {
    expect((await failing(place.at, 'ipam reserve')).err).toContain('nothing to reserve');
    expect((await failing(place.at, 'ipam reserve 10.0.0')).err).toContain("'10.0.0' is neither");
    expect((await failing(place.at, 'ipam reserve 10.0.0.1/30')).err).toContain('Write 10.0.0.0/30');
  });
});
