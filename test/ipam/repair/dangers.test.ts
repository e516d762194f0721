import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { CalicoctlError } from '../../../src/core/errors.ts';
import type { Datastore } from '../../../src/datastore/datastore.ts';
import type { Fix } from '../../../src/ipam/finding.ts';
import endpoints from '../../../src/ipam/findings/endpoints.ts';
import { type Once, repairOnce } from '../../../src/ipam/repair/once.ts';
import { undoWrites } from '../../../src/ipam/repair/undo.ts';
import { usesIn } from '../../../src/ipam/repair/uses.ts';
import { type Folder, temporaryFolder } from '../../faults/program.ts';
import { fileStore, interrupted, type OpenStore, put, ref, specOf } from '../../operations/stores.ts';
import { memoryStore } from '../memory-store.ts';
import { block, putAffinity, putHandle, type Ran, releaseOf, run, told, versionOf } from './runs.ts';

/** What goes on in a cluster while it is mended, and must not be hurt by that. */

const CIDR = '10.0.0.0/30';
let open: OpenStore;
let store: Datastore;
let folder: Folder;
beforeEach(async () => {
  open = await fileStore();
  store = open.store;
  folder = temporaryFolder();
});
afterEach(async () => {
  await open.stop();
  folder.remove();
});

describe('blocks of a living node', () => {
  const fix: Fix = { write: 'release-affinity', owner: 'host:worker-1', block: CIDR };
  const affinity = () => specOf(store, 'BlockAffinity', `host/worker-1/${CIDR}`);

  test('stay with it while they are in use, though it began to give them up', async () => {
    await open.node('worker-1');
    await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'live' } }));
    await putAffinity(store, 'worker-1', CIDR, 'pendingDeletion');
    const { verdicts, writes } = await run(store, [fix]);
    expect({ verdicts, writes }).toEqual({
      verdicts: [{ is: 'passed', why: 'it has addresses in use now' }],
      writes: [],
    });
  });

  test('go where giving them up was begun and they are empty, or were never made', async () => {
    await open.node('worker-1');
    await put(store, 'IPPool', 'pods', { cidr: '10.0.0.0/16', blockSize: 30 });
    await put(store, 'IPAMBlock', CIDR, block(CIDR, {}));
    await putAffinity(store, 'worker-1', CIDR, 'pendingDeletion');
    expect((await run(store, [fix])).verdicts).toEqual([{ is: 'done' }]);
    expect([await affinity(), await specOf(store, 'IPAMBlock', CIDR)]).toEqual([undefined, undefined]);
  });

  test('are claimed in peace: an interruption while it waits deletes no claim', async () => {
    const { metadata } = await putAffinity(store, 'worker-1', CIDR, 'pending');
    const claim: Fix = {
      write: 'delete-affinity',
      affinity: metadata.name,
      version: metadata.resourceVersion!,
    };
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    const { verdicts } = await run(store, [claim], { settle: 60_000, signal: stop.signal });
    expect(verdicts).toEqual([{ is: 'untried' }]);
    expect((await affinity())!['state']).toBe('pending');
  });
});

describe('putting back', () => {
  const undo = ({ writes }: Ran) =>
    undoWrites(
      store,
      writes.map((write, number) => ({ ...write, number })),
      {
        noteUndone: async () => {},
        witness: async () => async () => {},
        signal: new AbortController().signal,
      },
    );
  const left = (subject: string, why: string) => [{ subject, verdict: 'left' as const, why }];

  test('makes no block over those that a pool was cut into since', async () => {
    await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'a' } }, { affinity: null }));
    const ran = await run(store, [releaseOf('10.0.0.1', CIDR, 'a')]);
    expect(told(ran)).toEqual([`delete IPAMBlock(${CIDR})`]);
    await put(store, 'IPAMBlock', '10.0.0.0/29', block('10.0.0.0/29', {}));
    expect(await undo(ran)).toEqual(left('10.0.0.1', 'its addresses are in block 10.0.0.0/29 by now'));
    await store.delete(await ref('IPAMBlock', '10.0.0.0/29'));
    expect(await undo(ran)).toEqual([{ subject: '10.0.0.1', verdict: 'put back' }]);
  });

  test('brings nobody back but whom it released', async () => {
    await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'a' }, 2: { handle: 'ended' } }));
    const ran = await run(store, [releaseOf('10.0.0.1', CIDR, 'a')]);
    await store.delete(await ref('IPAMBlock', CIDR));
    expect(await undo(ran)).toEqual(left('10.0.0.1', `block ${CIDR} is gone since`));
    expect(await specOf(store, 'IPAMBlock', CIDR)).toBeUndefined();
  });

  test('makes no empty block over others', async () => {
    await put(store, 'IPAMBlock', CIDR, block(CIDR, {}, { affinity: null }));
    const version = await versionOf(store, 'IPAMBlock', CIDR);
    const ran = await run(store, [{ write: 'delete-block', block: CIDR, version }]);
    await put(store, 'IPAMBlock', '10.0.0.2/31', block('10.0.0.2/31', {}));
    expect(await undo(ran)).toEqual(
      left(`IPAMBlock(${CIDR})`, 'its addresses are in block 10.0.0.2/31 by now'),
    );
  });
});

