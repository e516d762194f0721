import { describe, expect, test } from 'bun:test';
import { CalicoctlError } from '../../../src/core/errors.ts';
import { stringifyJson } from '../../../src/core/json.ts';
import { checkDocument, checkJson } from '../../../src/ipam/check/document.ts';
import { findAll } from '../../../src/ipam/check/find.ts';
import { checkStream } from '../../../src/ipam/check/stream.ts';
import { explainNamed } from '../../../src/ipam/explain/explain.ts';
import { readSurvey, type SurveyOptions } from '../../../src/ipam/survey/read.ts';
import { type MemoryStore, memoryStore } from '../memory-store.ts';
import { block, endpointOf, pod } from './world.ts';

const BLOCK = block('10.0.0.0/29', 'host:n1', 8, {
  0: pod('web', 'n1'),
  1: pod('gone', 'n1'),
  2: { releasedAt: '2026-05-04T11:00:00Z' },
});

/** One leak, and a handle that counts an address too many. */
function cluster(changes: Readonly<Record<string, object>> = {}): MemoryStore {
  const store = memoryStore();
  const put = (kind: string, name: string, spec: object) =>
    store.put(kind, name, { ...spec, ...changes[kind] });
  put('ClusterInformation', 'default', { clusterGUID: 'guid', datastoreReady: false });
  put('KubeControllersConfiguration', 'default', { controllers: { node: {} } });
  put('IPPool', 'pods', { cidr: '10.0.0.0/24', blockSize: 29 });
  put('IPReservation', 'kept', { reservedCIDRs: ['10.0.0.8/30'] });
  put('IPAMBlock', '10.0.0.0/29', BLOCK);
  put('BlockAffinity', 'n1-10-0-0-0-29', {
    cidr: '10.0.0.0/29',
    node: 'n1',
    state: 'confirmed',
    type: 'host',
  });
  put('IPAMHandle', 'k8s-pod-network.web', { block: { '10.0.0.0/29': 1 } });
  store.put('IPAMHandle', 'k8s-pod-network.gone', { block: { '10.0.0.0/29': 2 } });
  const [name, spec] = endpointOf('web', 'n1', '10.0.0.0');
  store.put('WorkloadEndpoint', name, { ...spec, ...changes['WorkloadEndpoint'] }, 'shop');
  put('Node', 'n1', {});
  return store;
}

async function check(store: MemoryStore, options: SurveyOptions = {}) {
  let remarks = '';
  const given = { showAll: true, showProblems: true, ...options };
  const remark = (text: string) => {
    remarks += text;
  };
  const { chunks } = checkStream(store, given, { failOnProblems: false, remark, clear: () => undefined });
  return { out: (await Array.fromAsync(chunks)).join(''), remarks };
}

