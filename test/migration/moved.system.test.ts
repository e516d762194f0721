import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { parseJson } from '../../src/core/json.ts';
import { etcdDatastore } from '../../src/datastore/etcdv3/store.ts';
import { type EtcdClient, openEtcd } from '../../src/datastore/etcdv3/wire/client.ts';
import { initialise } from '../../src/operations/initialise.ts';
import { calicoctl, type Ended, type Folder, start, temporaryFolder } from '../faults/program.ts';
import { seeded } from '../fuzz/random.ts';
import { type ApiServer, startApiServer } from '../testbed/api-server.ts';
import { type EtcdServer, startEtcd } from '../testbed/testbed.ts';
import { populate, population } from './population.ts';

/** A cluster of five thousand objects moves from etcd to Kubernetes by an import that is killed a hundred times. */

const SIZE = 5000;
const KILLS = 100;
const SEED = 7;
/** So many writes are under way at a kill, about, and come on top. */
const UNDER_WAY = 20;

let etcd: EtcdServer;
let server: ApiServer;
let folder: Folder;
const cluster = population(SIZE, { renamed: true });
/** Nodes are there before; ClusterInformation and three tiers come on top. */
const ALL = cluster.resources.length - cluster.nodes.length + 4;
const fromEtcd = (): Record<string, string> => ({ DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: etcd.url });
const toKubernetes = (): Record<string, string> => ({
  DATASTORE_TYPE: 'kubernetes',
  KUBECONFIG: server.kubeconfig,
});

beforeAll(async () => {
  [etcd, server] = await Promise.all([startEtcd(), startApiServer({ watchCache: true })]);
  folder = temporaryFolder();
  const client = openEtcd({ endpoints: [etcd.url] });
  const store = etcdDatastore(client);
  await initialise(store);
  await populate(store, cluster.resources);
  client.close();
  const nodes = cluster.nodes.map(({ kubernetes }) => post('nodes', 'Node', kubernetes));
  await Promise.all([...nodes, ...cluster.namespaces.map((name) => post('namespaces', 'Namespace', name))]);
  await good(['datastore', 'migrate', 'lock'], fromEtcd());
}, 60_000);
afterAll(async () => {
  folder.remove();
  await Promise.all([etcd.stop(), server.stop()]);
});

async function post(plural: string, kind: string, name: string): Promise<void> {
  const { status } = await fetch(`${server.url}/api/v1/${plural}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'v1', kind, metadata: { name } }),
    tls: { ca: readFileSync(server.ca, 'utf8') },
  });
  expect(status).toBe(201);
}

async function good(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const ended = await calicoctl(args, env);
  expect({ status: ended.status, err: ended.err }).toEqual({ status: 0, err: expect.any(String) });
  return ended;
}

const importing = () => ['datastore', 'migrate', 'import', '-f', join(folder.path, 'export')];

describe('a cluster', () => {
  test(
    `of ${SIZE} objects arrives whole, though its import is killed ${KILLS} times`,
    async () => {
      const exported = await good(['datastore', 'migrate', 'export', '--to', 'kubernetes'], fromEtcd());
      writeFileSync(join(folder.path, 'export'), exported.out);
      const behind = openEtcd({ endpoints: [server.etcdUrl] });
      try {
        const reached = await killedAgainAndAgain(behind);
        const last = await good(importing(), toKubernetes());
        expect(last.out).toEndWith('Please refer to the datastore migration documentation for next steps.\n');
        // Kills came before anything was written, all along, and near the end.
        expect(reached[0]).toBe(0);
        for (let part = 0; part < 5; part++) {
          const [from, to] = [(part * SIZE) / 5, ((part + 1) * SIZE) / 5];
          expect(reached.filter((count) => count >= from && count <= to).length).toBeGreaterThan(3);
        }
        expect(await timesWritten(behind)).toEqual({
          once: cluster.resources.length - cluster.nodes.length + 3,
        });
      } finally {
        behind.close();
      }
      const again = await good(['datastore', 'migrate', 'export', '--to', 'kubernetes'], toKubernetes());
      expect(comparable(again.out)).toEqual(comparable(exported.out));
    },
    { timeout: 300_000 },
  );
});

/** Kills the import so many times; answers how many objects there were each time. */
async function killedAgainAndAgain(behind: EtcdClient): Promise<readonly number[]> {
  const random = seeded(SEED);
  const reached: number[] = [];
  while (reached.length < KILLS) {
    const before = await objectsIn(behind);
    const left = KILLS - reached.length;
    // Most kills come when so many more objects are there; some at a time, when it reads, looks or has just begun.
    const isTimed = reached.length < 3 || random.once(3) || ALL - before < 3 * UNDER_WAY;
    const share = (ALL - before) / (0.66 * left) - UNDER_WAY;
    const next = before + 1 + random.below(Math.max(1, 2 * share));
    const goal = isTimed ? Number.POSITIVE_INFINITY : Math.min(next, ALL - 2 * UNDER_WAY);
    const until = performance.now() + (isTimed ? random.below(300) : 60_000);
    const { child, ended } = start(importing(), toKubernetes());
    while (performance.now() < until && child.exitCode === null && (await objectsIn(behind)) < goal)
      await Bun.sleep(10);
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ status: undefined });
    reached.push(await objectsIn(behind));
  }
  return reached;
}

const REGISTRY = '/registry/crd.projectcalico.org/';

async function objectsIn(behind: EtcdClient): Promise<number> {
  return (await behind.range({ prefix: REGISTRY, countOnly: true })).count;
}

/** How many of Calico's objects were written how often; ClusterInformation, which says how far we are, apart. */
async function timesWritten(behind: EtcdClient): Promise<Record<string, number>> {
  const { kvs } = await behind.range({ prefix: REGISTRY });
  const counts: Record<string, number> = {};
  for (const { key, version } of kvs) {
    if (key.includes('/clusterinformations/')) continue;
    const times = version === 1n ? 'once' : String(version);
    counts[times] = (counts[times] ?? 0) + 1;
  }
  return counts;
}

interface Item {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Record<string, unknown>;
}

/** An export as a value, without what the two datastores say in their own words (docs/migration.md). */
function comparable(text: string): unknown {
  const [resources, information, addresses] = text.split('===\n') as [string, string, string];
  const lists = (loadAll(resources) as ({ readonly kind: string; readonly items: readonly Item[] } | null)[])
    .filter((list) => list !== null)
    .map(({ kind, items }) => [kind, items.map(withoutDatastore)] as const);
  const { metadata: _, spec } = parseJson(information) as unknown as Item;
  const { clusterType: __, ...identity } = spec;
  return { lists, identity, addresses: parseJson(addresses) };
}

/** Kubernetes says which addresses a node has. */
function withoutDatastore(item: Item): unknown {
  if (item.kind !== 'Node') return item;
  const { addresses: _, ...spec } = item.spec;
  return { ...item, spec };
}
