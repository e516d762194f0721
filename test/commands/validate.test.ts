import { describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { done, eachInWorkspace, failing, manifest, stream } from './fixture.ts';

const place = eachInWorkspace();

describe('validate', () => {
  test('counts what is valid and touches no datastore', async () => {
    const input = stream(manifest('Tier', 'a'), manifest('IPPool', 'p', { cidr: '10.0.0.0/16' }));
    const nowhere = { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: 'http://127.0.0.1:1' };
    expect(await place.at.calicoctl(['validate', '-f', '-'], { stdin: input, env: nowhere })).toEqual({
      status: 0,
      out: 'Successfully validated 2 resource(s)\n',
      err: '',
    });
    await done(place.at, 'validate -f -', input);
    expect(existsSync(join(place.at.folder, '.datastore'))).toBe(false);
  });

  test('every problem of every document is told at its place', async () => {
    await place.at.write(
      'all.yaml',
      stream(
        'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: a\nspec:\n  cidr: 10.0.0.0/33\n  vxlanMode: Onn',
        manifest('Tier', 'fine'),
        'apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: b}\nspec:\n  selector: has(\n  ingress:\n  - action: Alow',
      ),
    );
    const { out, err } = await failing(place.at, 'validate -f all.yaml');
    expect(out).toBe('Partial success: validated 1 out of 3 resources\n');
    const lines = err.split('\n');
    expect(lines[0]).toBe('Failed to validate: IPPool(a) has 2 problems:');
    const problems = lines.filter((line) => /^ {2}\S/.test(line));
    expect(problems.map((line) => line.trim().split(' ').slice(0, 3).join(' ')).sort()).toEqual([
      'all.yaml:15:13: spec.selector: "has("',
      'all.yaml:17:13: spec.ingress[0].action: "Alow"',
      'all.yaml:6:9: spec.cidr: "10.0.0.0/33"',
      'all.yaml:7:14: spec.vxlanMode: "Onn"',
    ]);
  });

  test('a document that cannot be decoded stops it', async () => {
    const { out, err } = await failing(
      place.at,
      'validate -f -',
      stream(manifest('Tier', 'a'), manifest('Tire', 'b')),
    );
    expect(out).toBe('');
    expect(err).toContain('-:3:');
    expect(err).toContain('Tire');
    expect(err).toContain('did you mean "Tier"?');
  });

  test('a name is needed', async () => {
    expect((await failing(place.at, 'validate -f -', manifest('Tier', ''))).err).toContain('metadata.name');
  });

  test('--filename, --recursive and --skip-empty', async () => {
    await place.at.write('dir/sub/a.yaml', manifest('Tier', 'a'));
    expect((await failing(place.at, 'validate --filename dir')).err).toContain('dir');
    expect(await done(place.at, 'validate -f dir --skip-empty')).toBe('No resources specified\n');
    expect(await done(place.at, 'validate -f dir --recursive')).toBe(
      "Successfully validated 1 'Tier' resource(s)\n",
    );
  });

  test('--namespace has to agree with the file', async () => {
    await done(place.at, 'validate -f - --namespace dev', manifest('NetworkSet', 's'));
    await done(place.at, 'validate -f - -n dev', manifest('NetworkSet', 'dev/s'));
    const { err } = await failing(place.at, 'validate -f - -n dev', manifest('NetworkSet', 'shop/s'));
    expect(err).toContain('shop != dev');
  });
});
