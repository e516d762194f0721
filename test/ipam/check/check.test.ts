import { describe, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findKnown } from '../../../src/ipam/check/find.ts';
import { checkStream } from '../../../src/ipam/check/stream.ts';
import type { CheckOptions } from '../../../src/ipam/check/text.ts';
import { openSurvey, readSurvey } from '../../../src/ipam/survey/read.ts';
import { type MemoryStore, memoryStore } from '../memory-store.ts';
import { block, endpointOf, lines, makeWorld, pod, tunnel, WORLD_TEXT } from './world.ts';

async function world(): Promise<MemoryStore> {
  const store = memoryStore();
  const node = (name: string, { vxlan, vxlanV6 }: Readonly<Record<string, string>>) =>
    store.put('Node', name, { ipv4VXLANTunnelAddr: vxlan, ipv6VXLANTunnelAddr: vxlanV6 });
  await makeWorld(store.put, node, (...given) =>
    store.put('WorkloadEndpoint', ...endpointOf(...given), 'shop'),
  );
  return store;
}

/** A cluster where all is well. */
function sound(): MemoryStore {
  const store = memoryStore();
  store.put('ClusterInformation', 'default', { clusterGUID: 'guid', datastoreReady: false });
  store.put('KubeControllersConfiguration', 'default', { controllers: { node: {} } });
  store.put('IPPool', 'pods', { cidr: '10.0.0.0/24', blockSize: 29 });
  store.put('IPAMBlock', '10.0.0.0/29', block('10.0.0.0/29', 'host:n1', 8, { 0: pod('web', 'n1') }));
  store.put('IPAMHandle', 'k8s-pod-network.web', { block: { '10.0.0.0/29': 1 } });
  store.put('WorkloadEndpoint', ...endpointOf('web', 'n1', '10.0.0.0'), 'shop');
  store.put('Node', 'n1', {});
  return store;
}

async function check(store: MemoryStore, options: Partial<CheckOptions> = {}, failOnProblems = false) {
  let remarks = '';
  const given = { showAll: false, showProblems: false, ...options };
  const { chunks, status } = checkStream(store, given, {
    failOnProblems,
    remark: (text) => {
      remarks += text;
    },
    clear: () => undefined,
  });
  const out = (await Array.fromAsync(chunks)).join('');
  return { out, remarks, status: status?.() ?? 0 };
}

const codes = async (store: MemoryStore) => {
  const findings = await Array.fromAsync(findKnown(store, await readSurvey(store)));
  return findings.map(({ code, subject }) => `${code} ${subject.name}`);
};

describe('the text of a check', () => {
  test('has the words of the reference for every class of problems', async () => {
    const { out, status } = await check(await world(), { showProblems: true });
    expect(lines(out)).toEqual(lines(WORLD_TEXT));
    expect(status).toBe(0);
  });

  test('names no addresses unless asked to', async () => {
    const { out } = await check(await world());
    expect(out).toContain('Found 1 IPs that are allocated in IPAM but not actually in use.\n');
    expect(out).not.toContain('10.0.0.1 leaked');
    expect(out).not.toContain('multiple owners');
  });

  test('names everything where all is asked for', async () => {
    const { out } = await check(await world(), { showAll: true });
    for (const line of [
      '  10.0.0.8 belongs to Reserved for Windows\n',
      '  10.0.0.8 allocated; attrs Main:windows-reserved-ipam-handle Extra:note=windows host rsvd\n',
      '  10.0.0.3 allocated; attrs Main:<none> Extra:\n',
      '  fd00::1 belongs to Node(n1)\n',
      '  10.0.0.4 belongs to Workload(shop/n2-k8s-twin-eth0)\n',
      "  stale doesn't have any active IPs.\n",
    ])
      expect(out).toContain(line);
  });

  test('fails only where asked to, and only for problems', async () => {
    expect((await check(await world(), {}, true)).status).toBe(1);
    expect((await check(sound(), {}, true)).status).toBe(0);
  });

  test('an address with several users is told beside it', async () => {
    const { remarks } = await check(await world());
    expect(remarks).toContain('CAL3007 error: 10.0.0.4 is used by several: ');
  });

  test('a datastore that was never initialised is an error', async () => {
    expect(check(memoryStore())).rejects.toThrow('ClusterInformation');
  });

  test('what failed is said with what it was for', async () => {
    const store = sound();
    store.beforeList('IPAMBlock', 1, () => {
      throw new Error('no');
    });
    expect(check(store)).rejects.toThrow('no');
    const endpoints = sound();
    endpoints.put('WorkloadEndpoint', ...endpointOf('odd', 'n1', 'somewhere'), 'shop');
    expect(check(endpoints)).rejects.toThrow(
      'failed to parse IP (somewhere/32) of workload shop/n1-k8s-odd-eth0',
    );
  });
});

