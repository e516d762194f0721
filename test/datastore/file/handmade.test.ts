import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { create, IPPool, keysOf, outcome, pool, poolRef, withSpec } from '../contract/objects.ts';
import { type FileEnvironment, openFileEnvironment } from './environment.ts';

/** Files that people and other programs made, edited, broke or misplaced. */

let environment: FileEnvironment;
beforeEach(async () => {
  environment = await openFileEnvironment();
});
afterEach(() => environment.cleanup());

const HEAD = 'apiVersion: projectcalico.org/v3\nkind: IPPool\n';
const GOOD = `${HEAD}metadata:\n  name: a\nspec:\n  cidr: 10.0.0.0/16\n`;

function text(path: string): string {
  return readFileSync(join(environment.directory, path), 'utf8');
}

describe('a file datastore', () => {
  test('that is not there is empty, and reading does not make it', async () => {
    expect(await keysOf(environment.store, { kind: IPPool })).toEqual([]);
    expect(await outcome(environment.store.get(poolRef('a')))).toBe('not-found');
    expect(await outcome(environment.store.delete(poolRef('a')))).toBe('not-found');
    expect(existsSync(environment.directory)).toBe(false);
  });

  test('is made for its owner only, and keeps its own papers out of git', async () => {
    await create(environment.store, pool('a'));
    expect(statSync(environment.directory).mode & 0o777).toBe(0o700);
    expect(text('.calicoctl/.gitignore')).toBe('*\n');
    await environment.store.close();
    expect(
      execFileSync('find', ['.', '-type', 'f'], { cwd: environment.directory, encoding: 'utf8' })
        .split('\n')
        .sort(),
    ).toEqual(['', './.calicoctl/.gitignore', './ippools/a.yaml']);
  });

  test('reads manifests written by hand, in three formats, and keeps the format', async () => {
    environment.write('ippools/a.yaml', GOOD);
    environment.write('ippools/b.yml', GOOD.replace('name: a', 'name: b'));
    const json = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name: 'c' },
      spec: { cidr: '10.0.0.0/16' },
    };
    environment.write('ippools/c.json', JSON.stringify(json, null, '\t'));
    environment.write('ippools/README.md', 'not ours');
    environment.write('ippools/.d.yaml.swp', 'not ours');
    expect(await keysOf(environment.store, { kind: IPPool })).toEqual(['a', 'b', 'c']);
    for (const name of ['b', 'c']) {
      const read = await environment.store.get(poolRef(name));
      await environment.store.update(poolRef(name), withSpec(read, { disabled: true }));
      expect(await outcome(create(environment.store, pool(name)))).toBe('already-exists');
    }
    expect(text('ippools/b.yml')).toEndWith('  disabled: true\n');
    expect(JSON.parse(text('ippools/c.json'))).toEqual({ ...json, spec: { ...json.spec, disabled: true } });
    await environment.store.delete(poolRef('c'));
    expect(existsSync(join(environment.directory, 'ippools/c.json'))).toBe(false);
  });

  test('sees an edit by hand as a new version; going back is the old version', async () => {
    const created = await create(environment.store, pool('a'));
    const original = text('ippools/a.yaml');
    environment.write('ippools/a.yaml', original.replace('10.0.0.0/16', '10.9.0.0/16'));
    expect(await outcome(environment.store.update(poolRef('a'), withSpec(created, { disabled: true })))).toBe(
      'conflict',
    );
    expect((await environment.store.get(poolRef('a'))).spec['cidr']).toBe('10.9.0.0/16');
    environment.write('ippools/a.yaml', original);
    expect(await environment.store.get(poolRef('a'))).toEqual(created);
    expect(created.metadata.resourceVersion).toMatch(/^\d+$/);
  });

  test('does not touch a file when an update changes nothing', async () => {
    environment.write('ippools/a.yaml', GOOD);
    const read = await environment.store.get(poolRef('a'));
    const before = statSync(join(environment.directory, 'ippools/a.yaml'), { bigint: true }).ino;
    expect(await environment.store.update(poolRef('a'), read)).toEqual(read);
    expect(statSync(join(environment.directory, 'ippools/a.yaml'), { bigint: true }).ino).toBe(before);
  });

  test('keeps the permissions of a file it replaces', async () => {
    environment.write('ippools/a.yaml', GOOD);
    chmodSync(join(environment.directory, 'ippools/a.yaml'), 0o640);
    const read = await environment.store.get(poolRef('a'));
    await environment.store.update(poolRef('a'), withSpec(read, { disabled: true }));
    expect(statSync(join(environment.directory, 'ippools/a.yaml')).mode & 0o777).toBe(0o640);
  });
});
