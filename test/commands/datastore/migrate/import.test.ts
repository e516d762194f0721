import { beforeEach, describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, failing, manifest, names, stored, stream } from '../../fixture.ts';
import type { Run } from '../../run.ts';

const place = eachInWorkspace();

const ADDRESSES = {
  block_affinities: [
    {
      Key: '/calico/ipam/v2/host/n1/ipv4/block/10.1.0.0-29',
      Value: { state: 'confirmed', deleted: false },
      TTL: 0,
    },
  ],
  handles: [
    { Key: '/calico/ipam/v2/handle/k8s.web', Value: { block: { '10.1.0.0/29': 1 }, deleted: false }, TTL: 0 },
  ],
};
const GUID = '0123456789abcdef0123456789abcdef';
const INFORMATION = manifest('ClusterInformation', 'default', {
  ...{ clusterGUID: GUID, calicoVersion: 'v3.32.0', clusterType: 'k8s', datastoreReady: false },
});
const POOL = manifest('IPPool', 'pods', { cidr: '10.1.0.0/16' });
const SET = manifest('NetworkSet', 'shop/office', { nets: ['10.0.0.0/8'] });

function exported(resources = stream(POOL, SET), addresses: string | object = ADDRESSES): string {
  const third = typeof addresses === 'string' ? addresses : JSON.stringify(addresses, undefined, 2);
  return `${resources}\n---\n===\n${INFORMATION}\n===\n${third}\n`;
}

/** Runs an import into the folder. */
async function imported(text: string, ...more: readonly string[]): Promise<Run> {
  await place.at.write('cluster.export', text);
  return place.at.calicoctl([
    'datastore',
    'migrate',
    'import',
    '--to',
    'file',
    '-f',
    'cluster.export',
    ...more,
  ]);
}

const DONE =
  'Datastore locked.\nSuccessfully applied 2 resource(s)\nImporting IPAM resources\nSuccessfully applied 2 IPAM resource(s)\nDatastore information successfully imported. Please refer to the datastore migration documentation for next steps.\n';
const VERIFIED =
  'Verified: 4 object(s) of 4 kind(s) are in the datastore as in the file (IPPool 1, NetworkSet 1, BlockAffinity 1, IPAMHandle 1).\n';

async function information() {
  return stored(place.at, 'clusterinformation default');
}

