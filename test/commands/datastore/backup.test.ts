import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { emptyWords } from '../../../src/migration/backup/words.ts';
import { type Workspace, workspace } from '../run.ts';

let at: Workspace;
beforeEach(async () => {
  at = await workspace();
  await at.calicoctl(['datastore', 'init', '--yes']);
  await at.write('pool.yaml', POOL);
  await at.calicoctl(['apply', '-f', 'pool.yaml']);
});
afterEach(() => at.remove());

const POOL = `
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: main}
spec: {cidr: 10.0.0.0/16}
`;

test('nodes alone, which Kubernetes has by itself, are nothing of Calico', () => {
  const of = (...counts: readonly (readonly [string, number])[]) =>
    emptyWords({ counts: new Map(counts), objects: 1, sha256: '', unsteady: [] }).length;
  expect([of(), of(['Node', 3]), of(['IPPool', 1], ['Node', 3])]).toEqual([1, 1, 0]);
});

describe('datastore backup', () => {
  test('saves everything to a file for its owner alone, and says what it adds up to', async () => {
    const { status, out, err } = await at.calicoctl(['datastore', 'backup', '-o', 'a.jsonl']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const text = await at.read('a.jsonl');
    const lines = text.trimEnd().split('\n');
    expect(lines[0]).toStartWith('{"backup":{"version":1,"datastore":"file","kinds":["BGPConfiguration",');
    expect(lines.slice(1, -1).map((line) => JSON.parse(line).kind)).toEqual([
      ...['ClusterInformation', 'IPPool', 'Tier', 'Tier', 'Tier'],
    ]);
    const sha256 = createHash('sha256')
      .update(`${lines.slice(0, -1).join('\n')}\n`)
      .digest('hex');
    expect(JSON.parse(lines.at(-1)!)).toEqual({
      end: { objects: { ClusterInformation: 1, IPPool: 1, Tier: 3 }, sha256 },
    });
    expect(out).toBe(
      `5 objects saved to a.jsonl (ClusterInformation 1, IPPool 1, Tier 3)\nSHA-256 ${sha256}\n`,
    );
    expect(statSync(join(at.folder, 'a.jsonl')).mode & 0o777).toBe(0o600);
    expect(readdirSync(at.folder).sort()).toEqual(['.datastore', 'a.jsonl', 'pool.yaml']);
  });

  test('is the same on standard output, packed, under the lock, and in a file named after the time', async () => {
    const { out, err } = await at.calicoctl(['datastore', 'backup', '-o', '-']);
    expect(err).toStartWith('5 objects saved to standard output');
    await at.calicoctl(['datastore', 'backup', '-o', 'a.gz', '--lock']);
    expect(gunzipSync(readFileSync(join(at.folder, 'a.gz'))).toString()).toBe(out);
    await at.calicoctl(['datastore', 'backup']);
    const name = readdirSync(at.folder).find((each) => /^calico-backup-\d{8}T\d{6}Z\.jsonl$/.test(each));
    expect(await at.read(name!)).toBe(out);
    expect((await at.calicoctl(['datastore', 'status'])).out).toContain('State:            ready');
  });

  test('does not have the lock, and leaves that of somebody else', async () => {
    const { out } = await at.calicoctl(['datastore', 'backup', '-o', '-']);
    await at.calicoctl(['datastore', 'migrate', 'lock', '--reason', 'an upgrade']);
    expect((await at.calicoctl(['datastore', 'backup', '-o', '-', '--lock'])).out).toBe(out);
    expect((await at.calicoctl(['datastore', 'status'])).out).toContain('an upgrade');
  });

  test('takes nothing but whole: what cannot be read fails it, and the lock goes all the same', async () => {
    await at.write('old.jsonl', 'before');
    await at.write('.datastore/ippools/bad.yaml', '{');
    const { status, err } = await at.calicoctl(['datastore', 'backup', '-o', 'old.jsonl', '--lock']);
    expect(status).toBe(1);
    expect(err).toContain('bad.yaml cannot be read');
    expect(await at.read('old.jsonl')).toBe('before');
    expect(readdirSync(at.folder).sort()).toEqual(['.datastore', 'old.jsonl', 'pool.yaml']);
    expect((await at.calicoctl(['datastore', 'status'])).out).toContain('State:            ready');
  });

  test.each([
    ['no/such/folder.jsonl', 'there is no such folder'],
    ['pool.yaml/a.jsonl', 'there is no such folder'],
    ['folder', 'it is a folder'],
    ['pipe', 'it is no regular file'],
    ['to-pipe', 'it is no regular file'],
  ])('cannot be written to %s, and says why before it locks', async (name, why) => {
    mkdirSync(join(at.folder, 'folder'));
    execFileSync('mkfifo', [join(at.folder, 'pipe')]);
    symlinkSync('pipe', join(at.folder, 'to-pipe'));
    // What reading would fail with.
    await at.write('.datastore/ippools/bad.yaml', '{');
    const { status, err } = await at.calicoctl(['datastore', 'backup', '-o', name, '--lock']);
    expect(status).toBe(1);
    expect(err).toContain(`the backup ${name} cannot be written: ${why}`);
    expect(lstatSync(join(at.folder, 'pipe')).isFIFO()).toBeTrue();
    expect(readdirSync(at.folder).sort()).toEqual(['.datastore', 'folder', 'pipe', 'pool.yaml', 'to-pipe']);
  });

  test('goes where a link leads, and the link stays', async () => {
    mkdirSync(join(at.folder, 'elsewhere'));
    await at.write('elsewhere/b.jsonl', 'before');
    symlinkSync('elsewhere/b.jsonl', join(at.folder, 'link.jsonl'));
    const { out } = await at.calicoctl(['datastore', 'backup', '-o', '-']);
    expect((await at.calicoctl(['datastore', 'backup', '-o', 'link.jsonl'])).status).toBe(0);
    expect(lstatSync(join(at.folder, 'link.jsonl')).isSymbolicLink()).toBeTrue();
    expect(await at.read('elsewhere/b.jsonl')).toBe(out);
    expect(readdirSync(join(at.folder, 'elsewhere'))).toEqual(['b.jsonl']);
  });

  test('warns where there was nothing to save, and makes nothing there to lock it', async () => {
    rmSync(join(at.folder, '.datastore'), { recursive: true });
    const { status, err } = await at.calicoctl(['datastore', 'backup', '-o', 'a.jsonl', '--lock']);
    expect(status).toBe(0);
    expect(err).toContain('the backup is empty: the datastore holds nothing of Calico');
    expect(existsSync(join(at.folder, '.datastore/clusterinformations'))).toBeFalse();
    expect((await at.read('a.jsonl')).split('\n')).toHaveLength(3);
  });

  test('goes by the configuration that is named', async () => {
    const spec = { datastoreType: 'file', fileDir: 'empty' };
    const config = { apiVersion: 'projectcalico.org/v3', kind: 'CalicoAPIConfig', metadata: {}, spec };
    await at.write('other.cfg', JSON.stringify(config));
    const { out } = await at.calicoctl(['datastore', 'backup', '-o', '-', '-c', 'other.cfg'], {
      env: { DATASTORE_TYPE: undefined, CALICO_FILE_DIR: undefined },
    });
    expect(out.split('\n')).toHaveLength(3);
  });
});
