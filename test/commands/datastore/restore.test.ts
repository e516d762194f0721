import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Workspace, workspace } from '../run.ts';

let at: Workspace;
let saved: string;
const apply = async (text: string) => {
  await at.write('in.yaml', text);
  expect((await at.calicoctl(['apply', '-f', 'in.yaml'])).err).toBe('');
};
const backup = async () => (await at.calicoctl(['datastore', 'backup', '-o', '-'])).out;
const restore = (...args: string[]) => at.calicoctl(['datastore', 'restore', ...args]);

beforeEach(async () => {
  at = await workspace();
  await at.calicoctl(['datastore', 'init', '--yes']);
  await apply(SET('a', '10.0.0.0/8') + SET('b', '10.1.0.0/16'));
  saved = await backup();
  await at.write('saved.jsonl', saved);
});
afterEach(() => at.remove());

const SET = (name: string, net: string) => `
---
apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata: {name: ${name}, namespace: dev, labels: {x: "1"}}
spec: {nets: [${net}]}
`;

/** One of each: changed, gone, and new. */
async function spoil(): Promise<void> {
  await apply(SET('a', '192.0.2.0/24') + SET('new', '192.0.2.0/24'));
  await at.calicoctl(['delete', 'networkset', 'b', '-n', 'dev']);
}

