import { beforeEach, describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, failing, manifest, names, stored } from '../fixture.ts';

const place = eachInWorkspace();

async function reservation(name: string, ...reservedCIDRs: readonly string[]): Promise<void> {
  const text = manifest('IPReservation', name, { reservedCIDRs }, { labels: { team: 'net' } });
  await place.at.write(`.datastore/ipreservations/${name}.yaml`, text);
}

beforeEach(async () => {
  await reservation('a', '10.0.0.0/29', '10.1.0.0/24', 'spoilt');
  await reservation('b', '10.0.0.4/32');
});

async function reserved(name: string): Promise<unknown> {
  return (await stored(place.at, `ipreservation ${name}`)).spec['reservedCIDRs'];
}

describe('ipam unreserve', () => {
  test('takes exactly the addresses out of all that have them', async () => {
    expect(await done(place.at, 'ipam unreserve 10.0.0.4')).toBe(
      'IPReservation(a) reserves 10.0.0.0/30, 10.0.0.5/32, 10.0.0.6/31, 10.1.0.0/24, spoilt now\nIPReservation(b) reserved nothing more and was deleted\n',
    );
    expect(await reserved('a')).toEqual([
      '10.0.0.0/30',
      '10.0.0.5/32',
      '10.0.0.6/31',
      '10.1.0.0/24',
      'spoilt',
    ]);
    expect((await stored(place.at, 'ipreservation a')).metadata['labels']).toEqual({ team: 'net' });
    expect(await names(place.at, 'ipreservation')).toEqual(['ipreservation/a']);
  });

  test('--name leaves the others alone', async () => {
    await done(place.at, 'ipam unreserve 10.0.0.0/28 --name=a');
    expect([await reserved('a'), await reserved('b')]).toEqual([['10.1.0.0/24', 'spoilt'], ['10.0.0.4/32']]);
  });

  test('--name alone takes all of it', async () => {
    await done(place.at, 'ipam unreserve --name=a');
    expect(await names(place.at, 'ipreservation')).toEqual(['ipreservation/b']);
  });

  test('--config leads to another datastore', async () => {
    expect((await failing(place.at, 'ipam unreserve 10.0.0.4 --config elsewhere.cfg')).err).toContain(
      '10.0.0.4/32 is not reserved',
    );
  });

  test('refuses what is not reserved, and changes nothing', async () => {
    expect((await failing(place.at, 'ipam unreserve 10.0.0.4 10.2.0.0/24')).err).toContain(
      '10.2.0.0/24 is not reserved',
    );
    expect((await failing(place.at, 'ipam unreserve 10.1.0.0 --name=b')).err).toContain(
      'by IPReservation(b)',
    );
    expect((await failing(place.at, 'ipam unreserve --name=no')).err).toContain('IPReservation(no)');
    expect((await failing(place.at, 'ipam unreserve')).err).toContain('nothing to free');
    expect(await reserved('b')).toEqual(['10.0.0.4/32']);
  });
});
