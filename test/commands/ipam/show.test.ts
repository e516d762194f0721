import { describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, failing, manifest, stream } from '../fixture.ts';

const place = eachInWorkspace();

const POOLS = stream(
  manifest('IPPool', 'eight', { cidr: '10.0.0.0/8' }),
  manifest('IPPool', 'six', { cidr: 'fd00::/48' }),
  manifest('IPReservation', 'most', { reservedCIDRs: ['10.0.0.0/9'] }),
);

describe('ipam show', () => {
  test('prints numbers in digits', async () => {
    await done(place.at, 'apply -f -', POOLS);
    const table = [
      '+----------+------------+---------------------------+------------+---------------+----------------------------------+',
      '| GROUPING | CIDR       | IPS TOTAL                 | IPS IN USE | IPS RESERVED  | IPS FREE                         |',
      '+----------+------------+---------------------------+------------+---------------+----------------------------------+',
      '| IP Pool  | 10.0.0.0/8 |                  16777216 |     0 (0%) | 8388608 (50%) |                    8388608 (50%) |',
      '| IP Pool  | fd00::/48  | 1208925819614629174706176 |     0 (0%) |        0 (0%) | 1208925819614629174706176 (100%) |',
      '+----------+------------+---------------------------+------------+---------------+----------------------------------+',
      '',
    ].join('\n');
    expect(await done(place.at, 'ipam show')).toBe(table);
    expect(await done(place.at, 'ipam show --ip=')).toBe(table);
    expect(await done(place.at, 'ipam show --show-blocks')).toBe(table);
  });

  test('honours the first view in the order of the reference', async () => {
    const address = '10.0.0.1 is not assigned\n';
    const all = '--show-configuration --show-borrowed --show-blocks';
    await done(place.at, 'apply -f -', POOLS);
    expect(await done(place.at, `ipam show ${all} --ip=10.0.0.1`)).toBe(address);
    expect(await done(place.at, `ipam show ${all}`)).toContain('| GROUPING |');
    expect(await done(place.at, 'ipam show --show-configuration --show-borrowed')).toContain(
      '| BORROWING-NODE |',
    );
    expect(await done(place.at, 'ipam show --show-configuration')).toContain(
      '| KubeVirtVMAddressPersistence | Enabled |\n',
    );
  });

  test('refuses what cannot be meant before it reads anything', async () => {
    for (const [line, message] of [
      ['ipam show --ip=10.0.0.300 -c absent.cfg', '10.0.0.300'],
      ['ipam show -o table -c absent.cfg', "'table': use json, yaml, prometheus, html"],
      ['ipam show --warn 200 -c absent.cfg', "--warn '200'"],
      ['ipam show --warn 90 --crit 80 -c absent.cfg', '--warn 90 is above --crit 80'],
      ['ipam show --show-borrowed --crit 80 -c absent.cfg', 'about pools'],
      ['ipam show --show-configuration -o prometheus -c absent.cfg', 'about pools'],
      ['ipam show --show-borrowed -o html -c absent.cfg', 'about pools'],
      ['ipam show -o html --warn 80 -c absent.cfg', 'not for -o html'],
    ] as const)
      expect((await failing(place.at, line)).err).toContain(message);
  });

  test('prints the map as one page', async () => {
    await done(place.at, 'apply -f -', POOLS);
    const page = await done(place.at, 'ipam show -o html');
    expect(page).toMatch(
      /^<!doctype html>\n[\s\S]*"name":"eight"[\s\S]*<caption>Addresses by pool<[\s\S]*<\/html>\n$/,
    );
    expect(page).toMatch(/<td class="number">1,208,925,819,614,629,174,706,176<\/td>/);
  });

  test('tells by its exit status how full pools are', async () => {
    await done(place.at, 'apply -f -', POOLS);
    const run = (line: string) => place.at.calicoctl(line.split(' '));
    expect(await run('ipam show --warn 0 --crit 1')).toMatchObject({ status: 1 });
    const critical = await run('ipam show --warn 0 --crit 0 -o json');
    expect(critical.status).toBe(2);
    expect(critical.err).toBe(
      [
        'critical: pool eight (10.0.0.0/8) has 0 of 8388608 usable addresses in use, 0.0% (threshold 0%); 8388608 free',
        'critical: pool six (fd00::/48) has 0 of 1208925819614629174706176 usable addresses in use, 0.0% (threshold 0%); 1208925819614629174706176 free',
        '',
      ].join('\n'),
    );
    expect(critical.out).toContain('"total": 1208925819614629174706176,');
    expect(await run('ipam show --warn 80 --crit 95')).toMatchObject({ status: 0, err: '' });
  });

  test('gives each view as a value too', async () => {
    await done(place.at, 'apply -f -', POOLS);
    const value = async (line: string) => JSON.parse(await done(place.at, `ipam show ${line} -o json`));
    expect(await value('--show-configuration')).toEqual({
      configuration: {
        ...{ strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 0 },
        ...{ kubeVirtVMAddressPersistence: 'Enabled', cooldownSeconds: 0 },
      },
    });
    expect(await value('--show-borrowed')).toEqual({ borrowed: [], withoutNode: 0 });
    expect(await value('--ip=10.0.0.1')).toEqual({ address: '10.0.0.1', assigned: false });
    expect(Object.keys(await value('--show-blocks'))).toEqual([
      ...['pools', 'orphans', 'borrowed', 'configuration'],
    ]);
  });
});
