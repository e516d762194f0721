import { describe, expect, test } from 'bun:test';
import { load } from 'js-yaml';
import { done, eachInWorkspace, failing, manifest, names, stored, stream } from './fixture.ts';

const place = eachInWorkspace();

const pools = stream(
  manifest('IPPool', 'main', { cidr: '10.0.0.0/16', natOutgoing: true }, { labels: { rack: 'a' } }),
  manifest('IPPool', 'six', { cidr: 'fd00::/48', nodeSelector: "rack == 'b'" }),
);

describe('get', () => {
  test('-o ps, the default, and wide', async () => {
    await done(place.at, 'create -f -', pools);
    const narrow =
      'NAME   CIDR          SELECTOR      \n' +
      'main   10.0.0.0/16   all()         \n' +
      "six    fd00::/48     rack == 'b'   \n\n";
    expect(await done(place.at, 'get ippool')).toBe(narrow);
    expect(await done(place.at, 'get ippool -o ps')).toBe(narrow);
    expect(await done(place.at, 'get ippool main -o wide')).toBe(
      'NAME   CIDR          NAT    IPIPMODE   VXLANMODE   DISABLED   DISABLEBGPEXPORT   SELECTOR   ASSIGNMENTMODE   \n' +
        'main   10.0.0.0/16   true   Never      Never       false      false              all()      Automatic        \n\n',
    );
  });

  test('-o yaml and json of one object', async () => {
    await done(
      place.at,
      'create -f -',
      manifest('GlobalNetworkSet', 's', { nets: ['10.0.0.0/8'] }, { annotations: { html: '<&>' } }),
    );
    const { metadata } = await stored(place.at, 'globalnetworkset s');
    const { uid, resourceVersion, creationTimestamp } = metadata as Record<string, string>;
    const yaml = await done(place.at, 'get globalnetworkset s -o yaml');
    expect(load(yaml)).toMatchObject({ metadata: { resourceVersion } });
    expect(yaml.replace(/ {2}resourceVersion: .*\n/, '')).toBe(
      `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkSet\nmetadata:\n  annotations:\n    html: <&>\n  creationTimestamp: "${creationTimestamp}"\n  name: s\n  uid: ${uid}\nspec:\n  nets:\n  - 10.0.0.0/8\n`,
    );
    expect(await done(place.at, 'get globalnetworkset s -o json')).toBe(
      `{\n  "kind": "GlobalNetworkSet",\n  "apiVersion": "projectcalico.org/v3",\n  "metadata": {\n    "name": "s",\n    "uid": "${uid}",\n    "resourceVersion": "${resourceVersion}",\n    "creationTimestamp": "${creationTimestamp}",\n    "annotations": {\n      "html": "\\u003c\\u0026\\u003e"\n    }\n  },\n  "spec": {\n    "nets": [\n      "10.0.0.0/8"\n    ]\n  }\n}\n`,
    );
  });

  test('a list is one object of its kind; several names are a list of documents', async () => {
    await done(place.at, 'create -f -', pools);
    const list = JSON.parse(await done(place.at, 'get ippool -o json')) as {
      kind: string;
      items: { metadata: { name: string } }[];
    };
    expect([list.kind, list.items.map((item) => item.metadata.name)]).toEqual([
      'IPPoolList',
      ['main', 'six'],
    ]);
    const both = JSON.parse(await done(place.at, 'get ippool six main -o json')) as {
      metadata: { name: string };
    }[];
    expect(both.map((item) => item.metadata.name)).toEqual(['six', 'main']);
  });

  test('-o name, custom-columns, go-template and go-template-file', async () => {
    await done(place.at, 'create -f -', pools);
    await place.at.write('t.tmpl', '{{range .}}{{range .Items}}{{.Name}} {{end}}{{end}}');
    expect(await done(place.at, 'get ippool -o name')).toBe('ippool/main\nippool/six\n');
    expect(await done(place.at, 'get ippool main -o custom-columns=CIDR,NAME')).toBe(
      'CIDR          NAME   \n10.0.0.0/16   main   \n\n',
    );
    expect(await done(place.at, 'get ippool main -o go-template={{range.}}{{.Spec.CIDR}}{{end}}')).toBe(
      '10.0.0.0/16',
    );
    expect(await done(place.at, 'get ippool -o go-template-file=t.tmpl')).toBe('main six ');
    expect((await failing(place.at, 'get ippool -o custom-columns=COLOR')).err).toMatch(
      /^unknown heading COLOR, valid values for IPPool are: .*CIDR/,
    );
    expect((await failing(place.at, 'get ippool -o xml')).err).toContain("unrecognized output format 'xml'");
    expect((await failing(place.at, 'get ippool -o go-template-file=gone')).err).toContain('gone');
  });

  test('--namespace, --all-namespaces and its hidden -a', async () => {
    await done(
      place.at,
      'create -f -',
      stream(manifest('NetworkSet', 'x/s'), manifest('NetworkSet', 'y/s'), manifest('NetworkSet', 's')),
    );
    expect(await names(place.at, 'networkset')).toEqual(['networkset/default/s']);
    expect(await names(place.at, 'networkset --namespace x')).toEqual(['networkset/x/s']);
    const all = ['networkset/default/s', 'networkset/x/s', 'networkset/y/s'];
    expect(await names(place.at, 'networkset --all-namespaces')).toEqual(all);
    expect(await names(place.at, 'networkset -a')).toEqual(all);
    expect(await names(place.at, 'networkset --all-namespaces-a')).toEqual(all);
    expect((await failing(place.at, 'get networkset s -A')).err).toContain('--all-namespaces');
  });

  test('--export leaves out what ties a named resource to this cluster', async () => {
    await done(place.at, 'create -f -', manifest('NetworkSet', 'x/s', undefined, { labels: { a: 'b' } }));
    expect(JSON.parse(await done(place.at, 'get networkset s -n x -o json --export'))).toEqual({
      kind: 'NetworkSet',
      apiVersion: 'projectcalico.org/v3',
      metadata: { name: 's', labels: { a: 'b' } },
      spec: {},
    });
  });

  test('-f shows the stored state of what files name, --recursive and --skip-empty apply', async () => {
    await done(place.at, 'create -f -', pools);
    await place.at.write('dir/sub/p.yaml', manifest('IPPool', 'six', { cidr: '10.9.0.0/16' }));
    expect((await failing(place.at, 'get --filename dir')).err).toContain('dir');
    expect(await done(place.at, 'get -f dir --skip-empty -o yaml')).toBe('null\n');
    expect(await done(place.at, 'get -f dir --recursive -o custom-columns=CIDR')).toBe(
      'CIDR        \nfd00::/48   \n\n',
    );
  });

  test('what is missing is told on stderr, the rest is shown', async () => {
    await done(place.at, 'create -f -', pools);
    const { out, err } = await failing(place.at, 'get ippool gone main -o name');
    expect(out).toBe('ippool/main\n');
    expect(err).toMatch(/^.*IPPool\(gone\).*\n$/);
  });

  test('reading changes nothing, not even an empty datastore; --config chooses it', async () => {
    expect(await done(place.at, 'get tier -o name')).toBe('');
    await done(place.at, 'create -f - -c elsewhere.cfg', manifest('Tier', 't'));
    expect(await names(place.at, 'tier --config elsewhere.cfg')).toContain('tier/t');
    expect(await names(place.at, 'tier')).toEqual([]);
  });

  test('an unknown kind, and none', async () => {
    expect((await failing(place.at, 'get networkpolcy')).err).toMatch(
      /^resource type 'networkpolcy' is not supported \(did you mean "networkpolicy"\?\)\n/,
    );
    expect((await failing(place.at, 'get')).err).toContain('give -f FILE, or a KIND');
  });
});
