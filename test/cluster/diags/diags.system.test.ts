import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, statSync } from 'node:fs';
import type { Run } from '../../commands/run.ts';
import { openStage, type Stage } from './stage.ts';
import { type Unpacked, unpacked } from './unpacked.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());

describe('a bundle of a whole cluster, without kubectl', () => {
  let run: Run;
  let bundle: Unpacked;
  beforeAll(async () => {
    run = await stage.space.calicoctl(['cluster', 'diags', '--since', '2h'], { env: stage.env });
    bundle = unpacked(stage.space.folder, run);
  }, 60_000);

  test('is made in the current folder, for its owner alone, and nothing else is left', () => {
    expect(run.status).toBe(0);
    expect(run.out).toStartWith('==== Begin collecting diagnostics. ====\nCreated temporary directory: ');
    expect(run.out).toMatch(
      /\n==== Producing a diagnostics bundle. ====\nDiagnostic bundle created at \.\/calico-diagnostics-\d{8}_\d{6}\.tar\.gz\n$/,
    );
    expect(statSync(bundle.archive).mode & 0o777).toBe(0o600);
    expect(readdirSync(stage.space.folder).filter((name) => name.startsWith('calicoctl-diags-'))).toEqual([]);
  });

  test('tells what it does in the words of the reference', () => {
    const lines = run.out.split('\n');
    for (const line of [
      'Collecting (censored) TLS secrets',
      'Collecting secret calico-system/typha-certs (censoring sensitive data) ',
      'unable to get secret tigera-dex/tigera-dex-tls, skipping...',
      'Collecting detailed diags for namespace calico-system...',
      'Collecting detailed diags for pod calico-node-2abcd in namespace calico-system on node worker-2...',
      '==== WARNING: Unsupported annotation usage detected in the cluster ====',
    ])
      expect(lines).toContain(line);
    const numbers = lines
      .map((line) => /^\[(\d+)\] Collecting /.exec(line)?.[1])
      .filter((number) => number !== undefined);
    expect(numbers).toEqual(numbers.map((_, index) => String(index + 1)));
  });

  test('has the files of the reference, and more', () => {
    const node = 'nodes/worker-1/calico-system/calico-node-1abcd';
    for (const name of [
      'tls/calico-system_typha-certs.yaml',
      ...['.log', '.txt', '.calico-node.previous.log'].map((ending) => node + ending),
      'links/calico-system/calico-node-1abcd.log',
      'nodes/unscheduled/calico-system/calico-kube-controllers-xabcd.txt',
      ...['ip-addr.txt', 'iptables-nft-save.txt', 'conntrack-list.txt', 'cni.log.log'].map(
        (file) => `nodes/worker-3/${file}`,
      ),
      ...['bird.cfg', 'bird-protocols.txt'].map((file) => `nodes/worker-3/${file}`),
      'cluster/version.yaml',
      'cluster/crd/ippools.crd.projectcalico.org.yaml',
      'cluster/crd/installations.operator.tigera.io.txt',
      'cluster/calico-system/calico-system.yaml',
      ...['pods', 'sc', 'pv', 'events', 'networkpolicies.networking.k8s.io'].flatMap((word) =>
        ['yaml', 'txt'].map((ending) => `cluster/kubernetes/${word}.${ending}`),
      ),
      'cluster/ipam/check.txt',
      ...['summary.txt', 'summary.json', 'files_with_unsupported_annotation.txt'],
    ])
      expect(bundle.names).toContain(name);
    expect(bundle.text('links/calico-system/calico-node-1abcd.log')).toBe(bundle.text(`${node}.log`));
    expect(bundle.names.filter((name) => name.includes('coredns'))).toEqual([]);
    expect(bundle.text('files_with_unsupported_annotation.txt')).toBe(
      'cluster/crd/installations.operator.tigera.io.yaml\n',
    );
  });

  test('says what is to be known', () => {
    const log = bundle.text('nodes/worker-1/calico-system/calico-node-1abcd.log');
    expect(log).toContain('log of calico-node-1abcd calico-node\n');
    expect(log).toContain('the line behind is readable');
    expect(log).toContain('is waiting to start: ContainerCreating');
    expect(bundle.text('nodes/worker-1/calico-system/calico-node-1abcd.calico-node.previous.log')).toContain(
      ' before\n',
    );
    const described = bundle.text('nodes/worker-1/calico-system/calico-node-1abcd.txt');
    expect(described).toMatch(/Last State: +terminated \(OOMKilled, exit code 137\)/);
    expect(described).toMatch(/Warning +BackOff +3 +Back-off restarting/);
    expect(bundle.text('tls/calico-system_typha-certs.yaml')).toContain('subject CN=typha-server');
    expect(bundle.text('cluster/kubernetes/configmaps.yaml')).toContain('calico-typha-is-readable');
    expect(bundle.text('cluster/kubernetes/pods.yaml')).toContain('info-is-readable');
    expect(bundle.text('cluster/crd/ippools.crd.projectcalico.org.txt')).toContain('pool-is-readable');
    expect(bundle.text('cluster/kubernetes/nodes.txt')).toMatch(/^NAME +STATUS +ROLES/);
    expect(bundle.text('nodes/worker-2/bird.cfg')).toContain(
      'neighbor 10.0.0.2 as 64512; password "<redacted>"',
    );
    expect(bundle.text('nodes/worker-2/ipset-list.txt')).toContain('Operation not permitted');
    expect(bundle.text('cluster/kubernetes/events.txt')).toContain('Back-off restarting');
    expect(bundle.text('cluster/kubernetes/customresourcedefinitions.txt')).toContain(
      'ippools.crd.projectcalico.org',
    );
    expect(bundle.text('cluster/ipam/check.txt')).toContain('Checking IPAM for inconsistencies');
  });

  test('names what failed, there and on the terminal, and goes on', () => {
    const ipset =
      'ipset list on node worker-1: it ended with status 1: ipset v7: Kernel error received: Operation not permitted';
    expect(run.err.split('\n')).toContain(`failed: ${ipset}`);
    const { steps } = JSON.parse(bundle.text('summary.json')) as {
      steps: { step: string; outcome: string; reason?: string }[];
    };
    const failed = steps.filter(({ outcome }) => outcome === 'failed').map(({ step }) => step);
    expect(failed).toEqual([1, 2, 3].map((node) => `ipset list on node worker-${node}`));
    const nft = steps.find(({ step }) => step === 'nft -n -a list ruleset on node worker-1')!;
    expect([nft.outcome, nft.reason]).toEqual(['skipped', 'exec: "nft": executable file not found in $PATH']);
    expect(bundle.text('summary.txt')).toContain(`${steps.length} steps: `);
  });

  test('shows none of the secrets that were planted, in any form, anywhere', () => {
    const { secrets } = stage;
    expect(secrets.all.length).toBeGreaterThan(800);
    const told = [run.out, run.err, ...bundle.names.map((name) => `${name}\n${bundle.text(name)}`)];
    const shown = told.flatMap((text) =>
      secrets.all
        .filter((secret) => text.includes(secret))
        .map(
          (secret) =>
            `${text.split('\n')[0]}: ${text.slice(Math.max(0, text.indexOf(secret) - 80), text.indexOf(secret) + 20)}`,
        ),
    );
    expect(shown).toEqual([]);
    // They were there to be found: what stands around them is.
    expect(told.filter((text) => text.includes('<redacted>')).length).toBeGreaterThan(30);
    expect(told.join('')).not.toContain('PRIVATE KEY-----\nM');
  });
});
