import { describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, failing, manifest, names, stored, stream } from './fixture.ts';

const place = eachInWorkspace();
const pool = manifest('IPPool', 'main', { cidr: '10.0.0.0/16' });

describe('create', () => {
  test('stores what the file says, with an identity of its own and the defaults', async () => {
    await place.at.write('pool.json', pool);
    expect(await done(place.at, 'create -f pool.json')).toBe("Successfully created 1 'IPPool' resource(s)\n");
    const { metadata, spec } = await stored(place.at, 'ippool main');
    expect(Object.keys(metadata)).toEqual(['name', 'uid', 'resourceVersion', 'creationTimestamp']);
    expect(metadata['uid']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Math.abs(Date.now() - Date.parse(metadata['creationTimestamp'] as string))).toBeLessThan(60_000);
    expect(spec).toEqual({
      cidr: '10.0.0.0/16',
      vxlanMode: 'Never',
      ipipMode: 'Never',
      blockSize: 26,
      nodeSelector: 'all()',
      allowedUses: ['Workload', 'Tunnel'],
      assignmentMode: 'Automatic',
    });
  });

  test('two objects of one datastore never get the same uid', async () => {
    await done(place.at, 'create -f -', stream(manifest('Tier', 'a'), manifest('Tier', 'b')));
    const [a, b] = [await stored(place.at, 'tier a'), await stored(place.at, 'tier b')];
    expect(a.metadata['uid']).not.toBe(b.metadata['uid']);
  });

  test('refuses what exists and names it; the rest is created', async () => {
    await done(place.at, 'create -f -', manifest('NetworkSet', 'dev/old', { nets: ['10.0.0.0/8'] }));
    const input = stream(manifest('NetworkSet', 'dev/old'), manifest('NetworkSet', 'dev/new'));
    const { out, err } = await failing(place.at, 'create -f -', input);
    expect(out).toBe("Partial success: created 1 out of 2 'NetworkSet' resources\n");
    expect(err).toMatch(/^Failed to create: resource already exists: NetworkSet\(dev\/old\)\n$/);
    expect((await stored(place.at, 'networkset old -n dev')).spec).toEqual({ nets: ['10.0.0.0/8'] });
    expect(await names(place.at, 'networkset -A')).toEqual(['networkset/dev/new', 'networkset/dev/old']);
  });

  test('--skip-exists counts what exists as done and leaves it', async () => {
    await done(place.at, 'create -f -', manifest('Tier', 't', { order: 1 }));
    const again = manifest('Tier', 't', { order: 2 });
    expect(await done(place.at, 'create -f - --skip-exists', again)).toBe(
      "Successfully created 1 'Tier' resource(s)\n",
    );
    expect((await stored(place.at, 'tier t')).spec['order']).toBe(1);
  });

  test('an invalid resource is refused with its place, field, value and what is meant', async () => {
    await place.at.write(
      'p.yaml',
      `${stream(manifest('Tier', 'ok'), 'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: bad\nspec:\n  cidr: 10.0.0.0/16\n  vxlanMode: Sometime\n')}`,
    );
    const { out, err } = await failing(place.at, 'create -f p.yaml');
    expect(out).toBe('Partial success: created 1 out of 2 resources\n');
    expect(err).toContain('IPPool(bad)');
    expect(err).toContain('p.yaml:9:14: spec.vxlanMode: "Sometime"');
    expect(err).toContain('"CrossSubnet"');
  });

  test('an unknown field stops everything before the first write', async () => {
    const { out, err } = await failing(
      place.at,
      'create -f -',
      stream(manifest('Tier', 'ok'), manifest('Tier', 'bad', { odrer: 5 })),
    );
    expect(out).toBe('');
    expect(err).toBe(
      'Tier(bad) has a problem:\n  -:3:86: spec.odrer: is not a known field here (did you mean "order"?) [CAL0010]\n',
    );
    expect(await names(place.at, 'tier')).toEqual([]);
  });

  test('--filename may be repeated, --recursive descends, --skip-empty takes empty files', async () => {
    await place.at.write('a.json', manifest('Tier', 'a'));
    await place.at.write('dir/b.json', manifest('Tier', 'b'));
    await place.at.write('dir/below/c.yaml', manifest('Tier', 'c'));
    await place.at.write('dir/empty.yaml', '# later\n');
    expect((await failing(place.at, 'create --filename a.json -f dir')).err).toContain('dir/empty.yaml');
    await done(place.at, 'create --filename a.json -f dir --skip-empty');
    expect(await names(place.at, 'tier a b')).toEqual(['tier/a', 'tier/b']);
    await failing(place.at, 'get tier c');
    await done(place.at, 'create -f dir --recursive --skip-empty --skip-exists');
    expect(await names(place.at, 'tier c')).toEqual(['tier/c']);
  });

  test('--namespace places what names none; --config chooses the datastore', async () => {
    await done(place.at, 'create -f - --namespace dev', manifest('NetworkSet', 'lab'));
    expect((await stored(place.at, 'networkset lab -n dev')).metadata['namespace']).toBe('dev');
    await done(place.at, 'create -f - --config elsewhere.cfg', manifest('Tier', 'far'));
    await failing(place.at, 'get tier far');
    expect(await names(place.at, 'tier far -c elsewhere.cfg')).toEqual(['tier/far']);
  });
});
