import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { cacheFolder } from '../../scripts/testbed/binaries.mjs';
import { pypiFolder } from '../../scripts/testbed/pypi.mjs';
import { EXECUTABLE, type Folder, temporaryFolder } from '../faults/program.ts';

/** What docs/ci.md shows is run: its lines of shell, those of its CI configurations, and its hooks by pre-commit itself. */

const ROOT = resolve(import.meta.dirname, '../..');
const PRE_COMMIT = '4.7.0';
const DOCS = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');

const GOOD =
  'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: a}\nspec: {cidr: 10.0.0.0/16}\n';
const BAD = GOOD.replace('10.0.0.0/16', '10.0.0.1/16');
const FOREIGN = '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {}\n---\nreplicas: 2\n';

let folder: Folder;
let env: Record<string, string | undefined>;

beforeAll(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder.path, 'bin'));
  symlinkSync(EXECUTABLE, join(folder.path, 'bin/calicoctl'));
  // Of Helm nothing is needed but that it prints manifests.
  chmodSync(
    folder.write('bin/helm', '#!/bin/sh\ncat manifests/pool.yaml manifests/deeper/others.yaml\n'),
    0o755,
  );
  env = {
    PATH: `${join(folder.path, 'bin')}${delimiter}${process.env['PATH']}`,
    HOME: folder.path,
    PRE_COMMIT_HOME: join(folder.path, 'pre-commit'),
    // Whoever commits here, and no settings of whoever runs this.
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.com',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.com',
  };
});
afterAll(() => folder.remove());

interface Ended {
  readonly status: number;
  readonly text: string;
}

function run(program: string, args: readonly string[], cwd: string, more = {}): Promise<Ended> {
  return new Promise((done) =>
    execFile(program, args, { cwd, env: { ...env, ...more } }, (error, out, err) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 70;
      done({ status, text: `${out}${err}` });
    }),
  );
}

/** A folder with manifests/, one of which is as given. */
function manifests(name: string, text: string): string {
  const path = join(folder.path, name);
  mkdirSync(join(path, 'manifests/deeper'), { recursive: true });
  folder.write(`${name}/manifests/pool.yaml`, text);
  folder.write(`${name}/manifests/deeper/others.yaml`, FOREIGN);
  return path;
}

function blocks(language: string): string[] {
  const found = [...DOCS.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  return found.filter(([, word]) => word === language).map(([, , text]) => text!);
}

/** The lines of shell in a CI configuration. */
function* linesOf(value: unknown): Iterable<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'run') yield item as string;
    else if (key === 'script') yield (item as string[]).join('\n');
    else yield* linesOf(item);
  }
}

const LINES = [...blocks('sh'), ...blocks('yaml').flatMap((text) => [...linesOf(load(text))])];

describe('shell', () => {
  test('all of it is found', () => {
    expect(LINES).toHaveLength(6);
    for (const word of ['github', 'sarif', 'junit', 'json'])
      expect(LINES.filter((line) => line.includes(`-o ${word}`))).toHaveLength(1);
  });

  test.each(LINES)('%s', async (line) => {
    const good = manifests('good', GOOD);
    const found = await run('sh', ['-ec', line], good);
    expect(found.text.replace(/^(Success.*|Passed over 2 documents.*|Nothing was found.)\n/gm, '')).toBe('');
    expect(found.status).toBe(0);
    const bad = manifests('bad', BAD);
    const { status, text } = await run('sh', ['-ec', line], bad);
    const [, file] = / > (\S+)/.exec(line) ?? [];
    expect(status).toBe(1);
    expect(file === undefined ? text : readFileSync(join(bad, file), 'utf8')).toContain('has host bits');
  });
});

async function git(cwd: string, ...args: string[]): Promise<void> {
  const { status, text } = await run('git', ['-c', 'init.defaultBranch=main', ...args], cwd);
  if (status !== 0) throw new Error(text);
}

/** A repository from which pre-commit takes our hook, as it would from the one of calicoctl. */
async function hooks(): Promise<string> {
  const path = join(folder.path, 'hooks');
  mkdirSync(path);
  copyFileSync(join(ROOT, '.pre-commit-hooks.yaml'), join(path, '.pre-commit-hooks.yaml'));
  await git(path, 'init', '-q');
  await git(path, 'add', '.');
  await git(path, 'commit', '-qm', 'hooks');
  await git(path, 'tag', 'v0.1.0');
  return path;
}

async function preCommit(config: string, name: string, text: string): Promise<Ended> {
  const path = manifests(name, text);
  folder.write(`${name}/.pre-commit-config.yaml`, config);
  await git(path, 'init', '-q');
  await git(path, 'add', '.');
  const python = pypiFolder({
    name: 'pre-commit',
    version: PRE_COMMIT,
    dependencies: true,
    cache: cacheFolder(),
    env: process.env,
  });
  return run('python3', ['-m', 'pre_commit', 'run', '--color=never'], path, { PYTHONPATH: python });
}

describe('pre-commit', () => {
  const [shared = '', local = ''] = blocks('yaml').filter((text) => text.includes('.pre-commit-config.yaml'));

  test('takes our hook from a repository', async () => {
    const config = shared.replace('https://git.example.com/calicoctl', await hooks());
    expect(config).not.toBe(shared);
    const passed = await preCommit(config, 'shared-good', GOOD);
    expect(passed.text).toMatch(/calicoctl validate\.+Passed\n/);
    expect(passed.status).toBe(0);
    const failed = await preCommit(config, 'shared-bad', BAD);
    expect(failed.text).toMatch(/calicoctl validate\.+Failed\n/);
    expect(failed.text).toContain('manifests/pool.yaml:4:14: spec.cidr: "10.0.0.1/16" has host bits');
    expect(failed.status).toBe(1);
  }, 300_000);

  test('takes it written out, which is the same', async () => {
    const [ours] = load(readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')) as [
      { description: string },
    ];
    const { repos } = load(local) as { repos: [{ hooks: [object] }] };
    const { description: _, ...rest } = ours;
    expect(repos[0].hooks[0]).toEqual(rest);
    const { status, text } = await preCommit(local, 'local-bad', BAD);
    expect(text).toContain('CAL1000');
    expect(status).toBe(1);
  }, 300_000);
});