describe('who uses addresses', () => {
  const pod = (name: string, status: object, annotations = {}, spec: object = {}, metadata: object = {}) => ({
    name,
    spec: { nodeName: 'worker-1', ...spec },
    metadata: { annotations, ...metadata },
    status,
  });

  test('is said by pods themselves too, wherever it was noted', async () => {
    const kube = memoryStore('kubernetes');
    const v6 = { 'cni.projectcalico.org/podIPs': '10.0.0.1/32,fd00::1/128' };
    const networks = { 'k8s.v1.cni.cncf.io/network-status': '[{"ips":["10.0.0.2"]},{"name":"none"},null]' };
    const pods = [
      pod('dual', { phase: 'Running', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }] }, v6),
      pod('multus', { phase: 'Running', podIP: '10.9.9.9' }, networks),
      pod('spoilt', { podIP: '10.0.0.3' }, { 'k8s.v1.cni.cncf.io/network-status': '{' }),
      pod('over', { phase: 'Succeeded', podIP: '10.0.0.4' }),
      pod(
        'leaving',
        { podIP: '10.0.0.5' },
        { 'cni.projectcalico.org/podIP': '' },
        {},
        { deletionTimestamp: 'x' },
      ),
      pod('host', { podIP: '10.0.0.6' }, {}, { hostNetwork: true }),
      pod('starting', { phase: 'Pending' }),
      pod('waiting', { phase: 'Pending' }, {}, { nodeName: '' }),
    ];
    const list = kube.list;
    const withPods: Datastore = {
      ...kube,
      async *list(query) {
        if (query.kind.kind !== 'Pod') return yield* list(query);
        const items = pods.map(({ name, metadata, ...rest }) => ({
          ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name, ...metadata } },
          ...(rest as { spec: never; status: never }),
        }));
        yield { items, version: '1', corrupt: [] };
      },
    };
    const asked = ['10.0.0.1', 'fd00::1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6'];
    const { owners, starting } = await usesIn(withPods, undefined)(new Set(asked));
    expect(Object.fromEntries(owners)).toEqual({
      '10.0.0.1': 'Pod(shop/dual)',
      'fd00::1': 'Pod(shop/dual)',
      '10.0.0.2': 'Pod(shop/multus)',
      '10.0.0.3': 'Pod(shop/spoilt)',
    });
    expect([...starting]).toEqual(['Pod(shop/starting)']);
  });

  test('a pod that nobody knows an address of yet keeps its own', async () => {
    const more = { namespace: 'shop' };
    await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'a', more }, 2: { handle: 'b', more } }));
    const uses = async () => ({
      owners: new Map(),
      nodes: new Set<string>(),
      starting: new Set(['Pod(shop/pod-1)']),
    });
    const fixes = [releaseOf('10.0.0.1', CIDR, 'a'), releaseOf('10.0.0.2', CIDR, 'b')];
    const { verdicts } = await run(store, fixes, { uses });
    expect(verdicts).toEqual([
      { is: 'passed', why: 'Pod(shop/pod-1) is there and shows no address yet' },
      { is: 'done' },
    ]);
  });

  test('a service that has no address yet keeps the one that it was given', async () => {
    const more = { namespace: 'shop', type: 'LoadBalancer', service: 'web' };
    await put(store, 'IPAMBlock', CIDR, block(CIDR, { 1: { handle: 'lb', more } }));
    const kube = memoryStore();
    kube.put('Service', 'web', { type: 'LoadBalancer' }, 'shop');
    kube.put('Service', 'inner', { type: 'ClusterIP' }, 'shop');
    const uses = usesIn(kube, async () => kube);
    expect([...(await uses(new Set())).starting]).toEqual(['Service(shop/web)']);
    const unseen = { services: false, machines: true };
    const { verdicts } = await run(store, [releaseOf('10.0.0.1', CIDR, 'lb')], { uses, unseen });
    expect(verdicts).toEqual([{ is: 'passed', why: 'Service(shop/web) is there and shows no address yet' }]);
  });

  test.each(['Node', 'WorkloadEndpoint'])('is not known where a %s cannot be read', async (kind) => {
    const spoilt = memoryStore();
    spoilt.spoil(kind, { entry: `${kind}(x)`, reason: 'not JSON' });
    await expect(usesIn(spoilt, undefined)(new Set(['10.0.0.1']))).rejects.toThrow(
      `${kind}(x) cannot be read and may use any address: not JSON`,
    );
  });
});

