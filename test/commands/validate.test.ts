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

  test('--skip-foreign', async () => {
    const input = stream(manifest('Tier', 'a'), '{apiVersion: v1, kind: Pod, metadata: {name: a}}');
    expect((await failing(place.at, 'validate -f -', input)).err).toContain('unknown resource type (Pod)');
    const { status, err } = await place.at.calicoctl(['validate', '-f', '-', '--skip-foreign'], {
      stdin: input,
    });
    expect({ status, err }).toEqual({
      status: 0,
      err: "Passed over 1 document that is none of Calico's.\n",
    });
  });

  test('--summary and --ignore', async () => {
    const input = stream(manifest('Tier', 'a'), manifest('Tier', 'a'));
    const { err } = await place.at.calicoctl(['validate', '-f', '-', '--summary'], { stdin: input });
    expect(err).toMatch(/^ *CAL1800\b.*\b1\b/m);
    await done(place.at, 'validate -f - --ignore CAL1800', input);
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

  test('what is stored and invalid anyway is told and never makes it fail', async () => {
    await place.at.write('.datastore/ippools/a.yaml', pool('a', '10.0.0.1/16'));
    await place.at.write('.datastore/ippools/spoilt.yaml', 'spec: [');
    const line = 'validate --live --fail-on warning -f -';
    const { status, out, err } = await place.at.calicoctl(line.split(' '), {
      stdin: pool('c', '10.1.0.0/24'),
    });
    expect({ status, out }).toEqual({ status: 0, out: "Successfully validated 1 'IPPool' resource(s)\n" });
    expect(err).toMatch(
      /^Warning: IPPool\(a\) has a problem:\n {2}spec\.cidr: .*\(so already, without the change\) \[CAL1000\]$/m,
    );
    expect(err).toMatch(/^Warning: .*spoilt\.yaml.*\(so already, without the change\) \[CAL0009\]$/m);
    expect((await failing(place.at, 'validate --live')).err).toContain('[CAL0009]');
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

const bad = (name: string, cidr: string) =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: ${name}\nspec:\n  cidr: ${cidr}\n`;

describe('reports of validate', () => {
  test('text shows the line with the fault, from standard input too', async () => {
    const { err } = await failing(place.at, 'validate -f -', bad('a', '10.0.0.0/33'));
    expect(err).toContain('\n    6 |   cidr: 10.0.0.0/33\n      |         ^^^^^^^^^^^\n');
    expect(err).toEndWith('\n1 error\nRun `calicoctl explain CAL0030` to learn more about a rule.\n');
  });

  test('every format tells of the same fault on standard output, and fails', async () => {
    await place.at.write('bad.yaml', stream(bad('a', '10.0.0.0/33'), manifest('Tier', 'fine')));
    const run = (format: string) => failing(place.at, `validate -f bad.yaml -o ${format}`);
    const [json, sarif] = [JSON.parse((await run('json')).out), JSON.parse((await run('sarif')).out)];
    expect(json.totals).toMatchObject({ resources: 2, valid: 1, errors: 1 });
    expect(json.findings[0]).toMatchObject({
      rule: 'CAL0030',
      file: 'bad.yaml',
      line: 6,
      column: 9,
      endColumn: 20,
    });
    expect(sarif.runs[0].results[0]).toMatchObject({ ruleId: 'CAL0030', level: 'error' });
    expect(sarif.runs[0].tool.driver.rules[0].shortDescription.text).not.toBe('');
    expect((await run('github')).out).toStartWith(
      '::error file=bad.yaml,line=6,endLine=6,col=9,endColumn=20,title=CAL0030::IPPool(a): spec.cidr: ',
    );
    const junit = (await run('junit')).out;
    expect(junit).toContain('<testsuite name="bad.yaml" tests="2" failures="1"');
    expect(junit).toContain('<testcase name="Tier(fine)"');
    for (const format of ['json', 'sarif', 'github', 'junit']) expect((await run(format)).err).toBe('');
  });

  test('a format that is none, a severity that is none', async () => {
    expect((await failing(place.at, 'validate -f - -o yaml', '')).err).toContain(
      'text, json, junit, sarif, github',
    );
    expect((await failing(place.at, 'validate -f - --fail-on note', '')).err).toContain('error or warning');
  });

  test('--fail-on warning', async () => {
    const twice = stream(manifest('Tier', 'same'), manifest('Tier', 'same'));
    const { status, err } = await place.at.calicoctl(['validate', '-f', '-'], { stdin: twice });
    expect([status, err.split('\n')[0]]).toEqual([0, 'Warning: Tier(same) has a problem:']);
    await failing(place.at, 'validate -f - --fail-on warning', twice);
  });
});

describe('validate --fix', () => {
  test('mends the file, tells what, and reports what is left', async () => {
    const text = stream(bad('a', '"10.0.0.1/16" # main'), bad('b', '10.1.0.0/33'));
    await place.at.write('dir/a.yaml', text);
    const { err, out } = await failing(place.at, 'validate -f dir --fix');
    expect(await place.at.read('dir/a.yaml')).toBe(text.replace('10.0.0.1/16', '10.0.0.0/16'));
    const [first, second] = err.split('\n');
    expect(first).toBe('Fixed: dir/a.yaml:6:9: spec.cidr: 10.0.0.1/16 -> 10.0.0.0/16 [CAL1000]');
    expect(second).toBe('Failed to validate: IPPool(b) has a problem:');
    expect(out).toBe("Partial success: validated 1 out of 2 'IPPool' resources\n");
  });

  test('a file without faults is not touched', async () => {
    await place.at.write('a.yaml', manifest('Tier', 'a'));
    expect(await done(place.at, 'validate -f a.yaml --fix')).toBe(
      "Successfully validated 1 'Tier' resource(s)\n",
    );
  });

  test('standard input, and names without a file, can be neither mended nor watched', async () => {
    for (const flag of ['--fix', '--watch'])
      for (const words of ['-f -', 'ippool p']) {
        const { err } = await failing(place.at, `validate ${words} ${flag}`, manifest('Tier', 'a'));
        expect(err).toContain(flag);
        expect(err).toContain('standard input');
      }
  });
});
