import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { loadAll } from 'js-yaml';
import { isObject, parseJson, stringifyJson } from '../../src/core/json.ts';
import { etcdDatastore } from '../../src/datastore/etcdv3/store.ts';
import { openEtcd } from '../../src/datastore/etcdv3/wire/client.ts';
import { exportOf } from '../../src/migration/source.ts';
import { initialise } from '../../src/operations/initialise.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { type Run, type Workspace, workspace } from '../commands/run.ts';
import { namesOf, put } from '../operations/stores.ts';
import { type ApiServer, startApiServer } from '../testbed/api-server.ts';
import { type EtcdServer, startEtcd } from '../testbed/testbed.ts';
import { populate, population } from './population.ts';

/** A cluster goes round: etcd, Kubernetes, etcd, a folder; and an import whose server goes away. */

const cluster = population(300, { renamed: true });
let from: EtcdServer;
let victim: EtcdServer;
let server: ApiServer;
let place: Workspace;

const inEtcd = ({ url }: Pick<EtcdServer, 'url'>) => ({ DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: url });
const inKubernetes = (kubeconfig = server.kubeconfig) => ({
  DATASTORE_TYPE: 'kubernetes',
  KUBECONFIG: kubeconfig,
});
const inFolder = () => ({ DATASTORE_TYPE: 'file', CALICO_FILE_DIR: `${place.folder}/round` });
type Env = Record<string, string>;

beforeAll(async () => {
  [from, victim, server, place] = await Promise.all([
    startEtcd(),
    startEtcd({ durable: true }),
    startApiServer({ bare: true }),
    workspace(),
  ]);
  const client = openEtcd({ endpoints: [from.url] });
  const store = etcdDatastore(client);
  await initialise(store);
  await populate(store, cluster.resources);
  await put(store, 'Profile', 'shared', { egress: [{ action: 'Allow' }] });
  client.close();
  await run(['datastore', 'migrate', 'lock'], inEtcd(from));
}, 60_000);
afterAll(async () => {
  await Promise.all([from.stop(), victim.stop(), server.stop(), place.remove()]);
});

async function run(args: readonly string[], env: Env): Promise<Run> {
  const ended = await place.calicoctl(args, { env });
  expect({ args, status: ended.status, err: ended.status === 0 ? '' : ended.err }).toEqual({
    args,
    status: 0,
    err: '',
  });
  return ended;
}

