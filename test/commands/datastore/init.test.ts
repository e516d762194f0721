import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { done, eachInWorkspace, failing, names } from '../fixture.ts';

const here = eachInWorkspace();
const MANIFESTS = join(import.meta.dirname, '../../../manifests');
const OBJECTS = ['ClusterInformation(default)', 'Tier(default)', 'Tier(kube-admin)', 'Tier(kube-baseline)'];
const NO_DEFINITIONS = 'The file datastore has no definitions of kinds.\n';

describe('datastore init on a datastore without definitions', () => {
  test('makes what every cluster has, once', async () => {
    expect(await done(here.at, 'datastore init')).toBe(
      `Successfully created ${OBJECTS.join(', ')}\n${NO_DEFINITIONS}`,
    );
    expect(await names(here.at, 'tier')).toHaveLength(3);
    expect(await done(here.at, 'datastore init --yes')).toBe(
      `Nothing to do: the datastore is ready\n${NO_DEFINITIONS}`,
    );
  });

  test('--dry-run only says so', async () => {
    expect(await done(here.at, 'datastore init --dry-run')).toBe(
      `Objects to create: ${OBJECTS.join(', ')}\n${NO_DEFINITIONS}`,
    );
    expect(await names(here.at, 'tier')).toEqual([]);
  });

  test('-o is for programs', async () => {
    const text = await done(here.at, 'datastore init --dry-run -o yaml');
    expect(load(text)).toEqual({ objects: OBJECTS, applied: false });
    const data = JSON.parse(await done(here.at, 'datastore init --yes -o json'));
    expect(data).toEqual({ objects: OBJECTS, applied: true });
  });

  test('-c names another datastore', async () => {
    await done(here.at, 'datastore init -c elsewhere.cfg');
    expect(await names(here.at, 'tier')).toEqual([]);
    expect(await names(here.at, 'tier -c elsewhere.cfg')).toHaveLength(3);
  });
});

describe('datastore init --print', () => {
  test('prints the definitions that are in manifests, and needs no datastore', async () => {
    for (const [group, file] of [
      ['', 'crd.projectcalico.org-v1.yaml'],
      [' --api-group v1', 'crd.projectcalico.org-v1.yaml'],
      [' --api-group projectcalico.org/v3', 'projectcalico.org-v3.yaml'],
    ]) {
      const text = await done(here.at, `datastore init --print${group}`);
      expect(readFileSync(join(MANIFESTS, file!), 'utf8').replace(/^#.*\n/, '')).toBe(text);
    }
  });

  test('in JSON prints a list', async () => {
    const list = JSON.parse(await done(here.at, 'datastore init --print -o json'));
    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List' });
    expect(list.items).toEqual(loadAll(await done(here.at, 'datastore init --print')));
  });
});

describe('datastore init refuses', () => {
  for (const [line, message] of [
    [
      '--api-group v2',
      "unknown API group 'v2': use v1 (crd.projectcalico.org/v1) or v3 (projectcalico.org/v3)\n",
    ],
    ['--timeout soon', "--timeout 'soon' is not a duration such as 90s or 10m\n"],
    ['--timeout 0s', "--timeout '0s' is not a duration such as 90s or 10m\n"],
    ['-o table', "unrecognized output format 'table': use json or yaml\n"],
    ['-o json', '-o is for programs, which cannot be asked: add --dry-run or --yes\n'],
    ['--force now', 'wrong number of arguments: the command takes no words, and 1 were given\n'],
  ] as const) {
    test(line, async () => {
      const { out, err } = await failing(here.at, `datastore init ${line}`);
      expect({ out, err }).toEqual({ out: '', err: message });
      expect(await names(here.at, 'tier')).toEqual([]);
    });
  }
});