describe('findings', () => {
  test('of the reference’s classes', async () => {
    expect(await codes(await world())).toEqual([
      'CAL3001 10.0.0.1',
      'CAL3002 10.1.0.9',
      'CAL3003 10.0.0.33',
      'CAL3004 stale',
      'CAL3005 k8s-pod-network.cart',
      'CAL3006 10.0.0.24/29',
      'CAL3007 10.0.0.4',
    ]);
  });

  test('say what mends them, with what must still hold', async () => {
    const store = await world();
    const found = await Array.fromAsync(findKnown(store, await readSurvey(store)));
    expect(found.flatMap(({ fix }) => fix ?? [])).toEqual([
      {
        write: 'release-address',
        address: '10.0.0.1',
        block: '10.0.0.0/29',
        handle: 'k8s-pod-network.gone',
        sequenceNumber: 1_777_888_800_000_000_001n,
      },
      { write: 'delete-handle', handle: 'stale', version: expect.any(String) },
      { write: 'set-handle', handle: 'k8s-pod-network.cart', blocks: { '10.0.0.16/29': 1 } },
    ]);
    expect(found[0]).toMatchObject({ since: '2026-05-04T10:00:00Z', owner: 'Pod(shop/gone)' });
  });

  test('of a sound cluster are none', async () => {
    expect(await codes(sound())).toEqual([]);
  });
});

