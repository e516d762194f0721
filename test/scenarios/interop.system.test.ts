import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { API_VERSION } from '../../src/resources/kind.ts';
import { type Workspace, workspace } from '../commands/run.ts';
import { keyOf, startWitness, type Witness } from './etcd.ts';
import { head, identity, known, STORED, TIME, UID } from './stored.ts';

/**
 * Felix, BIRD and the reference share the datastore with us, so its texts are held to the letter: keys in Go's field
 * order, no blanks, `<`, `>`, `&` and U+2028 escaped. The other side is played by the npm package etcd3.
 */

let etcd: Witness;
let place: Workspace;

beforeAll(async () => {
  etcd = await startWitness();
  place = await workspace();
});
afterAll(async () => {
  await etcd.stop();
  await place.remove();
});
beforeEach(() => etcd.clear());

async function run(line: string, stdin = ''): Promise<string> {
  const { status, out, err } = await place.calicoctl(line.split(' '), { stdin, env: etcd.env });
  expect({ line, status, err }).toEqual({ line, status: 0, err: '' });
  return out;
}

describe('what create leaves in etcd', () => {
  for (const { key, manifest, text } of STORED) {
    test(manifest.kind, async () => {
      await run('create -f -', JSON.stringify({ apiVersion: API_VERSION, ...manifest }));
      expect(known(await etcd.read(key))).toBe(text);
    });
  }

  test('ClusterInformation and the built-in tiers, and nothing else', async () => {
    await run(
      'create -f -',
      JSON.stringify({ apiVersion: API_VERSION, kind: 'Tier', metadata: { name: 'a' } }),
    );
    expect(await etcd.keys('/')).toEqual([
      keyOf('clusterinformations', 'default'),
      ...['a', 'default', 'kube-admin', 'kube-baseline'].map((name) => keyOf('tiers', name)),
    ]);
    const information = (await etcd.read(keyOf('clusterinformations', 'default')))!;
    expect(known(information)!.replace(/"clusterGUID":"[0-9a-f]{32}"/, '"clusterGUID":"guid"')).toBe(
      `${head('ClusterInformation', `"name":"default",${identity}`)},"spec":{"clusterGUID":"guid","datastoreReady":true}}`,
    );
  });
});

describe('what others left in etcd', () => {
  const ordinary = STORED.filter(({ manifest }) => manifest.kind !== 'GlobalNetworkPolicy');

  for (const { key, manifest, text } of STORED) {
    test(`applying ${manifest.kind} again leaves its text as it is`, async () => {
      await etcd.write(key, text);
      await run('apply -f -', JSON.stringify({ apiVersion: API_VERSION, ...manifest }));
      expect(await etcd.read(key)).toBe(text);
    });
  }

  test('get shows it with the version of its key', async () => {
    for (const { key, text } of ordinary) await etcd.write(key, text);
    const lines = ordinary.map(({ manifest: { kind, metadata } }) =>
      JSON.stringify({ apiVersion: API_VERSION, kind, metadata }),
    );
    const shown = JSON.parse(await run('get -f - -o json', lines.join('\n---\n'))) as {
      metadata: { resourceVersion?: string };
    }[];
    for (const item of shown) {
      expect(Number(item.metadata.resourceVersion)).toBeGreaterThan(1);
      delete item.metadata.resourceVersion;
    }
    expect(shown).toEqual(ordinary.map(({ text }) => JSON.parse(text)));
  });

  test('labels and patches change only what they name; fields of a newer Calico stay', async () => {
    const key = keyOf('tiers', 'edge');
    await etcd.write(
      key,
      `${head('Tier', `"name":"edge",${identity},"generation":3`)},"spec":{"order":70,"defaultAction":"Pass","novel":{"b":[1,2],"a":9007199254740993}},"status":{}}`,
    );
    await run('label tier edge team=a.b');
    await run('patch tier edge -p {"spec":{"order":71}}');
    const text = (await etcd.read(key))!;
    expect(text).toContain('"novel":{"b":[1,2],"a":9007199254740993}');
    expect(JSON.parse(text)).toMatchObject({
      metadata: { name: 'edge', uid: UID, creationTimestamp: TIME, labels: { team: 'a.b' } },
      spec: { order: 71, defaultAction: 'Pass' },
    });
  });

  test('policies carry their name in an annotation, which is not shown', async () => {
    const { key, text } = STORED.find(({ manifest }) => manifest.kind === 'GlobalNetworkPolicy')!;
    await etcd.write(key, text);
    const shown = JSON.parse(await run('get gnp door -o json')) as { metadata: { annotations: object } };
    expect(shown.metadata.annotations).toEqual({ note: 'a<b & c>d\u2028e "é"' });
    await run('label gnp door side=front');
    expect(await etcd.read(key)).toBe(
      text.replace(
        '"projectcalico.org/tier":"default"}',
        '"projectcalico.org/tier":"default","side":"front"}',
      ),
    );
  });

  test('policies of older releases lose the prefix of the default tier when shown', async () => {
    await etcd.write(
      keyOf('globalnetworkpolicies', 'default.old'),
      `${head('GlobalNetworkPolicy', `"name":"default.old",${identity}`)},"spec":{"tier":"default","types":["Ingress"]}}`,
    );
    expect(await run('get gnp -o name')).toBe('globalnetworkpolicy/old\n');
  });

  test('deleting removes the key', async () => {
    for (const { key, text } of STORED) await etcd.write(key, text);
    await run('delete tier edge');
    await run('delete networkset lab -n dev');
    await run('delete gnp door');
    const left = await etcd.keys('/calico/resources/');
    expect(left).toEqual(
      STORED.map(({ key }) => key)
        .filter((key) => !/tiers|networksets.dev|policies/.test(key))
        .sort(),
    );
  });

  test('an entry that cannot be read is left out of a list, with a warning, and is an error by name', async () => {
    await etcd.write(keyOf('tiers', 'broken'), '{"kind":');
    await etcd.write(STORED[0]!.key, STORED[0]!.text);
    const listed = await place.calicoctl(['get', 'tier', '-o', 'name'], { env: etcd.env });
    expect(listed).toMatchObject({ status: 0, out: 'tier/edge\n' });
    expect(listed.err).toContain('tiers/broken');
    const named = await place.calicoctl(['get', 'tier', 'broken'], { env: etcd.env });
    expect(named.status).toBe(1);
    expect(named.err).toContain('broken');
  });
});
