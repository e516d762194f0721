import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { CalicoctlError } from '../../../src/core/errors.ts';
import {
  create,
  IPPool,
  keysOf,
  NetworkSet,
  networkSet,
  outcome,
  pagesOf,
  pool,
  poolRef,
  setRef,
  withLabels,
  withSpec,
} from '../contract/objects.ts';
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

async function failure(operation: Promise<unknown>): Promise<CalicoctlError> {
  return (await operation.catch((error: unknown) => error)) as CalicoctlError;
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

const BROKEN: readonly (readonly [what: string, text: string, place: string, message: RegExp])[] = [
  ['YAML that is none', `${HEAD}metadata: [\n`, '4:1', /^not valid YAML: /],
  ['a key given twice', `${GOOD}spec: {}\n`, '7:1', /duplicated mapping key/],
  ['nothing', '', '1:1', /the file is empty/],
  ['only a comment', '# nothing\n', '1:1', /the file is empty/],
  ['two documents', `${GOOD}---\n${GOOD}`, '8:1', /a second document/],
  ['a list', '- a\n', '1:1', /is not a manifest/],
  ['another kind', GOOD.replace('IPPool', 'Node'), '2:7', /^kind: "Node" does not fit: .* "IPPool"/],
  ['another API version', GOOD.replace('/v3', '/v1'), '1:13', /^apiVersion: .* "projectcalico.org\/v3"/],
  ['another name', GOOD.replace('name: a', 'name: b'), '4:9', /^metadata.name: "b" does not fit: .* "a"/],
  ['no name', GOOD.replace('name: a', 'labels: {}'), '4:3', /^metadata.name: is missing/],
  ['a field of the wrong type', GOOD.replace('10.0.0.0/16', '[1]'), '6:9', /^spec.cidr: \[1\] is not text/],
];

describe('a file that holds', () => {
  test.each(BROKEN)(
    '%s is refused with its place, and never touched',
    async (_what, broken, place, message) => {
      environment.write('ippools/a.yaml', broken);
      environment.write('ippools/b.yaml', GOOD.replace('name: a', 'name: b'));
      const { store, directory } = environment;
      const file = join(directory, 'ippools/a.yaml');
      const good = await store.get(poolRef('b'));
      const stale = { ...good, metadata: { ...good.metadata, name: 'a' } };
      const errors = [
        await failure(store.get(poolRef('a'))),
        await failure(create(store, pool('a'))),
        await failure(store.update(poolRef('a'), stale)),
        await failure(store.delete(poolRef('a'))),
      ];
      for (const { errorClass, details, message: said } of errors) {
        expect(errorClass).toBe('corrupt');
        expect(said).toMatch(message);
        expect(details.hint).toContain('by hand');
        const [line, column] = place.split(':').map(Number);
        expect(details.place).toEqual({ file, line: line!, column: column! });
      }
      expect(text('ippools/a.yaml')).toBe(broken);
      const [page] = await pagesOf(store, { kind: IPPool });
      expect(page!.items.map(({ metadata }) => metadata.name)).toEqual(['b']);
      expect(page!.corrupt).toEqual([{ entry: file, reason: `${place}: ${errors[0]!.message}` }]);
    },
  );

  test('a namespace other than its folder’s, or none, is refused', async () => {
    const set = (namespace: string) =>
      `apiVersion: projectcalico.org/v3\nkind: NetworkSet\nmetadata:\n  name: a\n${namespace}spec: {}\n`;
    environment.write('networksets/dev/a.yaml', set('  namespace: prod\n'));
    expect((await failure(environment.store.get(setRef('dev', 'a')))).message).toMatch(
      /^metadata.namespace: "prod"/,
    );
    environment.write('networksets/dev/a.yaml', set(''));
    expect((await failure(environment.store.get(setRef('dev', 'a')))).message).toMatch(
      /^metadata.namespace: is missing/,
    );
  });

  test('bytes that are not UTF-8 is refused', async () => {
    environment.write('ippools/b.yaml', 'x');
    writeFileSync(join(environment.directory, 'ippools/a.yaml'), new Uint8Array([0x61, 0xff]));
    expect((await failure(environment.store.get(poolRef('a')))).message).toBe('the file is not UTF-8 text');
  });

  test('aliases upon aliases is refused before it fills the memory', async () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}]`);
    environment.write('ippools/a.yaml', `${GOOD}l0: &l0 x\n${levels.join('\n')}\n`);
    expect(await outcome(environment.store.get(poolRef('a')))).toBe('corrupt');
  });
});

describe('things out of place', () => {
  test('are named by lists', async () => {
    environment.write('ippools/Pool.yaml', GOOD);
    environment.write('ippools/sub/a.yaml', GOOD);
    environment.write('networksets/a.yaml', GOOD);
    await create(environment.store, networkSet('dev', 'b'));
    const reasons = async (kind: typeof IPPool) =>
      (await pagesOf(environment.store, { kind })).flatMap((page) => page.corrupt);
    const at = (path: string) => join(environment.directory, path);
    expect((await reasons(IPPool)).sort((a, b) => (a.entry < b.entry ? -1 : 1))).toEqual([
      {
        entry: at('ippools/Pool.yaml'),
        reason: 'is not the file name of a resource; for a resource named "Pool" it is "%50ool"',
      },
      { entry: at('ippools/sub'), reason: 'is a folder where only files belong' },
    ]);
    expect(await reasons(NetworkSet)).toEqual([
      { entry: at('networksets/a.yaml'), reason: 'belongs into the folder of its namespace' },
    ]);
    expect(await keysOf(environment.store, { kind: NetworkSet })).toEqual(['dev/b']);
  });

  test('two files for one resource are neither read nor written', async () => {
    environment.write('ippools/a.yaml', GOOD);
    environment.write('ippools/a.json', '{}');
    const error = await failure(environment.store.get(poolRef('a')));
    expect(error.errorClass).toBe('corrupt');
    expect(error.message).toContain(join(environment.directory, 'ippools/a.json'));
    expect(await outcome(environment.store.delete(poolRef('a')))).toBe('corrupt');
    const [page] = await pagesOf(environment.store, { kind: IPPool });
    expect([page!.items.length, page!.corrupt.length]).toEqual([0, 1]);
  });

  test('a symbolic link in place of a file is not followed', async () => {
    environment.write('elsewhere', GOOD);
    mkdirSync(join(environment.directory, 'ippools'));
    symlinkSync('../elsewhere', join(environment.directory, 'ippools/a.yaml'));
    for (const operation of [
      environment.store.get(poolRef('a')),
      create(environment.store, pool('a')),
      environment.store.delete(poolRef('a')),
    ])
      expect((await failure(operation)).message).toBe('is a symbolic link');
    expect(text('elsewhere')).toBe(GOOD);
  });

  test('a symbolic link in place of a folder is not followed', async () => {
    const outside = join(environment.directory, '../outside');
    mkdirSync(outside);
    environment.write('x', '');
    symlinkSync(outside, join(environment.directory, 'ippools'));
    expect(await outcome(create(environment.store, pool('a')))).toBe('corrupt');
    expect(await outcome(pagesOf(environment.store, { kind: IPPool }))).toBe('corrupt');
    symlinkSync(outside, join(environment.directory, '.calicoctl'));
    expect(await outcome(create(environment.store, networkSet('dev', 'a')))).toBe('corrupt');
    expect(execFileSync('ls', ['-A', outside], { encoding: 'utf8' })).toBe('');
  });

  test('a pipe in place of a file does not make anybody wait', async () => {
    environment.write('ippools/b.yaml', 'x');
    execFileSync('mkfifo', [join(environment.directory, 'ippools/a.yaml')]);
    expect((await failure(environment.store.get(poolRef('a')))).message).toBe('is not a plain file');
  });
});

describe('comments', () => {
  const COMMENTED = [
    '# Why this pool is here.',
    'kind: IPPool # the kind',
    'apiVersion: projectcalico.org/v3',
    '',
    '# Who we are.',
    'metadata:',
    '  name: a # its name',
    '  labels: {x: "1"}   # few',
    'spec:',
    '  # The range.',
    '  cidr: "10.0.0.0/16" # from the network team',
    '  natOutgoing: yes # talk to the world',
    '',
    '  # Where.',
    '  nodeSelector: all()',
    '# The end.',
    '',
  ].join('\n');

  test('and the text of fields that stay are kept by an update', async () => {
    environment.write('ippools/a.yaml', COMMENTED);
    const read = await environment.store.get(poolRef('a'));
    const next = withSpec(withLabels(read, { x: '2' }), { nodeSelector: 'zone == "a"', disabled: true });
    const updated = await environment.store.update(poolRef('a'), next);
    expect(text('ippools/a.yaml')).toBe(
      COMMENTED.replace('{x: "1"}   # few', "\n    x: '2'")
        .replace('labels: \n', 'labels:\n')
        .replace('nodeSelector: all()', 'nodeSelector: zone == "a"\n  disabled: true'),
    );
    expect(await environment.store.get(poolRef('a'))).toEqual(updated);
  });

  test('go with the field they stand above; a remark stays behind a changed value', async () => {
    environment.write('ippools/a.yaml', COMMENTED);
    const { spec, ...read } = await environment.store.get(poolRef('a'));
    const { nodeSelector: _, ...rest } = spec;
    await environment.store.update(poolRef('a'), { ...read, spec: { ...rest, cidr: '10.7.0.0/16' } });
    expect(text('ippools/a.yaml')).toBe(
      COMMENTED.replace('"10.0.0.0/16"', '10.7.0.0/16').replace('\n  # Where.\n  nodeSelector: all()\n', ''),
    );
  });

  test('at the head survive where the rest cannot be kept', async () => {
    environment.write('ippools/a.yaml', `# head\n{${JSON.stringify({ ...pool('a') }).slice(1)} # tail\n`);
    const read = await environment.store.get(poolRef('a'));
    await environment.store.update(poolRef('a'), withSpec(read, { disabled: true }));
    expect(text('ippools/a.yaml')).toStartWith('# head\napiVersion: projectcalico.org/v3\nkind: IPPool\n');
    expect((await environment.store.get(poolRef('a'))).spec['disabled']).toBe(true);
  });
});
