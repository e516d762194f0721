import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demandWritable, packedAs } from '../../../src/cluster/diags/place.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calicoctl-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder that is not there is refused, one that may be written is not', async () => {
  await demandWritable(folder);
  expect(demandWritable(join(folder, 'none'))).rejects.toMatchObject({
    errorClass: 'input',
    message: expect.stringContaining(`the archive cannot be put into ${join(folder, 'none')}: ENOENT`),
  });
});

test('those who pack under one name at the same time do not overwrite each other', async () => {
  const names = await Promise.all(
    ['one', 'two', 'three'].map((text) =>
      packedAs(folder, 'bundle', async (path) => {
        await new Promise((done) => setTimeout(done, 5));
        writeFileSync(path, text);
      }),
    ),
  );
  expect(names.toSorted()).toEqual(['bundle-2.tar.gz', 'bundle-3.tar.gz', 'bundle.tar.gz']);
  const texts = names.map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(texts).toEqual(['one', 'two', 'three']);
});

test('where packing fails nothing is left', async () => {
  const failed = packedAs(folder, 'bundle', () => Promise.reject(new Error('no room')));
  expect(failed).rejects.toThrow('no room');
  await failed.catch(() => undefined);
  expect(readdirSync(folder)).toEqual([]);
});
