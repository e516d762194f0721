import { describe, expect, test } from 'bun:test';
import { done, eachInWorkspace, failing, manifest, stream } from '../../fixture.ts';

const place = eachInWorkspace();

const SCENE = stream(
  manifest('BGPPeer', 'tor', { node: 'calico-a', peerIP: '192.0.2.1', asNumber: 64512 }),
  manifest('FelixConfiguration', 'node.calico-a', { defaultEndpointToHostAction: 'Drop' }),
  manifest('StagedNetworkPolicy', 'shop/web', { selector: 'all()' }),
  manifest('Profile', 'shared', { egress: [{ action: 'Allow' }] }),
  manifest('Node', 'calico-a', { orchRefs: [{ nodeName: 'worker1', orchestrator: 'k8s' }] }),
);

async function locked(scene = SCENE): Promise<void> {
  await done(place.at, 'apply -f -', scene);
  await done(place.at, 'datastore migrate lock');
}

describe('datastore migrate export', () => {
  test('needs a lock', async () => {
    const never = await failing(place.at, 'datastore migrate export');
    expect(never.err).toStartWith(
      'error while checking if datastore was locked: error retrieving ClusterInformation: resource does not exist: ClusterInformation(default)',
    );
    await done(place.at, 'apply -f -', SCENE);
    const { out, err } = await failing(place.at, 'datastore migrate export');
    expect({ out, err }).toEqual({
      out: '',
      err: 'datastore is not locked. Run the `calicoctl datastore migrate lock` command in order to begin migration\n',
    });
  });

  test('takes a ClusterInformation that says nothing of a lock for an unlocked one', async () => {
    const text = manifest('ClusterInformation', 'default', { clusterGUID: '1'.repeat(32) });
    await place.at.write('.datastore/clusterinformations/default.json', text);
    expect((await failing(place.at, 'datastore migrate export')).err).toContain('is not locked');
  });

  test('prints three parts, with nodes as Kubernetes calls them, and says where that leaves a name behind', async () => {
    await locked();
    const { status, out, err } = await place.at.calicoctl(['datastore', 'migrate', 'export']);
    expect({ status, err }).toEqual({
      status: 0,
      err: 'Warning: BGPPeer(tor) names the node calico-a, which Kubernetes calls worker1. It is exported as it is; `--to kubernetes` renames it.\n',
    });
    const [resources, information, addresses, ...rest] = out.split('===\n');
    expect(rest).toEqual([]);
    expect([...resources!.matchAll(/^kind: .*List$/gm)].map(([line]) => line)).toEqual(
      [
        ...[
          'IPPool',
          'BGPPeer',
          'Tier',
          'GlobalNetworkPolicy',
          'StagedGlobalNetworkPolicy',
          'GlobalNetworkSet',
        ],
        ...['HostEndpoint', 'KubeControllersConfiguration', 'NetworkPolicy', 'StagedNetworkPolicy'],
        ...['StagedKubernetesNetworkPolicy', 'NetworkSet', 'Node', 'BGPConfiguration', 'FelixConfiguration'],
        ...['IPReservation', 'BGPFilter'],
      ].map((kind) => `kind: ${kind}List`),
    );
    expect(resources!.match(/^ {4}name: .*$/gm)!.map((line) => line.slice(10))).toEqual([
      'tor',
      'kube-admin',
      'default',
      'kube-baseline',
      'web',
      'worker1',
      'node.worker1',
    ]);
    expect(resources).toContain('    namespace: shop\n');
    expect(resources).toContain('    node: calico-a\n');
    expect(resources).not.toContain('uid');
    expect(JSON.parse(information!)).toMatchObject({
      kind: 'ClusterInformation',
      spec: { datastoreReady: false },
    });
    expect(addresses).toBe('{}\n');
  });

  test('--to kubernetes renames nodes everywhere', async () => {
    await locked();
    const out = await done(place.at, 'datastore migrate export --to kubernetes');
    expect(out).toContain('    node: worker1\n');
    expect(out).not.toContain('calico-a');
  });

  test('--to another datastore keeps names, and has what Kubernetes would make itself', async () => {
    await locked();
    const out = await done(place.at, 'datastore migrate export --to etcdv3');
    expect(out).toContain('    name: calico-a\n');
    expect(out).not.toContain('name: worker1\n');
    expect(out).toContain('    name: shared\n');
    expect(out).not.toContain('projectcalico-default-allow');
  });

  test('--to knows three datastores', async () => {
    expect((await failing(place.at, 'datastore migrate export --to consul')).err).toContain(
      '--to takes kubernetes, etcdv3, file',
    );
  });

  test('fails at a node that has no name in Kubernetes, behind what was printed', async () => {
    await locked(manifest('Node', 'lonely', {}));
    const { out, err } = await failing(place.at, 'datastore migrate export');
    expect(out).toContain('kind: NetworkSetList');
    expect(out).not.toContain('kind: NodeList');
    expect(err).toStartWith(
      "unable to process metadata for export for Node resource: node lonely missing a 'k8s' orchestrator reference.",
    );
    expect(await done(place.at, 'datastore migrate export --to file')).toContain('name: lonely');
  });

  test('warns of what cannot be read', async () => {
    await locked();
    await place.at.write('.datastore/ippools/broken.yaml', 'kind: [');
    const { status, err } = await place.at.calicoctl(['datastore', 'migrate', 'export', '--to', 'file']);
    expect(status).toBe(0);
    expect(err).toMatch(/^Warning: .*broken\.yaml is left out of the export, it cannot be read: /);
  });

  test('--config leads to another datastore', async () => {
    await locked();
    expect((await failing(place.at, 'datastore migrate export --config elsewhere.cfg')).err).toContain(
      'ClusterInformation(default)',
    );
  });
});
