import { expect, test } from 'bun:test';
import { done, eachInWorkspace, failing, manifest } from '../fixture.ts';

const place = eachInWorkspace();

test('ipam whois tells of an address, as text and as a value', async () => {
  await done(place.at, 'apply -f -', manifest('IPPool', 'pods', { cidr: '10.0.0.0/24' }));
  expect(await done(place.at, 'ipam whois 10.0.0.7')).toBe(
    [
      '10.0.0.7',
      '  State:       free',
      '  Block:       none',
      '  Pool:        pods (10.0.0.0/24)',
      '  Why:         No block has it yet: a node that needs one may claim its part of pool pods.',
      '',
    ].join('\n'),
  );
  expect(JSON.parse(await done(place.at, 'ipam whois 10.0.0.7 -o json'))).toMatchObject({
    query: '10.0.0.7',
    addresses: [{ state: 'free', pools: [{ name: 'pods' }] }],
  });
});

test('ipam whois fails where nothing is known, and says where it looked', async () => {
  await done(place.at, 'apply -f -', manifest('IPPool', 'pods', { cidr: '10.0.0.0/24' }));
  const { err } = await failing(place.at, 'ipam whois 10.1.0.7');
  expect(err).toBe(
    'nothing is known of 10.1.0.7: no pool, block or reservation has it, and no endpoint or node uses it\n' +
      '  Pools are 10.0.0.0/24 (pods).\n',
  );
  expect((await failing(place.at, 'ipam whois web -n shop')).err).toContain('in namespace shop');
  expect((await failing(place.at, 'ipam whois 10.0.0.0/26 -c absent.cfg')).err).toContain('is a network');
});