describe('datastore migrate import', () => {
  test('writes what the file has, and reads it back', async () => {
    expect(await imported(exported())).toEqual({ status: 0, out: DONE, err: VERIFIED });
    const { spec, metadata } = await information();
    expect(spec).toEqual({ clusterGUID: GUID, calicoVersion: 'v3.32.0', datastoreReady: false });
    expect(metadata).not.toHaveProperty('annotations');
    expect(await names(place.at, 'networkset -n shop')).toEqual(['networkset/shop/office']);
  });

  test('reads standard input, --filename -', async () => {
    const words = ['datastore', 'migrate', 'import', '--to', 'file', '--filename', '-'];
    expect(await place.at.calicoctl(words, { stdin: exported() })).toMatchObject({ status: 0, out: DONE });
  });

  test('is for Kubernetes unless --to says otherwise', async () => {
    const { err } = await failing(place.at, 'datastore migrate import -f cluster.export');
    expect(err).toStartWith(
      'invalid datastore type: file to import to for datastore migration. Datastore type must be kubernetes\n',
    );
    expect(err).toContain('--to file');
  });

  test('needs an empty datastore', async () => {
    await done(place.at, 'create -f -', POOL);
    const { status, err } = await imported(exported());
    expect(status).toBe(1);
    expect(err).toContain('found existing Calico IPPool resource');
  });

  test('a finished one is not done again', async () => {
    await imported(exported());
    const { status, err } = await imported(exported());
    expect({ status, err }).toMatchObject({
      status: 1,
      err: expect.stringContaining('existing Calico IPPool'),
    });
  });

  test('needs no addresses', async () => {
    const { status, out } = await imported(exported(POOL, {}));
    expect({ status, out }).toMatchObject({
      status: 0,
      out: expect.stringContaining('successfully imported'),
    });
  });

  test.each([
    ['nothing', ''],
    ['two parts', `${POOL}\n===\n${INFORMATION}\n`],
    ['YAML that is none', exported('a: [')],
    ['an unknown kind', exported('apiVersion: projectcalico.org/v3\nkind: Pool\nmetadata: {name: x}')],
    ['an unknown field', exported(manifest('IPPool', 'x', { cidr: '10.0.0.0/8', colour: 'red' }))],
    ['no resource', exported('')],
  ])('of a file with %s changes nothing', async (_, text) => {
    const { status, out } = await imported(text);
    expect({ status, out: out.replace('Datastore locked.\n', '') }).toEqual({ status: 1, out: '' });
    expect(await names(place.at, 'ippool')).toEqual([]);
  });

  test('names a file that is not there', async () => {
    expect(await place.at.calicoctl('datastore migrate import --to file -f nosuch'.split(' '))).toMatchObject(
      {
        status: 1,
        out: '',
        err: expect.stringContaining('error while reading migration file: cannot read nosuch'),
      },
    );
  });

  test('leaves out what is not for it, and says so', async () => {
    const { status, err } = await imported(
      exported(stream(POOL, manifest('NetworkPolicy', 'shop/knp.default.web', {}))),
    );
    expect(status).toBe(0);
    expect(err).toStartWith('Left out: 1 NetworkPolicy resource(s), for each comes from Kubernetes');
  });

  test('writes what others refer to first', async () => {
    const peer = manifest('BGPPeer', 'tor', { peerIP: '192.0.2.1', asNumber: 64512, filters: ['f'] });
    const policy = manifest('GlobalNetworkPolicy', 'p', { tier: 'mine', selector: 'all()' });
    const last = [manifest('Tier', 'mine', {}), manifest('BGPFilter', 'f', {})];
    expect(await imported(exported(stream(peer, policy, ...last)))).toMatchObject({ status: 0 });
  });

  test('takes the same object twice, and refuses it in two forms', async () => {
    expect((await imported(exported(stream(POOL, POOL)))).status).toBe(0);
    await place.at.remove();
    const other = manifest('IPPool', 'pods', { cidr: '10.2.0.0/16' });
    const { status, err } = await imported(exported(stream(POOL, other)));
    expect({ status, err }).toMatchObject({
      status: 1,
      err: expect.stringContaining('IPPool(pods) stands in the file twice'),
    });
  });

  test('--config leads to another datastore', async () => {
    const { status } = await imported(exported(), '--config', 'elsewhere.cfg');
    expect(status).toBe(0);
    expect(await done(place.at, 'get ippool -o name --config elsewhere.cfg')).toBe('ippool/pods\n');
  });
});

describe('an import that failed', () => {
  const broken = exported(stream(POOL, manifest('IPPool', 'bad', { cidr: '10.2.0.1/16' }), SET));

  test('says what is wrong where, leaves the lock, and says how to go on', async () => {
    const { status, out, err } = await imported(broken);
    expect({ status, out }).toEqual({ status: 1, out: 'Datastore locked.\n' });
    expect(err).toStartWith(
      'failed to import v3 resources: 2 of 3 resources are written, hit 1 error(s):\n  IPPool(bad) has a problem:\n',
    );
    expect(err).toContain('cluster.export:3:');
    expect(err).toContain('To go on, correct the file and run the import again');
    expect((await information()).spec['datastoreReady']).toBe(false);
    expect((await information()).metadata).not.toHaveProperty('annotations');
  });

  test('goes on with the corrected file', async () => {
    await imported(broken);
    const { status, out, err } = await imported(exported());
    expect({ status, out }).toEqual({ status: 0, out: DONE.replace('Datastore locked.\n', '') });
    expect(err).toBe(`Going on with an import of this file that has begun here before.\n${VERIFIED}`);
    expect((await information()).spec['clusterGUID']).toBe(GUID);
  });

  test('goes on behind broken addresses', async () => {
    const first = await imported(exported(undefined, '{"handles": [{"Key": "/etc/passwd"}]}'));
    expect(first).toMatchObject({
      status: 1,
      err: expect.stringContaining('failed to read IPAM resources: cluster.export:'),
    });
    expect((await information()).spec['clusterGUID']).not.toBe(GUID);
    expect((await imported(exported())).status).toBe(0);
  });

  test('overwrites nothing that is there and different', async () => {
    await imported(broken);
    await done(place.at, 'apply -f -', manifest('NetworkSet', 'shop/office', { nets: ['172.16.0.0/12'] }));
    const { status, err } = await imported(exported());
    expect(status).toBe(1);
    expect(err).toContain(
      'NetworkSet(shop/office) is there already, and differs from the file in spec.nets[0]',
    );
    const { spec } = await stored(place.at, 'networkset office -n shop');
    expect(spec['nets']).toEqual(['172.16.0.0/12']);
  });

  test('is not gone on with the file of another cluster', async () => {
    await imported(broken);
    const { status, err } = await imported(exported().replace(GUID, 'f'.repeat(32)));
    expect(status).toBe(1);
    expect(err).toContain('found existing Calico IPPool resource');
  });

  test('is not gone on with once the datastore was unlocked', async () => {
    await imported(broken);
    await done(place.at, 'datastore migrate unlock');
    expect((await imported(exported())).err).toContain('the datastore was unlocked since');
    await done(place.at, 'datastore migrate lock');
    expect((await imported(exported())).status).toBe(0);
  });
});

