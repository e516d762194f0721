import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CalicoctlError, formatError } from '../../src/core/errors.ts';
import { readAll, readDocuments } from '../../src/input/documents.ts';
import { createSpool } from '../../src/input/spool.ts';
import { collect, documentsOf, ioWith } from './support.ts';

let folder = '';

const FILES: Readonly<Record<string, string>> = {
  'set/b.yml': 'id: b\n---\nid: b2\n',
  'set/a.yaml': 'id: a',
  'set/.hidden.JSON': '{"id": "hidden"}',
  'set/notes.txt': 'id: no',
  'set/sub/c.yaml': 'id: c',
  'set/sub/deeper.yaml/d.json': '{"id": "d"}',
  'set/z.yaml': 'id: z',
  'none/readme.md': '',
  'blank/a.yaml': 'id: 1',
  'blank/b.yaml': '# nothing\n',
  'bad.yaml': 'id: 1\n---\nid: [\n',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'input-'));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await symlink(join(folder, 'set'), join(folder, 'link'));
  await symlink(join(folder, 'set'), join(folder, 'set/loop'));
  await symlink(join(folder, 'set'), join(folder, 'set/loop.yaml'));
  await symlink(join(folder, 'bad.yaml'), join(folder, 'link.yaml'));
});

afterAll(() => rm(folder, { recursive: true }));

function read(files: string[], { recursive = false, skipEmpty = false, stdin = '' } = {}) {
  return collect(readDocuments({ files, recursive, skipEmpty, io: ioWith(stdin, folder) }));
}

async function names(...args: Parameters<typeof read>): Promise<unknown[]> {
  return (await read(...args)).map(({ value }) => (value as { id: unknown }).id);
}

async function failure(...args: Parameters<typeof read>): Promise<string> {
  const error = await read(...args).then(
    () => 'none',
    (reason: unknown) => reason,
  );
  return error instanceof CalicoctlError
    ? `${error.errorClass}: ${formatError(error).split('\n')[0]}`
    : String(error);
}

describe('which files', () => {
  test('a folder in lexical order, sub-folders only on demand, links to folders below it never', async () => {
    expect(await names(['set'])).toEqual(['hidden', 'a', 'b', 'b2', 'z']);
    expect(await names(['set'], { recursive: true })).toEqual(['hidden', 'a', 'b', 'b2', 'c', 'd', 'z']);
    expect(await names(['link'])).toEqual(['hidden', 'a', 'b', 'b2', 'z']);
  });

  test('files in the order given, standard input among them', async () => {
    const documents = await read(['set/z.yaml', '-', 'set/b.yml', join(folder, 'set/a.yaml')], {
      stdin: 'id: in',
    });
    expect(documents.map(({ file, index }) => [file, index])).toEqual([
      ['set/z.yaml', 0],
      ['-', 0],
      ['set/b.yml', 0],
      ['set/b.yml', 1],
      [join(folder, 'set/a.yaml'), 0],
    ]);
    expect((await read(['./set/'])).map(({ file }) => file)[1]).toBe('set/a.yaml');
  });

  test('what cannot be read is named', async () => {
    expect(await failure(['nowhere.yaml'])).toBe(
      'input: cannot read nowhere.yaml: no such file or directory [CAL0001]',
    );
    expect(await failure(['dir/nowhere/'])).toBe(
      'input: cannot read dir/nowhere/: no such file or directory [CAL0001]',
    );
    expect(await failure(['bad.yaml/x'])).toBe('input: cannot read bad.yaml/x: not a directory [CAL0001]');
    expect(await failure(['-', '-'], { stdin: 'id: 1' })).toBe(
      'usage: standard input can be read only once: give "-f -" once',
    );
  });

  test('faults carry the file and line', async () => {
    expect(await failure(['link.yaml'])).toMatch(
      /^input: link\.yaml:4:\d+: not valid YAML or JSON: .* at line 4, column \d+ \[CAL0002\]$/,
    );
  });
});