describe('stored data that is not what it should be', () => {
  const odd: readonly (readonly [string, Readonly<Record<string, object>>])[] = [
    ['a list of allocations that is none', { IPAMBlock: { allocations: {} } }],
    ['fewer allocations than addresses', { IPAMBlock: { allocations: [0] } }],
    ['an attribute that is none', { IPAMBlock: { attributes: [null, 'x', 7] } }],
    ['an affinity that is no text', { IPAMBlock: { affinity: { host: 'n1' } } }],
    ['counts of a handle that are none', { IPAMHandle: { block: ['10.0.0.0/29'] } }],
    ['ranges of a reservation that are no list', { IPReservation: { reservedCIDRs: { a: 1 } } }],
    ['a block size that is a text', { IPPool: { blockSize: 'large' } }],
    ['a block size beyond any address', { IPPool: { blockSize: 5_000_000_000 } }],
  ];

  test('ends no check and no explanation', async () => {
    const outcomes = odd.map(async ([what, changes]) => {
      const { out } = await check(cluster(changes));
      const { node } = await explainNamed(cluster(changes), {}, 'n1');
      return [what, out.includes('Check complete; found '), node?.name];
    });
    expect(await Promise.all(outcomes)).toEqual(odd.map(([what]) => [what, true, 'n1']));
  });

  test('an address of an endpoint that is no text is told as one that is no address', async () => {
    const odd = cluster({ WorkloadEndpoint: { ipNetworks: [7] } });
    await expect(check(odd)).rejects.toThrow('failed to parse IP (7) of workload shop/n1-k8s-web-eth0');
  });

  test('an enabled pool whose CIDR is none is an error', async () => {
    const cidr = { cidr: '10.0.0.0' };
    await expect(check(cluster({ IPPool: cidr }))).rejects.toThrow(
      'failed to parse IP pool CIDR (10.0.0.0) of pool pods',
    );
    const { out } = await check(cluster({ IPPool: { ...cidr, disabled: true } }));
    expect(out).toContain('Found 0 active IP pools.');
  });

  test('a handle whose block contradicts itself is left as it is', async () => {
    const codes = async (store: MemoryStore) =>
      (await Array.fromAsync(findAll(store, await readSurvey(store)))).map(({ code }) => code);
    expect(await codes(cluster())).toContain('CAL3019');
    const fewer = await codes(cluster({ IPAMBlock: { unallocated: [3, 3, 4, 5, 6] } }));
    expect(fewer).toContain('CAL3006');
    const short = await codes(cluster({ IPAMBlock: { allocations: [0, 1, 2] } }));
    expect(short).not.toContain('CAL3019');
  });
});

describe('who may not read all', () => {
  const refused = (kind: string) => () => {
    throw new CalicoctlError('unauthorized', `you may not list ${kind}`);
  };

  test.each(['IPReservation', 'BlockAffinity', 'FelixConfiguration'])(
    'gets the words of the reference without %s, and is told so',
    async (kind) => {
      const store = cluster();
      const get = store.get;
      store.get = async (ref) => (ref.kind.kind === kind ? refused(kind)() : get(ref));
      store.put('Node', 'n2', { ipv4VXLANTunnelAddr: '10.0.0.9' });
      store.put('IPPool', 'tunnels', { cidr: '10.0.1.0/24', blockSize: 29, vxlanMode: 'Always' });
      store.beforeList(kind, 1, refused(kind));
      const { out, remarks } = await check(store);
      expect(out).toContain('found 2 problems.\n');
      expect(remarks).toContain(`for not all may be read: `);
      expect(remarks).toContain(`you may not list ${kind}`);
      expect(remarks).not.toContain('CAL3016');
    },
  );

  test('is refused what the reference reads too, and an explanation', async () => {
    const store = cluster();
    store.beforeList('IPAMHandle', 1, refused('IPAMHandle'));
    await expect(check(store)).rejects.toThrow('failed to list handles: you may not list IPAMHandle');
    const other = cluster();
    other.beforeList('BlockAffinity', 1, refused('BlockAffinity'));
    await expect(explainNamed(other, {}, 'n1')).rejects.toThrow('failed to list block affinities');
  });
});

test('a kubeconfig that is not there is an error even where there are no load balancers', async () => {
  const services = async () => {
    throw new CalicoctlError('configuration', 'no such file');
  };
  await expect(check(cluster(), { services })).rejects.toThrow('no such file');
});

test('findings as JSON come one by one, and are the document they are in YAML', async () => {
  const store = cluster();
  const survey = await readSurvey(store);
  const now = new Date();
  const chunks = await Array.fromAsync(checkJson(survey, findAll(store, survey), now));
  expect(chunks.length).toBe(5);
  const document = await checkDocument(survey, findAll(store, survey), now);
  expect(chunks.join('')).toBe(`${stringifyJson(document, 2)}\n`);
  expect(document).toMatchObject({ problems: 1, errors: 1, warnings: 2, findings: { length: 3 } });
  const none = async function* () {};
  expect((await Array.fromAsync(checkJson(survey, none(), now))).join('')).toContain('"findings": [],\n');
});
