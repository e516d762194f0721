import { afterAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArchiveEntry, folderEntries, writeArchive } from '../../src/bundle/archive.ts';

const folder = mkdtempSync(join(tmpdir(), 'calicoctl-archive-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LONG = `${'long/'.repeat(40)}${'n'.repeat(150)}.txt`;
const ENTRIES: readonly ArchiveEntry[] = [
  { name: 'd/plain', content: 'text\n' },
  { name: 'd/empty', content: '' },
  { name: 'd/exact', content: new Uint8Array(512).fill(65) },
  { name: LONG, content: 'deep' },
  { name: "d/Größe 東京 $(x) ' ;-rf", content: 'odd' },
  { name: '../../etc/passwd', content: 'up' },
  { name: '/etc/shadow', content: 'root' },
  { name: 'd/./plain', content: 'again' },
  { name: 'd/PLAIN', content: 'loud' },
  { name: 'd/line\nbreak\\x', content: 'broken' },
];
const NAMES: Readonly<Record<string, string>> = {
  'd/plain': 'text\n',
  'd/empty': '',
  'd/exact': 'A'.repeat(512),
  [LONG]: 'deep',
  "d/Größe 東京 $(x) ' ;-rf": 'odd',
  '__/__/etc/passwd': 'up',
  'etc/shadow': 'root',
  'd/plain~2': 'again',
  'd/PLAIN~3': 'loud',
  'd/line_break_x': 'broken',
};

function program(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

const PYTHON = `
import json, sys, tarfile
with tarfile.open(sys.argv[1], 'r:gz') as archive:
    print(json.dumps({m.name: [oct(m.mode), archive.extractfile(m).read().decode()] for m in archive if m.isfile()}))
`;

describe('an archive', async () => {
  const file = join(folder, 'a.tar.gz');
  await writeArchive(ENTRIES, { file, time: new Date('2026-11-22T00:00:00Z') });

  test('is only for its owner, and nothing else was left behind', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['a.tar.gz']);
  });

  test('is read by GNU tar, and stays below the folder it is unpacked in', () => {
    const target = join(folder, 'out');
    mkdirSync(target);
    program('tar', '-xzf', file, '-C', target);
    const found = readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const texts = found.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(target.length + 1), readFileSync(path, 'utf8')];
    });
    expect(Object.fromEntries(texts)).toEqual(NAMES);
    expect(statSync(join(target, 'd')).mode & 0o777).toBe(0o700);
    rmSync(target, { recursive: true });
  });

  test('is read by tarfile of Python', () => {
    const expected = Object.fromEntries(Object.entries(NAMES).map(([name, text]) => [name, ['0o600', text]]));
    expect(JSON.parse(program('python3', '-c', PYTHON, file))).toEqual(expected);
  });

  test('holds the same bytes for the same entries', async () => {
    const again = join(folder, 'b.tar.gz');
    await writeArchive(ENTRIES, { file: again, time: new Date('2026-11-22T00:00:00Z') });
    expect(readFileSync(again)).toEqual(readFileSync(file));
    rmSync(again);
  });

  test('is not there where it could not be written whole', async () => {
    const gone = [
      { name: 'x', content: 'y' },
      { name: 'z', content: { file: join(folder, 'missing') } },
    ];
    await expect(writeArchive(gone, { file: join(folder, 'c.tar.gz') })).rejects.toThrow('ENOENT');
    expect(readdirSync(folder)).toEqual(['a.tar.gz']);
  });

  test('of a folder has its files by name, and no links', async () => {
    const source = join(folder, 'source');
    mkdirSync(join(source, 'b'), { recursive: true });
    writeFileSync(join(source, 'z'), 'z'.repeat(200_000));
    writeFileSync(join(source, 'b', 'x'), 'x');
    symlinkSync('/etc/passwd', join(source, 'link'));
    const target = join(folder, 'folder.tar.gz');
    await writeArchive(await folderEntries(source, 'root'), { file: target });
    expect(program('tar', '-tzf', target)).toBe('root/\nroot/b/\nroot/b/x\nroot/z\n');
  });
});
