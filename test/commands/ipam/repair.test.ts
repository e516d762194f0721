import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import { block, putHandle } from '../../ipam/repair/runs.ts';
import { put } from '../../operations/stores.ts';
import { ELSEWHERE } from '../fixture.ts';
import { type Workspace, workspace } from '../run.ts';

const CIDR = '10.0.0.0/30';
let space: Workspace;
beforeEach(async () => {
  space = await workspace();
  await space.calicoctl(['datastore', 'init']);
  const store = await openFileDatastore({ directory: join(space.folder, '.datastore') });
  await put(store, 'IPPool', 'pods', { cidr: '10.0.0.0/16', blockSize: 30 });
  await put(store, 'KubeControllersConfiguration', 'default', { controllers: { node: {} } });
  await put(store, 'Node', 'worker-1', {});
  const taken = { 1: { handle: 'a' }, 2: { handle: 'b', at: '' } };
  await put(store, 'IPAMBlock', CIDR, block(CIDR, taken));
  await put(store, 'BlockAffinity', `host/worker-1/${CIDR}`, {
    ...{ state: 'confirmed', node: 'worker-1', type: 'host', cidr: CIDR, deleted: false },
  });
  for (const id of ['a', 'b', 'none']) await putHandle(store, id, { [CIDR]: 1 });
  await store.close();
});
afterEach(() => space.remove());

const repair = (...words: readonly string[]) => space.calicoctl(['ipam', 'repair', ...words]);
const undoFiles = () => readdirSync(space.folder).filter((name) => name.startsWith('calicoctl-ipam-undo-'));
const UNKNOWN =
  '  address 10.0.0.2 (CAL3001): it is not known since when it has been taken: lock the datastore (--lock)\n';