describe('a cluster that lives', () => {
  const other = () => block('10.0.0.0/29', 'host:n1', 8, { 0: pod('web', 'n1'), 1: pod('new', 'n1') });

  test('an address given back in the meantime has not leaked', async () => {
    const store = sound();
    store.put('IPAMBlock', '10.0.0.0/29', other());
    store.put('IPAMHandle', 'k8s-pod-network.new', { block: { '10.0.0.0/29': 1 } });
    expect(await codes(store)).toEqual(['CAL3001 10.0.0.1']);
    const again = sound();
    again.put('IPAMBlock', '10.0.0.0/29', other());
    again.beforeList('WorkloadEndpoint', 1, () =>
      again.put('IPAMBlock', '10.0.0.0/29', block('10.0.0.0/29', 'host:n1', 8, { 0: pod('web', 'n1') })),
    );
    expect((await codes(again)).filter((code) => code.startsWith('CAL3001'))).toEqual([]);
  });

  test('nor one that was given to somebody else in the meantime', async () => {
    const store = sound();
    store.put('IPAMBlock', '10.0.0.0/29', other());
    store.put('IPAMHandle', 'k8s-pod-network.new', { block: { '10.0.0.0/29': 1 } });
    store.beforeList('WorkloadEndpoint', 1, () => {
      const spec = other();
      const taken = { ...(spec['sequenceNumberForAllocation'] as object), 1: 1_777_888_800_000_000_070n };
      const sequenceNumber = 1_777_888_800_000_000_071n;
      store.put('IPAMBlock', '10.0.0.0/29', { ...spec, sequenceNumber, sequenceNumberForAllocation: taken });
    });
    expect((await codes(store)).filter((code) => code.startsWith('CAL3001'))).toEqual([]);
  });

  test('an address taken in the meantime is allocated, and so is its handle', async () => {
    const store = sound();
    store.put('IPAMBlock', '10.0.0.8/29', block('10.0.0.8/29', 'host:n1', 8, {}));
    store.beforeList('WorkloadEndpoint', 1, () => {
      store.put('WorkloadEndpoint', ...endpointOf('new', 'n1', '10.0.0.8'), 'shop');
      store.put('IPAMHandle', 'k8s-pod-network.new', { block: { '10.0.0.8/29': 1 } });
      const spec = block('10.0.0.8/29', 'host:n1', 8, { 0: pod('new', 'n1') });
      const taken = { 0: 1_777_888_800_000_000_064n };
      store.put('IPAMBlock', '10.0.0.8/29', { ...spec, sequenceNumberForAllocation: taken });
    });
    expect(await codes(store)).toEqual([]);
  });

  test('an endpoint that went in the meantime uses nothing', async () => {
    const store = sound();
    store.put('WorkloadEndpoint', ...endpointOf('old', 'n1', '10.0.0.5'), 'shop');
    store.beforeList('IPAMHandle', 1, () => store.drop('WorkloadEndpoint', 'shop/n1-k8s-old-eth0'));
    expect(await codes(store)).toEqual([]);
  });

  test('a pod that is starting has no leak, and is told of', async () => {
    const store = sound();
    const starting = pod('starting', 'n1');
    const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
    const owned = { ...starting, secondary: { ...starting.secondary, timestamp } };
    store.put('IPAMBlock', '10.0.0.8/29', block('10.0.0.8/29', 'host:n1', 8, { 0: owned }));
    store.put('IPAMHandle', 'k8s-pod-network.starting', { block: { '10.0.0.8/29': 1 } });
    expect(await codes(store)).toEqual([]);
    const { out, remarks } = await check(store);
    expect(out).toContain('Check complete; found 0 problems.');
    expect(remarks).toContain('1 address has no known user');
  });

  test('a tunnel that a node has by now is in use', async () => {
    const store = sound();
    store.put('IPAMBlock', '10.0.0.8/29', block('10.0.0.8/29', 'host:n1', 8, { 0: tunnel('vxlan', 'n1') }));
    store.put('IPAMHandle', 'vxlan-tunnel-addr-n1', { block: { '10.0.0.8/29': 1 } });
    store.beforeList('IPAMHandle', 1, () => store.put('Node', 'n1', { ipv4VXLANTunnelAddr: '10.0.0.8' }));
    expect(await codes(store)).toEqual([]);
  });

  test('what cannot be read may use what seems to have leaked', async () => {
    const store = sound();
    store.put('IPAMBlock', '10.0.0.0/29', other());
    store.spoil('WorkloadEndpoint', { entry: '/calico/x', reason: 'it is not JSON' });
    const [leak] = await Array.fromAsync(findKnown(store, await readSurvey(store)));
    expect(leak?.code).toBe('CAL3001');
    expect(leak?.fix).toBeUndefined();
    expect(leak?.advice).toContain('/calico/x cannot be read and may use it');
  });
});

describe('services', () => {
  const balanced = (assignIPs: string) => {
    const store = sound();
    const owned = {
      handle_id: 'lb-1',
      secondary: { service: 'web', namespace: 'shop', type: 'LoadBalancer' },
    };
    store.put('IPAMBlock', '10.0.0.8/29', block('10.0.0.8/29', 'virtual:load-balancer', 8, { 0: owned }));
    store.put('IPAMHandle', 'lb-1', { block: { '10.0.0.8/29': 1 } });
    store.put('KubeControllersConfiguration', 'default', { controllers: { loadBalancer: { assignIPs } } });
    return store;
  };
  const cluster = (annotations: object = {}) => {
    const store = memoryStore('kubernetes');
    store.put('Service', 'web', { type: 'LoadBalancer' }, 'shop', { annotations });
    const [service] = [store];
    return Object.assign(service, {
      async *list() {
        const status = { loadBalancer: { ingress: [{ ip: '10.0.0.8' }, { hostname: 'x' }] } };
        const spec = { type: 'LoadBalancer' };
        const metadata = { name: 'web', namespace: 'shop', annotations };
        yield {
          items: [{ apiVersion: 'v1', kind: 'Service', metadata, spec, status }],
          version: '1',
          corrupt: [],
        };
      },
    });
  };

  test('use the addresses that Calico gave them', async () => {
    const { out } = await check(balanced('AllServices'), { services: async () => cluster() });
    expect(out).toContain('Found 1 service load balancer(s).\n');
    expect(out).toContain('found 0 problems.');
  });

  test('that ask for none have none, where they must', async () => {
    const asked = { 'projectcalico.org/ipv4pools': '["pods"]' };
    const policy = 'RequestedServicesOnly';
    expect((await check(balanced(policy), { services: async () => cluster() })).out).toContain(
      'found 1 problems.',
    );
    expect((await check(balanced(policy), { services: async () => cluster(asked) })).out).toContain(
      'found 0 problems.',
    );
  });

  test('that cannot be looked at are not taken for gone', async () => {
    const { out, remarks } = await check(balanced('AllServices'));
    expect(out).toContain('No Kubernetes given to ask for services');
    expect(out).toContain('found 0 problems.');
    expect(remarks).toContain('belong to services, which were not looked at');
  });

  test('need the settings of the controllers where there are any', async () => {
    const store = sound();
    store.drop('KubeControllersConfiguration', 'default');
    expect((await check(store)).out).toContain('found 0 problems.');
    expect(check(store, { services: async () => cluster() })).rejects.toThrow('KubeControllersConfiguration');
  });
});

