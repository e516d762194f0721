import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { CalicoctlError } from '../../src/core/errors.ts';
import { builtInProfile } from '../../src/datastore/built-in.ts';
import type { Datastore } from '../../src/datastore/datastore.ts';
import { manifest, stream } from '../commands/fixture.ts';
import { fileStore, type OpenStore, put } from '../operations/stores.ts';
import { counting, examineLive, hiding, readOnly } from './live-support.ts';

let open: OpenStore;
let store: Datastore;
beforeEach(async () => {
  open = await fileStore();
  store = readOnly(open.store);
});
afterEach(() => open.stop());

const forbidden = new CalicoctlError('unauthorized', 'you may not', { scope: 'resource' });
const ALREADY = ' (so already, without the change)';

describe('what the datastore holds', () => {
  test('nothing but what every cluster has is valid', async () => {
    expect(await examineLive(store)).toMatchObject({ findings: [], total: 1, valid: 1, refused: [] });
  });

  test('is held to the rules of writes, with names of resources and no places', async () => {
    await put(open.store, 'GlobalNetworkPolicy', 'a', { selector: 'all(', ingress: [{ action: 'Alow' }] });
    await put(open.store, 'NetworkSet', 's', { nets: ['x'] }, 'shop');
    await put(open.store, 'Tier', 'fine', { order: 5 });
    const { findings, total, valid } = await examineLive(store);
    expect([...findings].sort()).toEqual([
      'error CAL0014 GlobalNetworkPolicy(a) spec.ingress[0].action',
      'error CAL0034 NetworkSet(shop/s) spec.nets[0]',
      'error CAL0049 GlobalNetworkPolicy(a) spec.selector',
    ]);
    expect({ total, valid }).toEqual({ total: 4, valid: 2 });
  });

  test('pools that overlap and tiers that are missing are errors', async () => {
    await put(open.store, 'IPPool', 'a', { cidr: '10.0.0.0/16' });
    await put(open.store, 'IPPool', 'b', { cidr: '10.0.1.0/24' });
    await put(open.store, 'GlobalNetworkPolicy', 'gone.x', { tier: 'gone', selector: 'all()' });
    expect((await examineLive(store)).findings).toEqual([
      'error CAL1802 GlobalNetworkPolicy(gone.x) spec.tier',
      'error CAL1801 IPPool(b) spec.cidr',
    ]);
  });

  test('an entry that cannot be decoded is a finding, and not the end', async () => {
    await put(open.store, 'IPPool', 'a', { cidr: '10.0.0.0/16' });
    const spoilt: Datastore = {
      ...store,
      async *list(query) {
        for await (const page of store.list(query))
          yield query.kind.kind === 'HostEndpoint'
            ? { ...page, corrupt: [{ entry: '/calico/h', reason: 'it is not JSON' }] }
            : page;
      },
    };
    expect(await examineLive(spoilt)).toMatchObject({
      findings: ['error CAL0009'],
      messages: ['/calico/h: it is not JSON'],
      total: 3,
      valid: 2,
    });
  });

  test('a kind that may not be listed is told of, and rules about it say nothing', async () => {
    await put(open.store, 'GlobalNetworkPolicy', 'gone.x', { tier: 'gone', selector: 'all()' });
    expect(await examineLive(hiding(store, { Tier: forbidden, Node: forbidden }))).toMatchObject({
      findings: [],
      refused: ['Node', 'Tier'],
      warnings: [
        'Warning: Node was not looked at: you may not',
        'Warning: Tier was not looked at: you may not',
      ],
    });
  });

  test('a kind that the datastore does not have is passed over', async () => {
    const absent = new CalicoctlError('not-supported', 'no such kind');
    const run = await examineLive(hiding(store, { StagedNetworkPolicy: absent, Tier: absent }));
    expect(run).toMatchObject({ findings: [], refused: [], warnings: [] });
  });

  test('whoever may list nothing is told so once', async () => {
    const none: Datastore = {
      ...store,
      async *list() {
        yield* [];
        throw forbidden;
      },
    };
    expect(examineLive(none)).rejects.toBe(forbidden);
  });

  test('what goes wrong otherwise ends it', async () => {
    const away = new CalicoctlError('unavailable', 'gone');
    expect(examineLive(hiding(store, { Tier: away }))).rejects.toBe(away);
    const stop = AbortSignal.abort();
    expect(examineLive(store, undefined, { signal: stop })).rejects.toMatchObject({
      errorClass: 'cancelled',
    });
  });

  test('with a namespace, other namespaces are not looked at', async () => {
    await put(open.store, 'NetworkSet', 's', { nets: ['x'] }, 'shop');
    await put(open.store, 'NetworkSet', 's', { nets: ['x'] }, 'other');
    expect((await examineLive(store, undefined, { namespace: 'shop' })).findings).toEqual([
      'error CAL0034 NetworkSet(shop/s) spec.nets[0]',
    ]);
  });
});

