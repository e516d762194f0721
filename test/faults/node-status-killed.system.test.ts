import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { openFileDatastore } from '../../src/datastore/file/open.ts';
import type { Resource } from '../../src/resources/kind.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { startAgent } from '../node/everywhere/agent.ts';
import { ADDRESSES, fromMesh } from '../node/everywhere/mesh.ts';
import { type OpenStore, put } from '../operations/stores.ts';
import { calicoctl, type Env, type Folder, start, temporaryFolder } from './program.ts';

/** What becomes of the objects that `node status --all` makes for its question when it is ended early. */

let folder: Folder;
let store: Datastore;
let env: Env;

beforeAll(async () => {
  folder = temporaryFolder();
  const directory = `${folder.path}/store`;
  env = { DATASTORE_TYPE: 'file', CALICO_FILE_DIR: directory };
  store = await openFileDatastore({ directory });
  for (const [name, address] of Object.entries(ADDRESSES))
    await put(store, 'Node', name, { bgp: { ipv4Address: `${address}/24` } });
});

afterEach(async () => {
  const kind = await kindOf('CalicoNodeStatus');
  for (const { metadata } of await statuses()) await store.delete({ kind, name: metadata.name });
});

afterAll(async () => {
  await store.close();
  folder.remove();
});

async function statuses(): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  for await (const { items } of store.list({ kind: await kindOf('CalicoNodeStatus') })) found.push(...items);
  return found;
}

async function untilMade(count: number): Promise<void> {
  for (const end = Date.now() + 20_000; (await statuses()).length < count; await Bun.sleep(20))
    if (Date.now() > end) throw new Error('the objects were never made');
}

const QUESTION = ['node', 'status', '--all', '--yes', '--wait', '60s'] as const;

describe('node status --all', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('removes what it made when %s ends it', async (signal) => {
    const { child, ended } = start(QUESTION, env);
    await untilMade(3);
    child.kill(signal);
    const { status, err, milliseconds } = await ended;
    expect({ status, err }).toEqual({ status: 130, err: 'interrupted: the nodes are asked no longer\n' });
    expect(milliseconds).toBeLessThan(20_000);
    expect(await statuses()).toEqual([]);
  });

  test('a run removes what one that was killed left, once its time is over', async () => {
    const { child, ended } = start(QUESTION, env);
    await untilMade(3);
    child.kill('SIGKILL');
    await ended;
    const left = await statuses();
    expect(left).toHaveLength(3);
    const open: OpenStore = { store, node: async () => undefined, stop: async () => undefined };
    const agent = await startAgent(open, fromMesh);
    // It may still be at work as far as anybody can see.
    expect((await calicoctl(QUESTION, env)).err).toBe('');
    expect((await statuses()).length).toBe(3);
    await outdate(left);
    const { status, err } = await calicoctl(QUESTION, env);
    expect({ status, err }).toEqual({
      status: 0,
      err: 'Removed 3 CalicoNodeStatus that a killed run had left behind.\n',
    });
    expect(await statuses()).toEqual([]);
    await agent.stop();
  });
});

/** As if they had been made ten minutes ago. */
async function outdate(left: readonly Resource[]): Promise<void> {
  const kind = await kindOf('CalicoNodeStatus');
  const expires = new Date(Date.now() - 600_000).toISOString();
  for (const { metadata } of left) {
    const stored = await store.get({ kind, name: metadata.name });
    const annotations = { ...stored.metadata.annotations, 'calicoctl.projectcalico.org/expires': expires };
    await store.update(
      { kind, name: metadata.name },
      { ...stored, metadata: { ...stored.metadata, annotations } },
    );
  }
}