describe('the report', () => {
  const folder = () => mkdtempSync(join(tmpdir(), 'calicoctl-report-'));

  async function reportOf(store: MemoryStore) {
    const at = folder();
    const report = join(at, 'report.json');
    await check(store, { report });
    const text = readFileSync(report, 'utf8');
    const files = readdirSync(at);
    rmSync(at, { recursive: true });
    expect(files).toEqual(['report.json']);
    return { text, value: JSON.parse(text) };
  }

  test('has every address with its users, and leaked handles', async () => {
    const { text, value } = await reportOf(await world());
    expect(text).toStartWith('{\n  "version": "');
    expect(text).toContain('"sequenceNumber": 1777888800000000001,');
    expect(text).toEndWith('\n}');
    const { allocations } = value;
    expect(Object.keys(allocations).length).toBe(10);
    expect(allocations['10.0.0.1']).toMatchObject([{ inUse: false, owners: null, pod: 'gone', node: 'n1' }]);
    expect(allocations['10.0.0.4'][0]).toMatchObject({ inUse: true, borrowed: true, node: 'n2' });
    expect(allocations['10.0.0.4'][0].owners.length).toBe(2);
    expect(allocations['10.0.0.3'][0]).toMatchObject({ inUse: false, coolingDown: true });
    const [windows] = allocations['10.0.0.8'];
    expect(windows).toMatchObject({ inUse: true, owners: ['Reserved for Windows'] });
    expect(windows.handle).toBeUndefined();
    expect(value.leakedHandles).toEqual([{ ID: 'stale', UID: null, Revision: expect.any(String) }]);
  });

  test('is a document without allocations too, and leaves no handles out that are not there', async () => {
    const store = memoryStore();
    store.put('ClusterInformation', 'default', { clusterGUID: 'g', datastoreReady: false });
    const { value } = await reportOf(store);
    expect(value).toMatchObject({ datastoreLocked: true, allocations: {} });
    expect('leakedHandles' in value).toBe(false);
  });

  test('names an address once that several blocks have', async () => {
    const store = sound();
    store.put(
      'IPAMBlock',
      '10.0.0.0/30',
      block('10.0.0.0/30', 'host:n2', 4, { 0: pod('b', 'n2'), 1: pod('c', 'n2') }),
    );
    const { text, value } = await reportOf(store);
    expect(text.split('"10.0.0.0": [').length).toBe(2);
    expect(value.allocations['10.0.0.0'].map(({ pod: name }: { pod: string }) => name)).toEqual(['web', 'b']);
    expect(Object.keys(value.allocations).sort()).toEqual(['10.0.0.0', '10.0.0.1']);
  });

  test('that cannot be written is an error, and nothing is left of it where the check fails', async () => {
    expect(check(sound(), { report: '/nowhere/at/all.json' })).rejects.toThrow(
      '/nowhere/at/all.json cannot be written',
    );
    const at = folder();
    const store = sound();
    store.put('WorkloadEndpoint', ...endpointOf('odd', 'n1', 'x'), 'shop');
    await expect(check(store, { report: join(at, 'r.json') })).rejects.toThrow('failed to parse IP');
    expect(readdirSync(at)).toEqual([]);
    rmSync(at, { recursive: true });
  });
});

test('stages that were left out are noticed', async () => {
  expect(openSurvey(sound()).finish()).rejects.toThrow('left out');
});
