import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { binary, buildOf, cacheFolder, findBinary } from '../../scripts/testbed/binaries.mjs';

const MODULES = import.meta.dirname;
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'calicoctl-binaries-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function program(folder: string, name: string, says = ''): string {
  const path = join(root, folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
  return path;
}

describe('where a program of the test bed is taken from', () => {
  test('$KUBEBUILDER_ASSETS comes before PATH, and may hold only some', async () => {
    const given = program('assets', 'kube-apiserver', 'Kubernetes v1.31.0');
    const onPath = program('path', 'kube-apiserver', 'Kubernetes v1.34.4');
    const kubectl = program('path', 'kubectl');
    const PATH = join(root, 'path');
    const both = { KUBEBUILDER_ASSETS: join(root, 'assets'), PATH };
    expect(await binary('kube-apiserver', both)).toBe(given);
    expect(await binary('kubectl', both)).toBe(kubectl);
    expect(await binary('kube-apiserver', { PATH })).toBe(onPath);
  });

  test('one is passed over where it is too old, or does not say', async () => {
    program('old', 'etcd', 'etcd Version: 3.4.23');
    const recent = program('recent', 'etcd', 'etcd Version: 3.5.21');
    const broken = program('broken', 'etcd', 'segmentation fault');
    const env = { KUBEBUILDER_ASSETS: dirname(broken), PATH: `${join(root, 'old')}:${join(root, 'recent')}` };
    expect(await binary('etcd', env)).toBe(recent);
    program('old', 'kube-apiserver', 'Kubernetes v1.30.9');
    const server = program('recent', 'kube-apiserver', 'Kubernetes v2.0.0');
    expect(await binary('kube-apiserver', env)).toBe(server);
  });

  test('what was built before is used again', async () => {
    const env = { PATH: join(root, 'nothing'), XDG_CACHE_HOME: join(root, 'cache') };
    const { path } = buildOf('kubectl', join(MODULES, 'kubectl'), env);
    expect(path).toStartWith(join(root, 'cache/calicoctl-testbed/'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    expect(await binary('kubectl', env)).toBe(path);
  });

  test('nothing is found in an empty surrounding', () => {
    expect(findBinary('etcd', {})).toBeUndefined();
  });
});

describe('the cache', () => {
  test('is where the user keeps caches, and at home otherwise, named or not', () => {
    const name = 'calicoctl-testbed';
    expect(cacheFolder({ XDG_CACHE_HOME: '/caches', HOME: '/home/me' })).toBe(`/caches/${name}`);
    expect(cacheFolder({ HOME: '/home/me' })).toBe(`/home/me/.cache/${name}`);
    const home = join(userInfo().homedir, '.cache', name);
    expect(cacheFolder({})).toBe(home);
    expect(cacheFolder({ XDG_CACHE_HOME: '', HOME: '' })).toBe(home);
  });

  test('has a place of its own for every version of the sources', () => {
    const copy = join(root, 'copy');
    cpSync(resolve(MODULES, 'etcd'), copy, { recursive: true });
    const before = buildOf('etcd', copy, {});
    expect(buildOf('etcd', join(MODULES, 'etcd'), {})).toEqual(before);
    writeFileSync(join(copy, 'go.sum'), 'other sums');
    expect(buildOf('etcd', copy, {}).path).not.toBe(before.path);
  });

  test('holds Kubernetes programs that know their release', () => {
    const flags = (name: string) => buildOf(name, join(MODULES, name), {}).flags;
    expect(flags('etcd')).toBe('');
    for (const name of ['kube-apiserver', 'kubectl'])
      expect(flags(name)).toMatch(/version\.gitVersion=v1\.\d+\.\d+ .*gitMajor=1 .*gitMinor=\d+$/);
  });
});