describe('--dry-run', () => {
  beforeEach(async () => {
    await place.at.write('cluster.export', exported());
  });

  async function look(text: string, ...more: readonly string[]): Promise<Run> {
    return imported(text, '--dry-run', ...more);
  }

  test('shows what would be written, and changes nothing', async () => {
    const { status, out, err } = await look(exported());
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('ok       resources  2 can be written\n');
    expect(out).toMatch(/^IPPool {10}1 {9}1 {10}1 with defaults filled in/m);
    expect(out).toEndWith('Nothing stands in the way of the import. Nothing was changed.\n');
    expect((await place.at.calicoctl('get clusterinformation -o name'.split(' '))).out).toBe('');
  });

  test('tells every fault with its place, --output json', async () => {
    await done(place.at, 'create -f -', manifest('GlobalNetworkSet', 'there', {}));
    const bad = stream(manifest('IPPool', 'x', { cidr: '10.0.0.1/8' }), 'kind: Nothing', 'a: [', POOL);
    const { status, out } = await look(
      exported(bad, { handles: [{ Key: 'x' }], zones: [1] }),
      '--output',
      'json',
    );
    expect(status).toBe(1);
    const { checks, mapping } = JSON.parse(out) as {
      checks: { check: string; verdict: string; details: string[] }[];
      mapping: object[];
    };
    const failed = checks.filter(({ verdict }) => verdict === 'error');
    expect(failed.map(({ check, details }) => [check, details.length])).toEqual([
      ['resources', 3],
      ['addresses', 2],
      ['empty', 2],
    ]);
    expect(failed[0]!.details.map((detail) => /cluster\.export:\d+/.exec(detail)?.[0]).sort()).toEqual([
      'cluster.export:1',
      'cluster.export:3',
      'cluster.export:6',
    ]);
    expect(mapping).toEqual([
      { kind: 'IPPool', inFile: 2, toWrite: 2, changed: '2 with defaults filled in', skipped: '' },
    ]);
  });

  test('counts the faults that it does not tell', async () => {
    const pools = Array.from({ length: 60 }, (_, at) => manifest('IPPool', `p${at}`, { cidr: '10.0.0.1/8' }));
    const { out } = await look(exported(stream(...pools), { zones: Array(70).fill(1) }), '-o', 'json');
    const { checks } = JSON.parse(out) as { checks: { verdict: string; details: string[] }[] };
    const failed = checks.filter(({ verdict }) => verdict === 'error');
    expect(failed.map(({ details }) => [details.length, details.at(-1)])).toEqual([
      [51, 'and 10 more'],
      [51, 'and 20 more'],
    ]);
  });

  test('tells of a file that is none', async () => {
    const { status, out } = await look('x');
    expect({ status, out }).toMatchObject({
      status: 1,
      out: expect.stringContaining('improperly formatted'),
    });
  });

  test('tells of an import that has begun', async () => {
    await imported(exported(undefined, 'no json'));
    const { status, out } = await look(exported());
    expect({ status, out }).toMatchObject({
      status: 0,
      out: expect.stringContaining('an import of this file has begun'),
    });
  });

  test('-o is for it only', async () => {
    expect((await imported(exported(), '-o', 'yaml')).err).toContain('add --dry-run');
  });
});