test('endpoints of OpenStack, whose hosts are no nodes, are left alone', async () => {
  const name = 'host--1-openstack-vm-tap1';
  const endpoint = { orchestrator: 'openstack', workload: 'vm', node: 'host-1', endpoint: 'tap1' };
  const { metadata } = await put(store, 'WorkloadEndpoint', name, endpoint, 'default');
  const version = metadata.resourceVersion!;
  const { verdicts } = await run(store, [{ write: 'delete-endpoint', namespace: 'default', name, version }]);
  expect(verdicts).toEqual([{ is: 'left', why: 'hosts of OpenStack are no nodes of Calico' }]);
  const survey = { nodes: new Map(), endpoints: { byNode: new Map([['host-1', 1]]), repeated: new Set() } };
  expect(await Array.fromAsync(endpoints(survey as never, store))).toEqual([]);
});

test('handles are not gone on with once the datastore is out of reach', async () => {
  const fixes: Fix[] = [];
  for (const [at, handle] of ['a', 'b'].entries()) {
    const cidr = `10.0.0.${4 * at}/30`;
    await put(store, 'IPAMBlock', cidr, block(cidr, {}));
    const { metadata } = await putHandle(store, handle, { [cidr]: 1 });
    fixes.push({ write: 'delete-handle', handle, version: metadata.resourceVersion! });
  }
  fixes.push({ write: 'delete-block', block: CIDR, version: 'x' });
  let asked = 0;
  const lost = interrupted(store, 'get', async (_call, { kind }) => {
    if (kind.kind !== 'IPAMBlock') return;
    asked++;
    throw new CalicoctlError('unavailable', 'nobody answers');
  });
  const { verdicts } = await run(lost, fixes);
  expect(verdicts.map(({ is }) => is)).toEqual(['failed', 'failed', 'untried']);
  expect(asked).toBeLessThanOrEqual(2);
});

describe('a whole run', () => {
  const once = (lasting: Datastore, more: Partial<Once> = {}): Once => ({
    ...{ store, lasting, services: undefined, signal: new AbortController().signal, format: 'json' },
    ...{
      dryRun: false,
      minAge: 0,
      only: new Set(),
      reports: [],
      force: false,
      name: 'undo',
      path: join(folder.path, 'undo'),
    },
    open: () => {
      throw new Error('there is no report');
    },
    agree: async () => {},
    warn: () => {},
    progress: () => ({ at() {}, end() {} }),
    ...more,
  });
  const outcomeOf = ({ result }: Awaited<ReturnType<typeof repairOnce>>) =>
    (result as never as { results: [{ value: { repairs: { why: string }[]; counts: object } }] }).results[0]
      .value;

  beforeEach(async () => {
    const cluster = { clusterGUID: 'guid', datastoreReady: true };
    await put(store, 'ClusterInformation', 'default', cluster);
    await put(store, 'IPPool', 'pods', { cidr: '10.0.0.0/16', blockSize: 30 });
    await put(store, 'KubeControllersConfiguration', 'default', { controllers: { node: {} } });
  });

  test('frees nothing of services where nobody can be asked for services, whatever the settings say', async () => {
    const more = { service: 'web', namespace: 'shop', type: 'LoadBalancer' };
    await put(
      store,
      'IPAMBlock',
      CIDR,
      block(CIDR, { 1: { handle: 'lb', more } }, { affinity: 'virtual:load-balancer' }),
    );
    await putHandle(store, 'lb', { [CIDR]: 1 });
    const { repairs } = outcomeOf(await repairOnce(once(store, { only: new Set(['CAL3001']) })));
    expect(repairs.map(({ why }) => why)).toEqual([
      'it was given to a service, and it is not known which services there are',
    ]);
    expect((await specOf(store, 'IPAMBlock', CIDR))!['allocations']).toEqual([null, 0, null, null]);
  });

  test('tells what it did though the datastore cannot be unlocked', async () => {
    await putHandle(store, 'none', { [CIDR]: 1 });
    const lost = interrupted(store, 'get', async (_call, { kind, name }) => {
      const isOver = (await specOf(store, 'IPAMHandle', 'none')) === undefined;
      if (isOver && kind.kind === 'ClusterInformation' && name === 'default')
        throw new CalicoctlError('unavailable', 'nobody answers');
    });
    const note = (purpose: string) => ({ holder: 'ada@laptop', since: '2026-01-01T00:00:00Z', purpose });
    const outcome = await repairOnce(once(lost, { note }));
    expect(outcome.failure?.message).toBe('the datastore could not be unlocked: nobody answers');
    expect(outcomeOf(outcome).counts).toMatchObject({ done: 1, failed: 0 });
  });
});
