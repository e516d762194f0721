import { describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, failing, manifest, names, stored, stream } from './fixture.ts';

const place = eachInWorkspace();

describe('apply', () => {
  test('creates what is not there and replaces what is, keeping its identity', async () => {
    const before = manifest(
      'GlobalNetworkSet',
      's',
      { nets: ['10.0.0.0/8'] },
      { labels: { a: '1', b: '2' }, annotations: { n: 'x' } },
    );
    expect(await done(place.at, 'apply -f -', before)).toBe(
      "Successfully applied 1 'GlobalNetworkSet' resource(s)\n",
    );
    const created = await stored(place.at, 'globalnetworkset s');
    const after = manifest('GlobalNetworkSet', 's', { nets: ['10.1.0.0/16'] }, { labels: { a: '3' } });
    await done(place.at, 'apply -f -', after);
    const applied = await stored(place.at, 'globalnetworkset s');
    expect(applied.spec).toEqual({ nets: ['10.1.0.0/16'] });
    expect(applied.metadata['labels']).toEqual({ a: '3' });
    expect(applied.metadata['annotations']).toBeUndefined();
    expect(applied.metadata['uid']).toBe(created.metadata['uid']);
    expect(applied.metadata['creationTimestamp']).toBe(created.metadata['creationTimestamp']);
  });

  test('fields that the file leaves out go back to their defaults', async () => {
    await done(
      place.at,
      'apply -f -',
      manifest('IPPool', 'p', { cidr: '10.0.0.0/16', natOutgoing: true, vxlanMode: 'Always' }),
    );
    await done(place.at, 'apply -f -', manifest('IPPool', 'p', { cidr: '10.0.0.0/16' }));
    const { spec } = await stored(place.at, 'ippool p');
    expect(spec).toMatchObject({ vxlanMode: 'Never', ipipMode: 'Never' });
    expect(spec['natOutgoing']).toBeUndefined();
  });

  test('what get prints can be applied again, and an outdated version is a conflict', async () => {
    await done(place.at, 'apply -f -', manifest('Tier', 't', { order: 1 }));
    const text = await done(place.at, 'get tier t -o yaml');
    await done(place.at, 'apply -f -', text);
    await done(place.at, 'apply -f -', manifest('Tier', 't', { order: 2 }));
    const { err } = await failing(place.at, 'apply -f -', text);
    expect(err).toContain('update conflict: Tier(t)');
    expect((await stored(place.at, 'tier t')).spec['order']).toBe(2);
  });

  test('one that is invalid does not keep the others from being applied', async () => {
    const bad = manifest('HostEndpoint', 'bad', {
      node: 'n',
      interfaceName: 'eth0',
      expectedIPs: ['10.0.0.256'],
    });
    const { out, err } = await failing(
      place.at,
      'apply -f -',
      stream(manifest('Tier', 'a'), bad, manifest('Tier', 'b')),
    );
    expect(out).toBe('Partial success: applied 2 out of 3 resources\n');
    expect(err).toMatch(
      /^Failed to apply: HostEndpoint\(bad\) has a problem:\n {2}-:3:\d+: spec\.expectedIPs\[0\]: "10\.0\.0\.256" .+\n$/,
    );
    expect(await names(place.at, 'tier a b')).toEqual(['tier/a', 'tier/b']);
  });

  test('-f, --recursive, --skip-empty, --namespace and --config', async () => {
    await place.at.write('dir/sub/a.yaml', manifest('NetworkSet', 'a'));
    await failing(place.at, 'apply -f dir');
    expect(await done(place.at, 'apply -f dir --skip-empty')).toBe('No resources specified\n');
    await done(place.at, 'apply --filename dir --recursive --namespace dev');
    expect(await names(place.at, 'networkset -A')).toEqual(['networkset/dev/a']);
    await done(place.at, 'apply -R -f dir --config elsewhere.cfg');
    expect(await names(place.at, 'networkset -A -c elsewhere.cfg')).toEqual(['networkset/default/a']);
  });
});
