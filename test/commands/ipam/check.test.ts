import { beforeEach, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { openFileDatastore } from '../../../src/datastore/file/open.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import { block, endpointOf, lines, makeWorld, WORLD_TEXT } from '../../ipam/check/world.ts';
import { put } from '../../operations/stores.ts';
import { done, eachInWorkspace } from '../fixture.ts';

const place = eachInWorkspace();

const store = () => openFileDatastore({ directory: join(place.at.folder, '.datastore') });

async function run(...words: readonly string[]) {
  return place.at.calicoctl(['ipam', 'check', ...words]);
}

beforeEach(async () => {
  const opened = await store();
  const write = (kind: string, name: string, spec: object) => put(opened, kind, name, spec);
  await makeWorld(
    write,
    (name, { vxlan, vxlanV6 }) =>
      write('Node', name, { ipv4VXLANTunnelAddr: vxlan, ipv6VXLANTunnelAddr: vxlanV6 }),
    (...given) => put(opened, 'WorkloadEndpoint', ...endpointOf(...given), 'shop'),
  );
});

describe('ipam check', () => {
  test('prints what the reference prints, and what only we know on stderr', async () => {
    const { status, out, err } = await run('--show-problem-ips');
    expect(lines(out)).toEqual(lines(WORLD_TEXT));
    expect(err).toContain('CAL3007 error: 10.0.0.4 is used by several: ');
    expect(status).toBe(0);
  });

  test('tells twenty findings of those, and how many more there are', async () => {
    const opened = await store();
    for (let at = 0; at < 30; at++)
      await put(opened, 'WorkloadEndpoint', ...endpointOf(`again-${at}`, 'n2', `10.0.2.${at}`), 'shop');
    for (let at = 0; at < 30; at++)
      await put(opened, 'WorkloadEndpoint', ...endpointOf(`twice-${at}`, 'n2', `10.0.2.${at}`), 'shop');
    const told = (await run()).err.split('\n').filter((line) => line !== '');
    expect(told.length).toBe(21);
    expect(told.at(-1)).toMatch(
      /^\d+ more findings of this kind; `calicoctl ipam check -o json` tells all of them\.$/,
    );
  });

  test('gives findings as a value, of which each says all there is', async () => {
    const { out, err, status } = await run('-o', 'json');
    expect({ err, status }).toEqual({ err: '', status: 0 });
    const value = JSON.parse(out);
    expect(value).toMatchObject({
      cluster: { guid: 'guid', type: 'test', locked: true },
      counts: { blocks: 5, allocations: 10, inUse: 10, workloads: 7, tunnels: 2, services: null, handles: 7 },
      problems: 5,
      unreadable: [],
    });
    expect(value.findings[0]).toEqual({
      code: 'CAL3001',
      severity: 'error',
      title: 'address leaked',
      subject: { kind: 'address', name: '10.0.0.1' },
      message: '10.0.0.1 is taken in block 10.0.0.0/29 for Pod(shop/gone), and nothing uses it',
      since: '2026-05-04T10:00:00Z',
      age: expect.stringMatching(/^\d+d$/),
      owner: 'Pod(shop/gone)',
      evidence: expect.objectContaining({ block: '10.0.0.0/29', handle: 'k8s-pod-network.gone', node: 'n1' }),
      fix: expect.objectContaining({ write: 'release-address', address: '10.0.0.1' }),
    });
    expect(out).toContain('"sequenceNumber": 1777888800000000001');
    expect((await run('-o', 'yaml')).out).toContain('sequenceNumber: 1777888800000000001\n');
  });

  test('fails where asked to', async () => {
    expect((await run('--fail-on-problems')).status).toBe(1);
    expect((await run('--fail-on-problems', '-o', 'json')).status).toBe(1);
  });

  test('writes a report, and to a file that is named as a format', async () => {
    const { out, status } = await run('-o', 'leaks');
    expect(status).toBe(0);
    expect(out).toContain('Check complete; found 5 problems.\n');
    expect(JSON.parse(await place.at.read('leaks')).allocations['10.0.0.1'][0].inUse).toBe(false);
    await run('-o', './json');
    expect(JSON.parse(await place.at.read('json')).clusterGUID).toBe('guid');
  });

  test('shows every address', async () => {
    expect((await run('--show-all-ips')).out).toContain(
      '  10.0.0.0 allocated; attrs Main:k8s-pod-network.web-0',
    );
  });

  test('asks the cluster of a kubeconfig for services, and says where that fails', async () => {
    const opened = await store();
    await opened.delete({
      kind: await kindOf('KubeControllersConfiguration'),
      name: 'default',
    });
    await put(opened, 'KubeControllersConfiguration', 'default', { controllers: { loadBalancer: {} } });
    const { status, out, err } = await run('--kubeconfig', 'nowhere.kubeconfig');
    expect(status).toBe(1);
    expect(out).toEndWith('Loading all service load balancer IPs.\n');
    expect(err).toContain('nowhere.kubeconfig');
  });

  test('without one says that services were not looked at, and takes none of theirs for leaked', async () => {
    const opened = await store();
    const owned = { handle_id: 'lb', secondary: { service: 'web', type: 'LoadBalancer' } };
    await put(
      opened,
      'IPAMBlock',
      '10.0.0.40/29',
      block('10.0.0.40/29', 'virtual:load-balancer', 8, { 0: owned }),
    );
    await put(opened, 'IPAMHandle', 'lb', { block: { '10.0.0.40/29': 1 } });
    await opened.delete({
      kind: await kindOf('KubeControllersConfiguration'),
      name: 'default',
    });
    const { out, err } = await run();
    expect(out).toContain('No Kubernetes given to ask for services, skipping service check\n');
    expect(out).toContain('found 5 problems.');
    expect(err).toContain('belong to services, which were not looked at');
  });

  test('explains instead why a node gets an address or none', async () => {
    expect((await run('--explain-full', 'n1')).out).toContain('n1');
  });

  test('--config leads to another datastore', async () => {
    await done(place.at, 'datastore init -c elsewhere.cfg');
    expect((await run('-c', 'elsewhere.cfg')).out).toContain('IPAM blocks record 0 allocations.\n');
    expect((await run('--config', 'elsewhere.cfg')).out).toEndWith('Check complete; found 0 problems.\n');
  });
});
