import { describe, expect, test } from 'bun:test';
import { load } from 'js-yaml';
import { done, eachInWorkspace, failing } from './fixture.ts';

const place = eachInWorkspace();

async function lines(options: string): Promise<readonly string[]> {
  return (await done(place.at, `api-resources ${options}`.trim())).split('\n').filter((line) => line !== '');
}

interface Row {
  readonly name: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: Readonly<Record<string, readonly string[]>>;
}

describe('api-resources', () => {
  test('shows kinds, their names and their verbs, and reads no configuration', async () => {
    const env = { DATASTORE_TYPE: 'no-such-datastore' };
    const { status, out } = await place.at.calicoctl(['api-resources'], { env });
    expect(status).toBe(0);
    const [heading = '', ...rows] = out.split('\n');
    expect(heading.split(/ {2,}/)).toEqual([
      'NAME',
      'SHORTNAMES',
      'APIVERSION',
      'NAMESPACED',
      'KIND',
      'VERBS',
      '',
    ]);
    expect(rows.find((row) => row.startsWith('ippools'))?.split(/ {2,}/)).toEqual([
      ...['ippools', 'ipp,ipps,pool,pools', 'projectcalico.org/v3', 'false', 'IPPool'],
      ...['create,apply,replace,delete,get,patch,label', ''],
    ]);
    expect(out).not.toContain('ipamblocks');
  });

  test('--output wide has the verbs of each datastore', async () => {
    const [heading = '', ...rows] = await lines('--output wide');
    expect(heading).toMatch(/KIND +ETCDV3 +KUBERNETES +FILE/);
    const all = 'create,apply,replace,delete,get,patch,label';
    expect(
      rows
        .find((row) => row.startsWith('profiles'))
        ?.split(/ {2,}/)
        .slice(5),
    ).toEqual([all, 'get', all, '']);
  });

  test('--output name, json, yaml', async () => {
    expect(await lines('-o name')).toContain('felixconfigurations');
    const rows = JSON.parse(await done(place.at, 'api-resources -o json')) as readonly Row[];
    expect(rows.find(({ name }) => name === 'nodes')).toMatchObject({
      shortNames: ['no', 'nos'],
      verbs: { kubernetes: ['apply', 'replace', 'get', 'patch', 'label'] },
    });
    expect(load(await done(place.at, 'api-resources -o yaml'))).toEqual(rows);
    expect((await failing(place.at, 'api-resources -o wdie')).err).toContain('did you mean "wide"?');
  });

  test('--namespaced, --verbs, --datastore', async () => {
    const inNamespaces = await lines('--namespaced=true -o name');
    expect(inNamespaces).toContain('networkpolicies');
    expect(inNamespaces).not.toContain('ippools');
    expect(await lines('--namespaced=false -o name')).not.toContain('networkpolicies');
    expect(await lines('--verbs create -o name')).not.toContain('clusterinformations');
    const creatable = await lines('--verbs create,delete --datastore kubernetes -o name');
    expect(creatable).toContain('tiers');
    for (const name of ['nodes', 'profiles', 'workloadendpoints']) expect(creatable).not.toContain(name);
    expect(await lines('--datastore file -o name')).not.toContain('kubernetesnetworkpolicies');
    expect((await failing(place.at, 'api-resources --verbs list')).err).toContain('"list" is not one of');
    expect((await failing(place.at, 'api-resources --namespaced maybe')).err).toContain('"maybe"');
  });
});
