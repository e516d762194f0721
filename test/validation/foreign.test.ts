import { describe, expect, test } from 'bun:test';
import { eachInWorkspace, manifest, stream } from '../commands/fixture.ts';

const place = eachInWorkspace();

const validate = (words: readonly string[], stdin = '') =>
  place.at.calicoctl(['validate', ...words], { stdin });

describe('--skip-foreign', () => {
  const foreign = [
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}',
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\nspec: {podSelector: {}}',
    'apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}',
    'replicas: 2\nimage: {tag: latest}',
    'kind: Kustomization\nresources: [web.yaml]',
    'just words',
    'image: "{{ .Values.image }}\n{{- end }}',
  ];

  test.each(foreign)('passes over %j', async (text) => {
    const input = stream(manifest('Tier', 'a'), text);
    expect(await validate(['-f', '-', '--skip-foreign'], input)).toEqual({
      status: 0,
      out: "Successfully validated 1 'Tier' resource(s)\n",
      err: "Passed over 1 document that is none of Calico's.\n",
    });
    expect((await validate(['-f', '-'], input)).status).toBe(1);
  });

  const calico = [
    'apiVersion: projectcalico.org/v1\nkind: Tier\nmetadata: {name: a}',
    'apiVersion: crd.projectcalico.org/v1\nkind: Tier\nmetadata: {name: a}',
    'apiVersion: projectcalico.org/v3\nkind: Tire\nmetadata: {name: a}',
    'kind: GlobalNetworkPolicy\nmetadata: {name: a}',
    'kind: GlobalNetworkPolicyList\nitems: []',
    'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: "{{ .Values.name }}\n{{- end }}',
  ];

  test.each(calico)('does not pass over %j', async (text) => {
    const { status, err } = await validate(['-f', '-', '--skip-foreign'], text);
    expect({ status, told: err.includes('Passed over') }).toEqual({ status: 1, told: false });
  });

  test('looks into lists, and counts', async () => {
    const items = [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } },
      { apiVersion: 'projectcalico.org/v3', kind: 'Tier', metadata: { name: 'b' } },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'c' } },
    ];
    const input = stream(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), JSON.stringify(items));
    const { status, out, err } = await validate(['-f', '-', '--skip-foreign', '--ignore', 'CAL1800'], input);
    expect({ status, out }).toEqual({ status: 0, out: "Successfully validated 2 'Tier' resource(s)\n" });
    expect(err).toContain("Passed over 4 documents that are none of Calico's.\n");
  });

  test('is content with nothing', async () => {
    await place.at.write('empty.yaml', '# nothing\n');
    await place.at.write('values.yaml', 'replicas: 1\n');
    expect(await validate(['--skip-foreign', 'empty.yaml', 'values.yaml'])).toEqual({
      status: 0,
      out: 'No resources specified\n',
      err: "Passed over 1 document that is none of Calico's.\n",
    });
  });

  test('is not content with a folder that has no files: its name may be wrong', async () => {
    await place.at.write('folder/notes.txt', 'no manifest\n');
    const { status, out, err } = await validate(['-f', 'folder', '-R', '--skip-foreign']);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toContain('no resources specified in directory folder');
  });
});

describe('words', () => {
  test('that are an empty name are refused, beside files too', async () => {
    await place.at.write('a.yaml', manifest('Tier', 'a'));
    const refused = { status: 1, out: '', err: 'resource name may not be empty\n' };
    expect(await validate(['-f', 'a.yaml', 'tier', ''])).toEqual(refused);
    expect(await validate(['tier', ''])).toEqual(refused);
  });

  test('are files where the first one looks like one', async () => {
    await place.at.write('a.yaml', manifest('Tier', 'a'));
    await place.at.write('b.YML', manifest('Tier', 'b'));
    await place.at.write('dir/c', manifest('Tier', 'c'));
    await place.at.write('d.txt', manifest('Tier', 'd'));
    for (const word of ['a.yaml', 'b.YML', 'dir/c', 'd.txt', './a.yaml'])
      expect((await validate([word])).out).toBe("Successfully validated 1 'Tier' resource(s)\n");
    expect((await validate(['a.yaml', 'dir/c', 'd.txt'])).out).toContain('validated 3');
  });

  test('follow the files of -f, as shell patterns give them', async () => {
    await place.at.write('a.yaml', manifest('Tier', 'a'));
    await place.at.write('b.yaml', manifest('Tier', 'b'));
    expect((await validate(['-f', 'a.yaml', 'b.yaml'])).out).toContain('validated 2');
  });

  test('that are no files are named as such', async () => {
    const { status, err } = await validate(['missing.yaml']);
    expect(status).toBe(1);
    expect(err).toContain('missing.yaml');
  });

  test('are a kind and names otherwise', async () => {
    await place.at.write('tier', manifest('IPPool', 'a'));
    expect((await validate(['tier', 'a.b.yaml'])).err).toContain('CAL1321');
    expect((await validate(['no.such'])).err).toContain("resource type 'no.such' is not supported");
  });
});