describe('empty input', () => {
  test('is an error that names file or folder', async () => {
    expect(await failure(['blank'])).toBe('input: no resources specified in file blank/b.yaml [CAL0008]');
    expect(await failure(['-'])).toBe('input: no resources specified in file - [CAL0008]');
    expect(await failure(['none'])).toBe('input: no resources specified in directory none [CAL0008]');
    expect(await failure(['none'], { recursive: true })).toBe(
      'input: no resources specified in directory none [CAL0008]',
    );
  });

  test('is passed over on demand', async () => {
    expect(await names(['blank', 'none', '-'], { skipEmpty: true })).toEqual([1]);
    expect(await failure(['nowhere.yaml'], { skipEmpty: true })).toStartWith(
      'input: cannot read nowhere.yaml',
    );
  });
});

describe('encodings', () => {
  const text = 'a: "é😀"\n---\nb: 1\n';
  const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');

  test.each([1, 2, 3, 4096])('UTF-8 and UTF-16 with byte order marks, in pieces of %d', async (piece) => {
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(`\uFEFF${text}`),
      utf16,
      Buffer.from(utf16).swap16(),
    ]) {
      const documents = await documentsOf(bytes, piece);
      expect(documents.map(({ value }) => value)).toEqual([{ a: 'é😀' }, { b: 1 }]);
      expect(documents[0]!.place(['a'])).toEqual({
        file: '-',
        line: 1,
        column: 4,
        end: { line: 1, column: 8 },
      });
    }
  });

  test('bytes that are no text have a line', async () => {
    const bytes = Buffer.concat([Buffer.from('a: 1\nb: '), Buffer.from([0xff, 0x41]), Buffer.from('\n')]);
    for (const piece of [1, 4096]) {
      await expect(documentsOf(bytes, piece)).rejects.toThrow(/^not text in UTF-8 at line 2, column \d+$/);
    }
    await expect(documentsOf(Buffer.from([0x61, 0xc3]))).rejects.toThrow(/^not text in UTF-8 at line 1/);
  });
});

describe('a set of documents', () => {
  test.each([1 << 24, 20])('is gone through twice, from memory or not (%d bytes)', async (memory) => {
    const temporary = await mkdtemp(join(folder, 'tmp-'));
    const io = ioWith('id: 1\n---\nid: 2\n---\nid: 3\n---\nid: 4\n', folder, 5);
    const checked: unknown[] = [];
    const set = await readAll({
      files: ['set', '-'],
      recursive: false,
      skipEmpty: false,
      io: { ...io, env: { TMPDIR: temporary } },
      memory,
      check: ({ value }) => void checked.push(value),
    });
    const wanted = ['hidden', 'a', 'b', 'b2', 'z', 1, 2, 3, 4].map((id) => ({ id }));
    expect(set.count).toBe(9);
    expect(checked).toEqual(wanted);
    for (let round = 0; round < 2; round++) {
      const documents = await collect(set);
      expect(documents.map(({ value }) => value)).toEqual(wanted);
      expect(documents.at(-1)!.place(['id'])).toEqual({
        file: '-',
        line: 7,
        column: 5,
        end: { line: 7, column: 6 },
      });
    }
    await set.close();
    expect(await readdir(temporary)).toEqual([]);
  });

  test('a fault or a failed check anywhere stops it', async () => {
    const options = {
      files: ['set', 'bad.yaml'],
      recursive: false,
      skipEmpty: false,
      io: ioWith('', folder),
    };
    await expect(readAll(options)).rejects.toThrow(/^not valid YAML or JSON/);
    const check = ({ file }: { file: string }) => {
      if (file === 'set/z.yaml') throw new Error('no z');
    };
    await expect(readAll({ ...options, check })).rejects.toThrow('no z');
  });

  test('an interrupt stops the reading', async () => {
    const io = { ...ioWith('id: 1\n---\nid: 2', folder, 4), signal: AbortSignal.abort() };
    await expect(readAll({ files: ['-'], recursive: false, skipEmpty: false, io })).rejects.toThrow(
      'interrupted',
    );
  });
});

test('a spool that can keep nothing says what to do', async () => {
  const spool = createSpool(2, join(folder, 'nowhere'));
  await spool.write(new Uint8Array(2));
  await expect(spool.write(new Uint8Array(3))).rejects.toThrow('cannot keep the input in a temporary file');
});

// In a process of its own: what other tests leave behind in this one would be measured too.
test('a long stream passes through in little memory', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'memory.ts')]);
  const { expected, count, most } = JSON.parse(stdout) as Record<'expected' | 'count' | 'most', number>;
  expect(count).toBe(expected);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(150 * 1024 * 1024);
});