describe('what it would hold after an apply', () => {
  test('a document is laid over what is stored: no overlap with itself, and what may not change is told', async () => {
    await put(open.store, 'IPPool', 'a', { cidr: '10.0.0.0/16', blockSize: 26 });
    const same = manifest('IPPool', 'a', { cidr: '10.0.0.0/16', natOutgoing: true });
    expect(await examineLive(store, same)).toMatchObject({ findings: [], total: 1, valid: 1 });
    const moved = manifest('IPPool', 'a', { cidr: '10.1.0.0/16' });
    expect((await examineLive(store, moved)).findings).toEqual(['error CAL1020 IPPool(a) spec.cidr line 1']);
  });

  test('an overlap with what is stored is told once, of the document, at its place', async () => {
    await put(open.store, 'IPPool', 'a', { cidr: '10.0.0.0/16' });
    const { findings, total, valid } = await examineLive(
      store,
      manifest('IPPool', 'b', { cidr: '10.0.1.0/24' }),
    );
    expect(findings).toEqual(['error CAL1801 IPPool(b) spec.cidr line 1']);
    expect({ total, valid }).toEqual({ total: 1, valid: 0 });
  });

  test('what is stored and invalid anyway is a warning, and is not counted', async () => {
    await put(open.store, 'IPPool', 'a', { cidr: '10.0.0.0/16' });
    await put(open.store, 'IPPool', 'b', { cidr: '10.0.1.0/24' });
    await put(open.store, 'IPPool', 'c', { cidr: 'x' });
    const run = await examineLive(store, manifest('IPPool', 'd', { cidr: '10.9.0.0/16' }));
    expect(run.findings).toEqual([
      'warning CAL1801 IPPool(b) spec.cidr',
      'warning CAL0030 IPPool(c) spec.cidr',
    ]);
    expect(run.messages.every((message) => message.endsWith(ALREADY))).toBe(true);
    expect(run).toMatchObject({ total: 1, valid: 1 });
  });

  test('an invalid object that the documents mend is not told of', async () => {
    await put(open.store, 'GlobalNetworkPolicy', 'new.x', { tier: 'new', selector: 'all(' });
    const mended = stream(
      manifest('Tier', 'new', { order: 1 }),
      manifest('GlobalNetworkPolicy', 'new.x', { tier: 'new', selector: 'all()' }),
    );
    expect((await examineLive(store, mended)).findings).toEqual([]);
  });

  test('documents are applied in order: what comes too late is told as such', async () => {
    const policy = manifest('GlobalNetworkPolicy', 'new.x', { tier: 'new', selector: 'all()' });
    const tier = manifest('Tier', 'new', { order: 1 });
    expect((await examineLive(store, stream(tier, policy))).findings).toEqual([]);
    const late = await examineLive(store, stream(policy, tier));
    expect(late.findings).toEqual(['error CAL1802 GlobalNetworkPolicy(new.x) spec.tier line 1']);
    expect(late.messages[0]).toContain('later in the input');
    const never = await examineLive(store, policy);
    expect(never.findings).toEqual(late.findings);
    expect(never.messages[0]).not.toContain('later');
  });

  test('what builds on a document that is refused is not at fault', async () => {
    const documents = stream(
      manifest('Tier', 'new', { order: 1, defaultAction: 'Maybe' }),
      manifest('GlobalNetworkPolicy', 'new.x', { tier: 'new', selector: 'all()' }),
    );
    expect((await examineLive(store, documents)).findings).toEqual([
      'error CAL0014 Tier(new) spec.defaultAction line 1',
    ]);
  });

  test('tiers that every writing command makes are as good as there', async () => {
    const documents = manifest('GlobalNetworkPolicy', 'x', { selector: 'all()' });
    expect((await examineLive(store, documents)).findings).toEqual([]);
  });

  test('what apply refuses is told with its rule', async () => {
    const documents = stream(
      manifest('BGPPeer', 'p', { peerIP: '1.2.3.4', asNumber: 64512, filters: ['none'] }),
      manifest('NetworkPolicy', 'shop/knp.default.x', {}),
      manifest('Profile', builtInProfile().metadata.name, {}),
      manifest('KubeControllersConfiguration', 'other', {}),
    );
    const { findings } = await examineLive(store, documents);
    expect(findings.map((line) => line.split(' ')[1])).toEqual(['CAL1804', 'CAL1806', 'CAL1805', 'CAL0068']);
  });

  test('a version that is not the stored one is refused', async () => {
    const { metadata } = await put(open.store, 'GlobalNetworkSet', 's', { nets: ['10.0.0.0/8'] });
    const given = async (resourceVersion: string | undefined) =>
      (await examineLive(store, manifest('GlobalNetworkSet', 's', {}, { resourceVersion }))).findings;
    expect(await given('1')).toEqual(['error CAL1807 GlobalNetworkSet(s) metadata.resourceVersion line 1']);
    expect(await given(metadata.resourceVersion)).toEqual([]);
  });

  test('only kinds that the documents concern are asked for, each once', async () => {
    const asked: string[] = [];
    const documents = stream(
      manifest('NetworkPolicy', 'shop/a', { selector: 'all()' }),
      manifest('NetworkPolicy', 'shop/b', { selector: 'all()' }),
    );
    await examineLive(counting(store, asked), documents);
    expect(asked).toEqual([
      'list GlobalNetworkPolicy',
      'list NetworkPolicy',
      'list StagedGlobalNetworkPolicy',
      'list StagedNetworkPolicy',
      'list Tier',
      'get ClusterInformation(default)',
    ]);
  });

  test('no kind is asked for where there is no document', async () => {
    const asked: string[] = [];
    expect(await examineLive(counting(store, asked), '')).toMatchObject({ total: 0, valid: 0, findings: [] });
    expect(asked).toEqual([]);
  });

  test('who may not list a kind may be allowed to read the one object', async () => {
    await put(open.store, 'GlobalNetworkSet', 's', { nets: ['10.0.0.0/8'] });
    const partly: Datastore = { ...hiding(store, { GlobalNetworkSet: forbidden }), get: store.get };
    const run = await examineLive(partly, manifest('GlobalNetworkSet', 's', {}, { resourceVersion: '1' }));
    expect(run).toMatchObject({ refused: ['GlobalNetworkSet'] });
    expect(run.findings.map((line) => line.split(' ')[1])).toEqual(['CAL1807']);
  });
});