describe('datastore restore', () => {
  test('fills an empty datastore, with the identities that objects had', async () => {
    rmSync(join(at.folder, '.datastore'), { recursive: true });
    const { status, out, err } = await restore('-f', 'saved.jsonl');
    expect({ status, out, err }).toEqual({
      status: 0,
      out: '6 of 6 objects written; 0 were as in the backup already.\n',
      err: '',
    });
    expect(await backup()).toBe(saved);
    expect((await restore('-f', 'saved.jsonl')).out).toBe(
      '0 of 0 objects written; 6 were as in the backup already.\n',
    );
  });

  test('leaves a datastore alone that holds anything else, and shows what', async () => {
    await spoil();
    const before = await backup();
    const { status, err } = await restore('-f', 'saved.jsonl');
    expect(status).toBe(1);
    expect(err).toContain(
      'the datastore is not empty: it has objects, 1 that differ from the backup (NetworkSet(dev/a)), and 1 that it does not have (NetworkSet(dev/new))',
    );
    expect(err).toContain('--overwrite');
    expect((await restore('-f', 'saved.jsonl', '--prune')).err).not.toContain('it does not have');
    expect(await backup()).toBe(before);
  });

  test('--overwrite changes and makes, --prune deletes', async () => {
    await spoil();
    const over = await restore('-f', 'saved.jsonl', '--overwrite');
    expect(over.out).toBe(
      '2 of 2 objects written; 4 were as in the backup already; 1 that it does not have were left alone.\n',
    );
    expect((await restore('-f', 'saved.jsonl', '--prune')).out).toBe(
      '1 of 1 objects written; 6 were as in the backup already.\n',
    );
    expect(await backup()).toBe(saved);
  });

  test('--prune spares kinds that the backup knew nothing of', async () => {
    const lines = saved.trimEnd().split('\n');
    const { backup: head } = JSON.parse(lines[0]!) as { backup: { kinds: string[] } };
    expect(head.kinds).toContain('NetworkSet');
    const older = [
      JSON.stringify({ backup: { ...head, kinds: head.kinds.filter((kind) => kind !== 'NetworkSet') } }),
      ...lines.slice(1, -1).filter((line) => !line.includes('"NetworkSet"')),
    ].map((line) => `${line}\n`);
    const sha256 = createHash('sha256').update(older.join('')).digest('hex');
    const end = { end: { objects: { ClusterInformation: 1, Tier: 3 }, sha256 } };
    await at.write('older.jsonl', `${older.join('')}${JSON.stringify(end)}\n`);
    expect(await restore('-f', 'older.jsonl', '--prune')).toEqual({
      status: 0,
      out: '0 of 0 objects written; 4 were as in the backup already; 2 that it does not have were left alone.\n',
      err: '',
    });
    expect(await backup()).toBe(saved);
  });

  test('--prune with a backup of nothing deletes nothing', async () => {
    rmSync(join(at.folder, '.datastore'), { recursive: true });
    await at.write('nothing.jsonl', await backup());
    expect((await restore('-f', 'nothing.jsonl', '--prune')).status).toBe(0);
    await restore('-f', 'saved.jsonl');
    const { status, err } = await restore('-f', 'nothing.jsonl', '--prune', '--overwrite');
    expect(status).toBe(1);
    expect(err).toContain(
      'the backup holds nothing of Calico: --prune would delete all that the datastore has, 6 objects (ClusterInformation(default), ',
    );
    expect(await backup()).toBe(saved);
  });

  test('--dry-run shows what would be done, and does nothing', async () => {
    await spoil();
    const before = await backup();
    const { status, out } = await restore('-f', 'saved.jsonl', '--dry-run', '--overwrite', '--prune');
    expect(status).toBe(0);
    const rows = out.split('\n').map((line) => line.split(/\s+/).filter(Boolean));
    expect(rows[0]).toEqual(['KIND', 'CREATE', 'CHANGE', 'DELETE', 'LEAVE', 'SAME', 'MISSING']);
    expect(rows.find(([kind]) => kind === 'NetworkSet')).toEqual(['NetworkSet', ...'111000'.split('')]);
    expect(rows.find(([kind]) => kind === 'TOTAL')).toEqual(['TOTAL', ...'111040'.split('')]);
    expect(out).toContain('Change: NetworkSet(dev/a)\n');
    const { total, applied } = JSON.parse(
      (await restore('-f', 'saved.jsonl', '--dry-run', '-o', 'json', '--overwrite')).out,
    );
    expect(total).toEqual({ create: 1, change: 1, delete: 0, keep: 1, same: 4, missing: 0 });
    expect(applied).toBe(false);
    expect(await backup()).toBe(before);
  });

  test('reads standard input, and tells programs what it did', async () => {
    rmSync(join(at.folder, '.datastore'), { recursive: true });
    const { out } = await at.calicoctl(['datastore', 'restore', '-f', '-', '-o', 'json'], { stdin: saved });
    expect(JSON.parse(out)).toMatchObject({
      applied: true,
      written: 6,
      failed: 0,
      complete: true,
      errors: [],
    });
    expect(await backup()).toBe(saved);
  });

  test('keeps the datastore as locked as it is', async () => {
    await at.calicoctl(['datastore', 'migrate', 'lock', '--reason', 'a restore']);
    expect((await restore('-f', 'saved.jsonl')).out).toContain('6 were as in the backup already');
    await at.write('other.jsonl', '');
    expect((await at.calicoctl(['datastore', 'status'])).out).toContain('a restore');
  });

  test.each([
    [['-f', 'altered.jsonl'], 'altered between lines 1 and 8'],
    [['-f', 'cut.jsonl'], 'it was cut off'],
    [['-f', 'other.jsonl'], 'is of the etcdv3 datastore, and this is file'],
    [['-f', 'none.jsonl'], 'no such file'],
    [['-f', '.datastore'], 'is a folder'],
    [[], 'add -f FILE'],
    [['-f', 'saved.jsonl', '-o', 'wide'], 'use json or yaml'],
    [['-f', 'saved.jsonl', '-c', 'none.cfg'], 'none.cfg'],
  ])('%p is refused before anything is written', async (args, why) => {
    await at.write('altered.jsonl', saved.replace('10.1.0.0', '10.2.0.0'));
    await at.write('cut.jsonl', saved.slice(0, -100));
    await at.write('other.jsonl', saved.replace('"file"', '"etcdv3"'));
    rmSync(join(at.folder, '.datastore/networksets'), { recursive: true });
    const before = await backup();
    const { status, err } = await restore(...args);
    expect(status).toBe(1);
    expect(err).toContain(why);
    expect(await backup()).toBe(before);
  });
});
