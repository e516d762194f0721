import { describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { done, eachInWorkspace, failing, manifest, names, stream } from './fixture.ts';

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

describe('validate --live', () => {
  const pool = (name: string, cidr: string) => manifest('IPPool', name, { cidr });

  test('checks what the datastore holds', async () => {
    await done(place.at, 'apply -f -', stream(pool('a', '10.0.0.0/16'), manifest('NetworkSet', 'shop/s')));
    expect(await done(place.at, 'validate --live')).toBe('Successfully validated 7 resource(s)\n');
    expect(await done(place.at, 'validate --live --config elsewhere.cfg')).toBe(
      "Successfully validated 1 'Profile' resource(s)\n",
    );
    await place.at.write('.datastore/ippools/b.yaml', pool('b', '10.0.0.0/24'));
    const { out, err } = await failing(place.at, 'validate --live');
    expect(out).toBe('Partial success: validated 7 out of 8 resources\n');
    expect(err).toContain('IPPool(b) has a problem:\n  spec.cidr: "10.0.0.0/24" overlaps');
    expect(err).toContain('[CAL1801]');
  });

  test('with -f, checks what an apply would be refused for, and writes nothing', async () => {
    await done(place.at, 'apply -f -', pool('a', '10.0.0.0/16'));
    await place.at.write('b.yaml', pool('b', '10.0.0.0/24'));
    const { out, err } = await failing(place.at, 'validate --live -f b.yaml');
    expect(out).toBe('');
    expect(err).toMatch(/^ {2}b\.yaml:1:\d+: spec\.cidr: "10\.0\.0\.0\/24" overlaps .*\[CAL1801\]$/m);
    await done(place.at, 'validate -f b.yaml');
    await place.at.write('c.yaml', pool('c', '10.1.0.0/24'));
    await done(place.at, 'validate --live -f c.yaml');
    expect(await names(place.at, 'ippool')).toEqual(['ippool/a']);
  });

  test('takes no kind, and the namespace as apply does', async () => {
    expect((await failing(place.at, 'validate --live ippool')).err).toContain('takes no KIND');
    const { err } = await failing(place.at, 'validate --live -f - -n dev', manifest('NetworkSet', 'shop/s'));
    expect(err).toContain('[CAL0067]');
  });

  test('fails exactly where apply does', async () => {
    const inputs = [
      stream(manifest('Tier', 't', { order: 1 }), manifest('GlobalNetworkPolicy', 't.x', { tier: 't' })),
      stream(manifest('GlobalNetworkPolicy', 'u.x', { tier: 'u' }), manifest('Tier', 'u', { order: 1 })),
      pool('a', '10.0.0.0/16'),
      pool('b', '10.0.0.0/24'),
      pool('a', '10.2.0.0/16'),
      stream(pool('d', '10.3.0.0/16'), pool('e', '10.3.4.0/24')),
      stream(
        manifest('BGPFilter', 'f'),
        manifest('BGPPeer', 'p', { peerIP: '1.2.3.4', asNumber: 1, filters: ['f'] }),
      ),
      manifest('BGPPeer', 'q', { peerIP: '1.2.3.4', asNumber: 1, filters: ['g'] }),
      manifest('NetworkPolicy', 'shop/knp.default.x', {}),
      manifest('Profile', 'projectcalico-default-allow', {}),
      manifest('KubeControllersConfiguration', 'other', {}),
      manifest('ClusterInformation', 'default', {}),
      manifest('Node', 'n', {}),
      manifest('GlobalNetworkSet', 's', {}, { resourceVersion: '1' }),
      manifest('GlobalNetworkSet', 's', { nets: ['10.0.0.0/8'] }, { resourceVersion: '1' }),
      manifest('HostEndpoint', 'h', { node: 'n', interfaceName: 'x y' }),
      manifest('WorkloadEndpoint', 'shop/', {
        ...{ node: 'n', orchestrator: 'k8s', pod: 'p', endpoint: 'eth0', interfaceName: 'cali0' },
      }),
    ];
    for (const input of inputs) {
      await place.at.write('input.yaml', input);
      const { status: foretold, err } = await place.at.calicoctl([
        'validate',
        '--live',
        '-f',
        'input.yaml',
        '--no-lint',
      ]);
      const { status } = await place.at.calicoctl(['apply', '-f', 'input.yaml']);
      expect({ input, status: foretold, err }).toEqual({ input, status, err });
    }
  });
});
