import { describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, failing, manifest, names, stored, stream } from './fixture.ts';

const place = eachInWorkspace();

describe('delete', () => {
  test('by kind and names', async () => {
    await done(
      place.at,
      'create -f -',
      stream(...['a', 'b', 'c'].map((name) => manifest('NetworkSet', `dev/${name}`))),
    );
    expect(await done(place.at, 'delete networkset a c -n dev')).toBe(
      "Successfully deleted 2 'NetworkSet' resource(s)\n",
    );
    expect(await names(place.at, 'networkset -A')).toEqual(['networkset/dev/b']);
  });

  test('by file, whatever its spec says', async () => {
    await done(place.at, 'create -f -', manifest('IPPool', 'p', { cidr: '10.0.0.0/16' }));
    await place.at.write('p.json', manifest('IPPool', 'p', { cidr: 'nonsense' }));
    expect(await done(place.at, 'delete --filename p.json')).toBe(
      "Successfully deleted 1 'IPPool' resource(s)\n",
    );
    expect(await names(place.at, 'ippool')).toEqual([]);
  });

  test('what is not there is an error; --skip-not-exists counts it as done', async () => {
    await done(place.at, 'create -f -', manifest('NetworkSet', 'here'));
    const { out, err } = await failing(place.at, 'delete networkset gone here');
    expect(out).toBe("Successfully deleted 1 'NetworkSet' resource(s)\n");
    expect(err).toMatch(/^Failed to delete: .*NetworkSet\(default\/gone\).*\n$/);
    expect(await done(place.at, 'delete networkset gone --skip-not-exists')).toBe(
      "Successfully deleted 1 'NetworkSet' resource(s)\n",
    );
  });

  test('a version in the file must be the stored one', async () => {
    await done(place.at, 'create -f -', manifest('Tier', 't'));
    const old = await done(place.at, 'get tier t -o yaml');
    await done(place.at, 'label tier t a=b');
    expect((await failing(place.at, 'delete -f -', old)).err).toContain('Tier(t)');
    const now = await done(place.at, 'get tier t -o yaml');
    await done(place.at, 'delete -f -', now);
    await failing(place.at, 'get tier t');
  });

  test('no name deletes nothing', async () => {
    await done(place.at, 'create -f -', manifest('NetworkSet', 'a'));
    for (const line of ['delete networkset', 'delete networkset ']) {
      expect((await failing(place.at, line)).err).toContain('name');
    }
    expect((await failing(place.at, 'delete')).err).toContain('-f FILE');
    expect(await names(place.at, 'networkset')).toEqual(['networkset/default/a']);
  });

  test('what others need, or the cluster, stays', async () => {
    await done(
      place.at,
      'create -f -',
      stream(manifest('Tier', 't'), manifest('GlobalNetworkPolicy', 't.p', { tier: 't' })),
    );
    expect((await failing(place.at, 'delete tier t')).err).toContain('Tier(t)');
    expect((await failing(place.at, 'delete tier default')).err).toContain('default');
    expect((await failing(place.at, 'delete clusterinformation default')).err).toContain(
      'not supported on ClusterInformation(default)',
    );
    expect((await stored(place.at, 'tier t')).metadata['name']).toBe('t');
  });

  test('an unknown kind is told with what is near', async () => {
    expect((await failing(place.at, 'delete ippol x')).err).toMatch(
      /^resource type 'ippol' is not supported \(did you mean "ipp\w+"\?\)\n/,
    );
  });

  test('--recursive, --skip-empty, --namespace and --config', async () => {
    await place.at.write('dir/sub/a.yaml', manifest('NetworkSet', 'a'));
    await done(place.at, 'create -f -', stream(manifest('NetworkSet', 'dev/a'), manifest('NetworkSet', 'a')));
    await failing(place.at, 'delete -f dir');
    expect(await done(place.at, 'delete -f dir --skip-empty')).toBe('No resources specified\n');
    await failing(place.at, 'delete -f dir --recursive --config elsewhere.cfg');
    await done(place.at, 'delete -f dir --recursive --namespace dev');
    expect(await names(place.at, 'networkset -A')).toEqual(['networkset/default/a']);
  });
});