describe('ipam repair', () => {
  test('shows the writes as diffs and changes nothing', async () => {
    const before = await space.calicoctl(['ipam', 'check']);
    const { status, out, err } = await repair('--dry-run', '--only=CAL3004');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toBe(`--- IPAMBlock(10.0.0.0/30) fence (now)
+++ IPAMBlock(10.0.0.0/30) fence (then)
@@ -19,7 +19,7 @@
       pod: pod-2
   cidr: 10.0.0.0/30
   deleted: false
-  sequenceNumber: 1800000000000000001
+  sequenceNumber: 1800000000000000002
   sequenceNumberForAllocation:
     "1": 1800000000000000000
     "2": 1800000000000000000
--- IPAMHandle(none) delete-handle (now)
+++ IPAMHandle(none) delete-handle (then)
@@ -1,9 +0,0 @@
-apiVersion: projectcalico.org/v3
-kind: IPAMHandle
-metadata:
-  name: none
-spec:
-  block:
-    10.0.0.0/30: 1
-  deleted: false
-  handleID: none
Would delete 1 handle.
`);
    expect(await space.calicoctl(['ipam', 'check'])).toEqual(before);
    expect(undoFiles()).toEqual([]);
  });

  test('mends what is safe, tells what is left, and puts it back', async () => {
    const { status, out, err } = await repair('--yes');
    const [file] = undoFiles();
    expect({ status, out, err }).toEqual({
      status: 1,
      out: `Released 1 address.\nDeleted 1 handle.\nLeft alone (1):\n${UNKNOWN}To undo: calicoctl ipam repair --undo ${file}\n`,
      err: '',
    });
    expect(await repair('--yes')).toEqual({ status: 1, out: `Left alone (1):\n${UNKNOWN}`, err: '' });
    expect(undoFiles()).toEqual([file!]);
    expect((await repair('--undo', file!, '--dry-run')).out).toEndWith(
      'Would put back (2):\n  IPAMHandle(none)\n  10.0.0.1\n',
    );
    expect(await repair('--undo', file!, '--yes')).toMatchObject({ status: 0, err: '' });
    expect(await repair('--undo', file!, '--yes')).toMatchObject({
      status: 0,
      out: 'Nothing to put back.\n',
    });
    expect((await space.calicoctl(['ipam', 'check'])).out).toContain('Check complete; found 3 problems.');
  });

  test('is told as a value', async () => {
    const { out } = await repair('--dry-run', '-o', 'json');
    const { writes, ...value } = JSON.parse(out);
    expect(value).toEqual({
      dryRun: true,
      counts: { done: 2, passed: 0, left: 1, failed: 0, untried: 0 },
      repairs: [
        {
          code: 'CAL3001',
          subject: { kind: 'address', name: '10.0.0.1' },
          write: 'release-address',
          verdict: 'done',
        },
        {
          code: 'CAL3001',
          subject: { kind: 'address', name: '10.0.0.2' },
          write: 'release-address',
          verdict: 'left',
          why: 'it is not known since when it has been taken: lock the datastore (--lock)',
        },
        {
          code: 'CAL3004',
          subject: { kind: 'handle', name: 'none' },
          write: 'delete-handle',
          verdict: 'done',
        },
      ],
    });
    expect(writes.map(({ object, for: purpose }: Record<string, string>) => `${purpose} ${object}`)).toEqual([
      `release-address IPAMBlock(${CIDR})`,
      'release-address IPAMHandle(a)',
      `fence IPAMBlock(${CIDR})`,
      'delete-handle IPAMHandle(none)',
    ]);
  });

  test('from a report mends only what leaks by it, and only under the lock', async () => {
    await space.calicoctl(['ipam', 'check', '-o', 'old.json']);
    expect((await repair('--yes', '--from-report=old.json')).err).toStartWith('data store is not locked.');
    await space.calicoctl(['datastore', 'migrate', 'lock']);
    expect((await repair('--yes', '--from-report=old.json')).err).toStartWith(
      'the provided reports are all stale',
    );
    await space.calicoctl(['ipam', 'check', '-o', 'new.json']);
    const words = ['--dry-run', '--from-report=old.json', '--from-report=new.json', '-o', 'json'];
    expect(JSON.parse((await repair(...words)).out).counts).toMatchObject({ done: 3, left: 0 });
    const report = JSON.parse(await space.read('new.json'));
    report.leakedHandles = [];
    report.allocations['10.0.0.2'][0].sequenceNumber = 5;
    await space.write('new.json', JSON.stringify(report));
    const { repairs } = JSON.parse((await repair(...words)).out);
    expect(repairs.map(({ subject }: { subject: { name: string } }) => subject.name)).toEqual(['10.0.0.1']);
  });

  test('asks, and does nothing where there is nobody to ask', async () => {
    const { status, out, err } = await repair();
    expect({ status, err }).toEqual({
      status: 1,
      err: 'nothing was changed: there is no terminal to ask for a yes on\n  Add --yes to make these changes, or --dry-run to only look at them.\n',
    });
    expect(out).toContain('Would release 1 address.');
    expect(undoFiles()).toEqual([]);
  });

  test('refuses words that do not go together', async () => {
    const refusals = [
      [['--only=CAL9'], "unknown finding 'CAL9' for --only"],
      [['--min-age=soon'], "--min-age 'soon' is not a duration such as 90s or 10m"],
      [['--yes', '--lock', '--from-report=x'], '--lock makes every report stale, since it is newer'],
      [['--force'], '--force is about reports: it goes with --from-report'],
      [['-o', 'json'], '-o is for programs, which cannot be asked: add --dry-run or --yes'],
      [['--undo=x', '--lock'], '--undo puts back what its file says: no other choice goes with it'],
    ] as const;
    for (const [words, message] of refusals) {
      const { status, err } = await repair(...words);
      expect({ status, err: err.split('\n')[0] }).toEqual({ status: 1, err: message });
    }
  });

  test('--config leads to another datastore', async () => {
    await space.write('elsewhere.cfg', ELSEWHERE);
    await space.calicoctl(['datastore', 'init', '-c', 'elsewhere.cfg']);
    const { status, out, err } = await repair('--dry-run', '--config', 'elsewhere.cfg');
    expect({ status, out, err }).toEqual({ status: 0, out: 'Nothing to mend.\n', err: '' });
  });

  test('--undo-file says where to note what was there', async () => {
    expect((await repair('--yes', '--undo-file', 'undo.jsonl')).out).toContain('undo.jsonl');
    expect(undoFiles()).toEqual([]);
    const [head] = (await space.read('undo.jsonl')).split('\n');
    expect(JSON.parse(head!)).toMatchObject({ cluster: expect.any(String) });
  });

  test('asks the cluster of --kubeconfig for services, and says where that fails', async () => {
    const store = await openFileDatastore({ directory: join(space.folder, '.datastore') });
    const controllers = await store.get({
      kind: await kindOf('KubeControllersConfiguration'),
      name: 'default',
    });
    const spec = { controllers: { loadBalancer: { assignIPs: 'AllServices' } } };
    await store.update(
      { kind: await kindOf('KubeControllersConfiguration'), name: 'default' },
      { ...controllers, spec },
    );
    await store.close();
    const { status, err } = await repair('--dry-run', '--kubeconfig', 'nowhere.kubeconfig');
    expect(status).toBe(1);
    expect(err).toContain('nowhere.kubeconfig');
  });
});
