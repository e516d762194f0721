import { describe, expect, test } from 'bun:test';
import { chmodSync, lstatSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../../src/validation/fix/replace.ts';
import { fixFiles, fixUntilDone } from '../../../src/validation/fix.ts';
import { findingsIn, mend, place, type Wishes } from './mend.ts';

async function mended(content: string, wishes?: Wishes): Promise<string> {
  const { bytes, refusals } = await mend(content, wishes);
  expect(refusals).toEqual([]);
  return bytes.toString();
}

async function refused(content: string, wishes?: Wishes): Promise<string> {
  const { bytes, changes, refusals } = await mend(content, wishes);
  expect(changes).toEqual([]);
  expect(bytes.toString()).toBe(content);
  expect(refusals).toHaveLength(1);
  return refusals[0]!;
}

describe('--fix', () => {
  test('rewrites values in the way that they are written, and nothing else', async () => {
    expect(
      await mended('a: 10.0.0.1/8   # why\r\nb:   "10.0.0.1/8"\r\nc: [ \'10.0.0.1/8\',10.0.0.2/8 ]\r\n'),
    ).toBe('a: 10.0.0.0/8   # why\r\nb:   "10.0.0.0/8"\r\nc: [ \'10.0.0.0/8\',10.0.0.0/8 ]\r\n');
    expect(await mended('{"a":"10.0.0.1/8" ,"b": [ "10.0.0.1/16"]}{"a":"10.9.0.1/16"}')).toBe(
      '{"a":"10.0.0.0/8" ,"b": [ "10.0.0.0/16"]}{"a":"10.9.0.0/16"}',
    );
    expect(await mended('a: >-\n  10.0.0.1/8\n\nb: |-  # x\n  10.0.0.1/8\n')).toBe(
      'a: >-\n  10.0.0.0/8\n\nb: |-  # x\n  10.0.0.0/8\n',
    );
    expect(await mended('? a\n: !!str 10.0.0.1/8\n? "10.0.0.2/8"\n: 1')).toBe(
      '? a\n: !!str 10.0.0.0/8\n? "10.0.0.2/8"\n: 1',
    );
  });

  test('says what it changed, where it is written', async () => {
    const { changes } = await mend('# x\n---\na:\n- 10.0.0.1/8\n- "10.0.0.1/16"\n');
    expect(changes).toEqual([
      'a.yaml:4:3: a[0]: 10.0.0.1/8 -> 10.0.0.0/8 [CAL0032]',
      'a.yaml:5:3: a[1]: 10.0.0.1/16 -> 10.0.0.0/16 [CAL0032]',
    ]);
  });

  test('what came by an alias or a merge key is mended where it is written, once', async () => {
    const text = 'a: &net 10.0.0.1/8\nb: *net\nc: &map {d: 10.0.0.1/16}\ne: {<<: *map, f: 1}\n';
    const { bytes, changes } = await mend(text);
    expect(bytes.toString()).toBe(
      'a: &net 10.0.0.0/8\nb: *net\nc: &map {d: 10.0.0.0/16}\ne: {<<: *map, f: 1}\n',
    );
    expect(changes).toHaveLength(2);
    const onlyAlias = { wanted: (path: readonly unknown[]) => path[0] === 'b' };
    expect(await refused('a: &net 10.0.0.1/8\nb: *net\n', onlyAlias)).toContain('would read otherwise');
  });

  test('an anchor that is given twice leads to the one before', async () => {
    const wanted = (path: readonly unknown[]) => path[0] !== 'z';
    expect(await mended('a: &n 10.0.0.1/8\nb: *n\nz: &n 10.0.0.2/8\n', { wanted })).toBe(
      'a: &n 10.0.0.0/8\nb: *n\nz: &n 10.0.0.2/8\n',
    );
  });

  test('keys are renamed, their values may be mended at once', async () => {
    const keys = { oldName: 'newName' };
    expect(await mended('spec: {oldName: 1}\n', { keys })).toBe('spec: {newName: 1}\n');
    expect(await mended('{"spec": {"oldName": "10.0.0.1/8"}}', { keys })).toBe(
      '{"spec": {"newName": "10.0.0.0/8"}}',
    );
    expect(await mended("- 'oldName':\n- oldName: {oldName: 10.0.0.1/8}\n", { keys })).toBe(
      "- 'newName':\n- newName: {newName: 10.0.0.0/8}\n",
    );
  });

  test('a file that would read otherwise is left as a whole', async () => {
    const keys = { oldName: 'newName' };
    expect(await refused('oldName: 1\nnewName: 2\n', { keys })).toContain('is left as it is');
    expect(await refused('a: 10.0.0.1/8\nb: {oldName: 1, newName: 2}\n', { keys })).toContain('a.yaml');
  });

  test('a document that cannot be parsed does not keep the others from being mended', async () => {
    const at = place();
    at.write('a.yaml', 'a: 10.0.0.1/8\n');
    const findings = await findingsIn(at.folder, ['a.yaml']);
    at.write('a.yaml', 'a: 10.0.0.1/8\n---\nb: [\n');
    expect((await fixFiles(findings, at.folder)).refusals).toEqual([]);
    expect(at.bytes('a.yaml').toString()).toBe('a: 10.0.0.0/8\n---\nb: [\n');
    at.remove();
  });

  test('a text that ends in a line end of its block cannot be mended in place', async () => {
    expect(await refused('a: |\n  10.0.0.1/8\n')).toContain('a block of text');
  });

  test('a file that was changed meanwhile is left alone', async () => {
    const at = place();
    at.write('a.yaml', 'a: 10.0.0.1/8\n');
    const findings = await findingsIn(at.folder, ['a.yaml']);
    for (const now of ['\na: 10.0.0.1/8\n', 'a: 10.0.0.1/8 # x\n', 'a: 10.0.0.9/8\n', '[]', '', 'a: [\n']) {
      at.write('a.yaml', now);
      const { changes, refusals } = await fixFiles(findings, at.folder);
      expect(changes).toEqual([]);
      expect(refusals).toHaveLength(1);
      expect(at.bytes('a.yaml').toString()).toBe(now);
    }
    const path = at.write('a.yaml', 'new');
    expect(replaceFile(path, Buffer.from('old'), Buffer.from('ours'))).rejects.toThrow('changed meanwhile');
    at.remove();
    expect((await fixFiles(findings, at.folder)).refusals).toEqual([
      'a.yaml is left as it is: it is no longer there',
    ]);
  });

  test('links lead to the file, whose mode stays; nothing else is left in the folder', async () => {
    const at = place();
    const path = at.write('real.yaml', 'a: 10.0.0.1/8\n');
    chmodSync(path, 0o640);
    symlinkSync('real.yaml', join(at.folder, 'link.yaml'));
    // Both names are given, so everything is found twice.
    const findings = await findingsIn(at.folder, ['link.yaml', 'real.yaml']);
    expect(findings).toHaveLength(2);
    const { changes, refusals } = await fixFiles(findings, at.folder);
    expect([changes, refusals]).toEqual([['link.yaml:1:4: a: 10.0.0.1/8 -> 10.0.0.0/8 [CAL0032]'], []]);
    expect(at.bytes('real.yaml').toString()).toBe('a: 10.0.0.0/8\n');
    expect(statSync(path).mode & 0o7777).toBe(0o640);
    expect(lstatSync(join(at.folder, 'link.yaml')).isSymbolicLink()).toBe(true);
    expect(readdirSync(at.folder).sort()).toEqual(['link.yaml', 'real.yaml']);
    at.remove();
  });

  test('looks again until nothing is left to mend', async () => {
    const at = place();
    at.write('a.yaml', 'oldName: 10.0.0.1/8\n');
    const rounds = [{ keys: { oldName: 'newName' }, wanted: (path: unknown[]) => path.length === 1 }, {}];
    let said = '';
    const looks: number[] = [];
    const look = async () => {
      const findings = await findingsIn(at.folder, ['a.yaml'], rounds[Math.min(looks.length, 1)]! as Wishes);
      looks.push(findings.length);
      return { findings };
    };
    const io = {
      cwd: at.folder,
      err(text: string) {
        said += text;
      },
    };
    expect((await fixUntilDone(look, io)).findings).toEqual([]);
    expect(looks).toEqual([2, 0]);
    expect(said.split('\n')).toHaveLength(3);
    expect(at.bytes('a.yaml').toString()).toBe('newName: 10.0.0.0/8\n');
    at.remove();
  });
});
