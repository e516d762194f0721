import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

/** The import table of the house (CONTRIBUTING.md, docs/layout.md), held by parsing every import. */

const src = resolve(import.meta.dirname, '../src');

interface Room {
  /** Rooms whose code may be used. */
  readonly uses: readonly string[];
  /** Rooms of which only types may be used. */
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
}

const ROOMS: Readonly<Record<string, Room>> = {
  core: { uses: [] },
  resources: { uses: ['core'], packages: ['typebox'] },
  config: { uses: ['core'], packages: ['js-yaml'] },
  datastore: { uses: ['core', 'resources'], types: ['config'] },
  'datastore/etcdv3': { uses: ['core', 'resources', 'datastore', 'config'] },
  'datastore/file': { uses: ['core', 'resources', 'datastore'], packages: ['js-yaml'] },
  'datastore/kubernetes': {
    uses: ['core', 'resources', 'datastore', 'config'],
    packages: ['js-yaml'],
  },
  input: { uses: ['core'], packages: ['js-yaml'] },
  host: { uses: ['core'] },
  bird: { uses: ['core'] },
  bundle: { uses: ['core'] },
  operations: { uses: ['core', 'resources'], types: ['datastore'] },
  validation: { uses: ['core', 'input', 'resources', 'operations'], types: ['datastore'] },
  ipam: { uses: ['core', 'resources', 'operations'], types: ['datastore'] },
  node: { uses: ['core', 'resources', 'operations', 'host', 'bird', 'bundle'], types: ['datastore'] },
  cluster: {
    uses: ['core', 'resources', 'operations', 'ipam', 'bird', 'bundle', 'node'],
    types: ['datastore'],
    packages: ['js-yaml'],
  },
  migration: {
    uses: ['core', 'input', 'resources', 'operations'],
    types: ['datastore'],
    packages: ['js-yaml'],
  },
  doctor: {
    uses: ['core', 'resources', 'operations', 'validation', 'ipam', 'host', 'bird', 'node', 'cluster'],
    types: ['datastore', 'config'],
  },
  reference: { uses: ['core', 'resources', 'operations', 'validation', 'ipam'], packages: ['js-yaml'] },
  kit: {
    uses: ['core', 'input', 'resources', 'operations', 'validation', 'ipam', 'reference'],
    types: ['datastore', 'config', 'host'],
  },
  commands: {
    uses: [
      ...['kit', 'core', 'input', 'operations', 'resources', 'validation', 'ipam', 'reference'],
      ...['host', 'bird', 'node', 'bundle', 'cluster', 'migration', 'doctor'],
    ],
  },
  output: { uses: ['core', 'resources'], packages: ['js-yaml', 'chalk', 'diff'] },
  cli: {
    uses: ['core', 'kit', 'config', 'datastore', 'operations', 'output', 'resources', 'host', 'commands'],
    packages: ['commander'],
  },
};

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8');
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const found: Import[] = [];
  for (const { moduleRequest, entries } of module.staticImports) {
    const typeOnly = entries.length > 0 && entries.every((entry) => entry.isType);
    found.push({ file, target: moduleRequest.value, typeOnly, dynamic: false });
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest) found.push({ file, target: moduleRequest.value, typeOnly: isType, dynamic: false });
    }
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = text.slice(moduleRequest.start, moduleRequest.end);
    if (!/^'[^']+'$/.test(literal)) throw new Error(`${file} imports what cannot be known: ${literal}`);
    found.push({ file, target: literal.slice(1, -1), typeOnly: false, dynamic: true });
  }
  return found;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const imports = files.flatMap(importsOf);

/** The room a file belongs to: the longest named folder it lies in. */
function roomOf(file: string): string {
  const parts = dirname(file).split('/');
  for (let length = parts.length; length > 0; length--) {
    const name = parts.slice(0, length).join('/');
    if (ROOMS[name] !== undefined) return name;
  }
  throw new Error(`${file} lies in no room of the house`);
}

function breach({ file, target, typeOnly, dynamic }: Import): string | undefined {
  const room = roomOf(file);
  const { uses, types = [], packages = [] } = ROOMS[room]!;
  if (target.startsWith('node:')) return undefined;
  if (!target.startsWith('.')) {
    const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0]!;
    return packages.includes(name) ? undefined : `${file} may not use the package ${name}`;
  }
  const path = relative(src, resolve(src, dirname(file), target));
  const other = roomOf(path);
  if (room === 'commands' && other === 'commands' && path !== file)
    return `${file} uses another command, ${path}`;
  if (room === 'cli' && other === 'commands' && !dynamic) return `${file} loads the command ${path} at once`;
  if (other === room || uses.includes(other) || (typeOnly && types.includes(other))) return undefined;
  if (room === 'datastore' && other.startsWith('datastore/'))
    return dynamic ? undefined : `${file} loads the backend ${path} at once`;
  return `${file} (${room}) may not use ${path} (${other})${types.includes(other) ? ' but for its types' : ''}`;
}

describe('architecture', () => {
  test('every import is one that the table of rooms allows', () => {
    expect(imports.map(breach).filter((text) => text !== undefined)).toEqual([]);
  });

  test('imports of ours name their file', () => {
    expect(
      imports
        .filter(({ target }) => target.startsWith('.') && !target.endsWith('.ts'))
        .map(({ file, target }) => `${file}: ${target}`),
    ).toEqual([]);
  });

  test('nothing depends on the run-time being Bun', () => {
    const users = files.filter((file) => /\bBun\.|from 'bun/.test(readFileSync(join(src, file), 'utf8')));
    expect(users).toEqual([]);
  });

  test('files stay small', () => {
    const long = files
      .map((file) => ({ file, lines: readFileSync(join(src, file), 'utf8').split('\n').length }))
      .filter(
        ({ file, lines }) =>
          lines > 260 &&
          !/^(resources\/(kinds|parts\/felix)\/|resources\/index\.ts|cli\/commands\.ts|validation\/rulebook\/(?!index))/.test(
            file,
          ),
      );
    expect(long).toEqual([]);
  });
});
