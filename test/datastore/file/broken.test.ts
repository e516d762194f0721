import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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
} from '../contract/objects.ts';
import { type FileEnvironment, openFileEnvironment } from './environment.ts';

/** Files that are broken, misplaced, or no files: named, never read past, never touched. */

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