async function post(plural: string, kind: string, name: string): Promise<number> {
  const { status } = await fetch(`${server.url}/api/v1/${plural}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'v1', kind, metadata: { name } }),
    tls: { ca: await Bun.file(server.ca).text() },
  });
  return status;
}

async function exported(to: string, env: Env): Promise<string> {
  return (await run(['datastore', 'migrate', 'export', '--to', to], env)).out;
}

const importing = (to: string, file: string) => ['datastore', 'migrate', 'import', '--to', to, '-f', file];

/** What an export says that does not depend on where it is from: text by object, and the addresses. */
function content(text: string): ReadonlyMap<string, string> {
  const [resources, information, addresses] = text.split('\n===\n');
  const found = new Map<string, string>();
  for (const { items } of loadAll(resources!).filter(isObject) as unknown as { items: Shown[] }[]) {
    for (const { kind, metadata, spec } of items) {
      const { orchRefs: _, addresses: __, ...rest } = spec;
      const body = kind === 'Node' ? { spec: rest } : { ...metadata, spec };
      found.set(`${kind} ${metadata.namespace ?? ''}/${metadata.name}`, JSON.stringify(body));
    }
  }
  const { spec } = parseJson(information!) as unknown as { spec: Record<string, unknown> };
  found.set('GUID', String(spec['clusterGUID']));
  for (const [section, entries] of Object.entries(parseJson(addresses!) as object))
    for (const entry of [entries].flat()) found.set(`${section} ${entry.Key}`, stringifyJson(entry.Value));
  return found;
}

interface Shown {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Record<string, unknown>;
}

interface Looked {
  readonly checks: readonly {
    readonly check: string;
    readonly verdict: string;
    readonly details: readonly string[];
  }[];
}

async function look(file: string, env: Env): Promise<Map<string, Looked['checks'][number]>> {
  const { out } = await place.calicoctl([...importing('kubernetes', file), '--dry-run', '-o', 'json'], {
    env,
  });
  return new Map((JSON.parse(out) as Looked).checks.map((check) => [check.check, check]));
}

describe('a cluster', () => {
  let wanted: ReadonlyMap<string, string>;

  test('is looked at before it moves to a Kubernetes that knows nothing of Calico', async () => {
    const text = await exported('kubernetes', inEtcd(from));
    wanted = content(text);
    await place.write('k.export', text);
    const found = await look('k.export', inKubernetes());
    expect(found.get('definitions')?.details).toHaveLength(22);
    expect(found.get('rights')).toMatchObject({ verdict: 'ok' });
    expect(found.get('empty')).toMatchObject({ verdict: 'ok' });
    expect(found.get('nodes')).toMatchObject({
      verdict: 'warning',
      details: { length: cluster.nodes.length },
    });
    expect(found.get('namespaces')).toMatchObject({ verdict: 'error' });
    const limited = await look('k.export', inKubernetes(server.limited.kubeconfig));
    expect(limited.get('rights')?.details).toContain(
      'may not create customresourcedefinitions.apiextensions.k8s.io',
    );
  }, 30_000);

  test('arrives there, and its nodes are called as Kubernetes calls them', async () => {
    for (const name of cluster.namespaces) expect(await post('namespaces', 'Namespace', name)).toBe(201);
    for (const { kubernetes } of cluster.nodes) expect(await post('nodes', 'Node', kubernetes)).toBe(201);
    const { out, err } = await run(importing('kubernetes', 'k.export'), inKubernetes());
    expect(out).toMatch(
      /^Datastore locked\.\nSuccessfully applied \d+ resource\(s\)\nImporting IPAM resources\n/,
    );
    expect(err).toContain('Verified: ');
    expect(content(await exported('kubernetes', inKubernetes()))).toEqual(wanted);
  }, 60_000);

  test('is exported from etcd as it was at one moment', async () => {
    const client = openEtcd({ endpoints: [from.url] });
    const store = etcdDatastore(client);
    const options = { to: 'etcdv3', everywhere: false, warn: () => undefined } as const;
    const { lists } = await exportOf(store, options);
    const kind = await kindOf('GlobalNetworkSet');
    await put(store, kind.kind, 'later', {});
    const pages = await Array.fromAsync(lists.find((list) => list.kind === kind)!.pages);
    await store.delete({ kind, name: 'later' });
    client.close();
    const names = pages.flatMap(({ items }) => items.map(({ metadata }) => metadata.name));
    expect([names.length > 0, names.includes('later')]).toEqual([true, false]);
  });

  test('is refused an export without a word of where to', async () => {
    const { status, err } = await place.calicoctl(['datastore', 'migrate', 'export'], {
      env: inKubernetes(),
    });
    expect({ status, err }).toMatchObject({ status: 1, err: expect.stringContaining('`--to etcdv3`') });
  });

  test('goes back to etcd, though that is killed in the midst, and on into a folder', async () => {
    const text = await exported('etcdv3', inKubernetes());
    await place.write('e.export', text);
    await killedAtWork();
    const { out, err } = await run(importing('etcdv3', 'e.export'), inEtcd(victim));
    expect(out).not.toContain('Datastore locked.');
    expect(err).toStartWith('Going on with an import of this file');
    const again = await exported('file', inEtcd(victim));
    expect(content(again)).toEqual(content(text));
    await place.write('f.export', again);
    await run(importing('file', 'f.export'), inFolder());
    expect(content(await exported('file', inFolder()))).toEqual(content(text));
  }, 90_000);

  test('is not mixed with another one', async () => {
    const { status, err } = await place.calicoctl(importing('etcdv3', 'k.export'), { env: inEtcd(victim) });
    expect({ status, err }).toMatchObject({
      status: 1,
      err: expect.stringContaining('found existing Calico'),
    });
  });
});

/** Begins an import and kills etcd while it writes; another file is then refused. */
async function killedAtWork(): Promise<void> {
  const env = inEtcd(victim);
  const running = place.calicoctl([...importing('etcdv3', 'e.export'), '--request-timeout', '500ms'], {
    env,
  });
  const client = openEtcd({ endpoints: [victim.url] });
  const store = etcdDatastore(client);
  while ((await namesOf(store, 'NetworkSet')).length === 0) await Bun.sleep(1);
  await victim.kill();
  client.close();
  const { status, err } = await running;
  expect({ status, err }).toMatchObject({
    status: 1,
    err: expect.stringContaining('run the import again with the same file'),
  });
  await victim.restart();
  const other = await place.calicoctl(importing('etcdv3', 'k.export'), { env });
  expect({ status: other.status, err: other.err }).toMatchObject({
    status: 1,
    err: expect.stringContaining(
      'an import of another file has begun in this datastore and not ended: it is locked by ',
    ),
  });
}
