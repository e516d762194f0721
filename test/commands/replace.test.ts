import { describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, failing, manifest, names, stored, stream } from './fixture.ts';

const place = eachInWorkspace();

describe('replace', () => {
  test('puts spec, labels and annotations of the file in place of the stored ones', async () => {
    await done(
      place.at,
      'create -f -',
      manifest('IPReservation', 'r', { reservedCIDRs: ['10.0.0.0/30'] }, { labels: { a: '1' } }),
    );
    const { metadata } = await stored(place.at, 'ipreservation r');
    const next = manifest(
      'IPReservation',
      'r',
      { reservedCIDRs: ['10.9.0.0/30'] },
      { annotations: { why: 'moved' } },
    );
    expect(await done(place.at, 'replace -f -', next)).toBe(
      "Successfully replaced 1 'IPReservation' resource(s)\n",
    );
    const now = await stored(place.at, 'ipreservation r');
    expect(now.spec).toEqual({ reservedCIDRs: ['10.9.0.0/30'] });
    expect(now.metadata).toEqual({
      name: 'r',
      uid: metadata['uid'],
      resourceVersion: now.metadata['resourceVersion'],
      creationTimestamp: metadata['creationTimestamp'],
      annotations: { why: 'moved' },
    });
  });

  test('what does not exist is an error, and is not created; the others are replaced', async () => {
    await done(place.at, 'create -f -', manifest('Tier', 'here', { order: 1 }));
    const input = stream(manifest('Tier', 'gone'), manifest('Tier', 'here', { order: 2 }));
    const { out, err } = await failing(place.at, 'replace -f -', input);
    expect(out).toBe("Partial success: replaced 1 out of 2 'Tier' resources\n");
    expect(err).toMatch(/^Failed to replace: .*Tier\(gone\).*\n$/);
    expect((await stored(place.at, 'tier here')).spec['order']).toBe(2);
    await failing(place.at, 'get tier gone');
  });

  test('a version makes it conditional on nobody having changed the object', async () => {
    await done(place.at, 'create -f -', manifest('Tier', 't', { order: 1 }));
    const { metadata } = await stored(place.at, 'tier t');
    const version = { resourceVersion: metadata['resourceVersion'] };
    await done(place.at, 'replace -f -', manifest('Tier', 't', { order: 2 }, version));
    const { err } = await failing(place.at, 'replace -f -', manifest('Tier', 't', { order: 3 }, version));
    expect(err).toContain(
      `update conflict: Tier(t) is at version ${(await stored(place.at, 'tier t')).metadata['resourceVersion']}`,
    );
    expect(err).toContain('leave out metadata.resourceVersion');
  });

  test('what may not change is named', async () => {
    await done(place.at, 'create -f -', manifest('IPPool', 'p', { cidr: '10.0.0.0/16' }));
    const { err } = await failing(place.at, 'replace -f -', manifest('IPPool', 'p', { cidr: '10.1.0.0/16' }));
    expect(err).toContain('IPPool(p)');
    expect(err).toContain('spec.cidr: "10.1.0.0/16"');
    expect((await stored(place.at, 'ippool p')).spec['cidr']).toBe('10.0.0.0/16');
  });

  test('-f, --recursive, --skip-empty, --namespace and --config', async () => {
    await place.at.write('dir/sub/a.yaml', manifest('NetworkSet', 'a', { nets: ['10.0.0.0/8'] }));
    await done(place.at, 'create -f -', stream(manifest('NetworkSet', 'dev/a'), manifest('NetworkSet', 'a')));
    await failing(place.at, 'replace --filename dir');
    expect(await done(place.at, 'replace -f dir --skip-empty')).toBe('No resources specified\n');
    await done(place.at, 'replace -f dir --recursive --namespace dev');
    expect(await done(place.at, 'get networkset -A -o custom-columns=NAMESPACE,NETS')).toMatch(
      /^NAMESPACE +NETS +\ndefault +\ndev +10\.0\.0\.0\/8 +\n\n$/,
    );
    expect((await failing(place.at, 'replace -R -f dir --config elsewhere.cfg')).err).toContain(
      'NetworkSet(default/a)',
    );
    expect(await names(place.at, 'networkset -A -c elsewhere.cfg')).toEqual([]);
  });
});
