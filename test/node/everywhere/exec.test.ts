import { describe, expect, test } from 'bun:test';
import { CalicoctlError } from '../../../src/core/errors.ts';
import type { Cluster, ExecRequest, Executed, KubeObject } from '../../../src/datastore/cluster.ts';
import { execEverywhere } from '../../../src/node/everywhere/exec.ts';
import type { BgpNode } from '../../../src/node/everywhere/fabric.ts';
import { sessionsIn } from '../../../src/node/everywhere/report.ts';

const TABLE = `BIRD v0.3.3+birdv1.6.8 ready.
name     proto    table    state  since       info
static1  Static   master   up     10:00:00
  Preference:     200

Mesh_192_0_2_2 BGP      master   up     10:11:12    Established
  Preference:     100
  Routes:         3 imported, 2 exported, 3 preferred
  BGP state:          Established
    Neighbor address: 192.0.2.2
    Neighbor AS:      64513
    Session:          external AS4
    Source address:   192.0.2.1

Global_198_51_100_1 BGP      master   start  10:12:00    Active        Socket: Connection \u001b[31mrefused
  BGP state:          Active
    Neighbor address: 198.51.100.1
    Neighbor AS:      65000
    Last error:       Socket: Connection refused
`;

const ABSENT =
  'Unable to connect to server control socket (/var/run/calico/bird6.ctl): No such file or directory\n';

const ok = (stdout: string): Executed => ({ stdout, stderr: '', exitCode: 0 });
const absent: Executed = { stdout: '', stderr: ABSENT, exitCode: 1 };

function podOn(
  node: string,
  status: object = { containerStatuses: [{ name: 'calico-node', state: { running: {} } }] },
) {
  return {
    metadata: { name: `calico-node-${node}`, namespace: 'calico-system' },
    spec: { nodeName: node },
    status,
  };
}

type Ran = Executed | Error | Promise<Executed>;

function clusterOf(pods: readonly KubeObject[], exec: (request: ExecRequest) => Ran): Cluster {
  return {
    async *list() {
      yield { items: pods, resourceVersion: '1' };
    },
    async exec(request: ExecRequest) {
      const done = await exec(request);
      if (done instanceof Error) throw done;
      return done;
    },
  } as Partial<Cluster> as Cluster;
}

function nodeNamed(name: string, addresses: BgpNode['addresses'] = { ipv4: '192.0.2.1' }): BgpNode {
  return { name, kubernetesName: name, addresses, as: 64512 };
}

const isOf6 = ({ command }: ExecRequest) => command.includes('/var/run/calico/bird6.ctl');

async function failures(
  nodes: readonly BgpNode[],
  cluster: Cluster,
): Promise<readonly (string | undefined)[]> {
  const reports = await execEverywhere(cluster, nodes, { signal: new AbortController().signal });
  return reports.map(({ failure }) => failure);
}

describe('asking BIRD in pods', () => {
  test('sessions come with all that BIRD says, and without what a terminal obeys', async () => {
    const commands: string[] = [];
    const cluster = clusterOf([podOn('a')], (request) => {
      commands.push(`${request.namespace}/${request.pod}/${request.container} ${request.command.join(' ')}`);
      return isOf6(request) ? absent : ok(TABLE);
    });
    const signal = new AbortController().signal;
    const [report] = await execEverywhere(cluster, [nodeNamed('a')], { signal });
    expect(commands).toEqual([
      'calico-system/calico-node-a/calico-node birdcl -s /var/run/calico/bird.ctl show protocols all',
      'calico-system/calico-node-a/calico-node birdcl -s /var/run/calico/bird6.ctl show protocols all',
    ]);
    expect(report).toMatchObject({ node: 'a', source: 'exec', notes: [] });
    expect(report!.failure).toBeUndefined();
    expect(sessionsIn(report!)).toMatchObject([
      {
        ...{ name: 'Mesh_192_0_2_2', type: 'mesh', peerAs: 64513, localAs: 64512, established: true },
        ...{ localAddress: '192.0.2.1', routes: { ipv4: { imported: 3, exported: 2, preferred: 3 } } },
      },
      { type: 'global', peerAs: 65000, established: false, lastError: 'Socket: Connection refused' },
    ]);
    expect(JSON.stringify(report)).not.toContain('\\u001b');
  });

  test('each node that cannot be asked says why', async () => {
    const waiting = {
      containerStatuses: [{ name: 'calico-node', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
    };
    const pods = [
      podOn('b', waiting),
      podOn('c', { phase: 'Pending' }),
      podOn('d'),
      podOn('e'),
      podOn('f'),
      podOn('g'),
    ];
    const cluster = clusterOf(pods, (request) => {
      if (request.pod.endsWith('d')) return absent;
      if (request.pod.endsWith('e')) return new CalicoctlError('unauthorized', 'exec is not allowed');
      if (request.pod.endsWith('f'))
        return { stdout: '', stderr: '', exitCode: undefined, failure: 'no end within 10s' };
      return { stdout: '', stderr: 'executable file not found in $PATH', exitCode: 127 };
    });
    expect(
      await failures(
        'abcdefg'.split('').map((name) => nodeNamed(name)),
        cluster,
      ),
    ).toEqual([
      'no calico-node pod is there',
      'its pod calico-system/calico-node-b does not run: CrashLoopBackOff',
      'its pod calico-system/calico-node-c does not run: Pending',
      'BIRD is not running there',
      'exec is not allowed',
      'birdcl in calico-system/calico-node-f failed: no end within 10s',
      'birdcl in calico-system/calico-node-g failed: executable file not found in $PATH',
    ]);
  });

  test('a pod that is in the hands of others says neither nothing nor anything it likes', async () => {
    const row = 'Mesh_192_0_2_2 BGP --- start 10:00:00.000 Active\n';
    const answers: Readonly<Record<string, Ran>> = {
      a: ok(''),
      b: { stdout: '', stderr: '', exitCode: undefined, failure: 'no \u001b[2Jshell' },
      c: new CalicoctlError('unavailable', 'the kubelet says \u001b]0;x\u0007'),
      d: ok(`BIRD 2.0.12 ready.\nName Proto Table State Since Info\n${row.repeat(10_001)}`),
    };
    const names = Object.keys(answers);
    const cluster = clusterOf(
      names.map((name) => podOn(name)),
      ({ pod }) => answers[pod.at(-1)!]!,
    );
    expect(
      await failures(
        names.map((name) => nodeNamed(name)),
        cluster,
      ),
    ).toEqual([
      'birdcl in calico-system/calico-node-a failed: it printed nothing',
      'birdcl in calico-system/calico-node-b failed: no \ufffd[2Jshell',
      'the kubelet says \ufffd]0;x\ufffd',
      'birdcl in calico-system/calico-node-d tells of 10001 sessions',
    ]);
  });

  test('BIRD has to run for the families of the node only', async () => {
    const both = { ipv4: '192.0.2.1', ipv6: '2001:db8::1' };
    const old = clusterOf([podOn('a')], (request) => (isOf6(request) ? absent : ok(TABLE)));
    expect(await failures([nodeNamed('a', both)], old)).toEqual(['BIRD for IPv6 is not running there']);
    // Since BIRD 2 there is one for both.
    const table = TABLE.replace('v0.3.3+birdv1.6.8', '2.0.12');
    const recent = clusterOf([podOn('a')], (request) => (isOf6(request) ? absent : ok(table)));
    expect(await failures([nodeNamed('a', both)], recent)).toEqual([undefined]);
    const none = clusterOf([podOn('a')], () => absent);
    expect(await failures([nodeNamed('a', {})], none)).toEqual([undefined]);
  });

  test('of two pods on a node the one that runs is asked', async () => {
    const ending = {
      ...podOn('a'),
      metadata: { name: 'old', namespace: 'x', deletionTimestamp: '2026-01-01T00:00:00Z' },
    };
    const asked: string[] = [];
    const cluster = clusterOf([ending, podOn('a')], (request) => {
      asked.push(request.pod);
      return ok(TABLE);
    });
    await failures([nodeNamed('a')], cluster);
    expect(new Set(asked)).toEqual(new Set(['calico-node-a']));
  });

  test('500 nodes are asked at once in bounds, and one that is stuck keeps nobody waiting', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `node-${index}`);
    let most = 0;
    let under = 0;
    const cluster = clusterOf(
      names.map((name) => podOn(name)),
      async (request) => {
        most = Math.max(most, ++under);
        await Bun.sleep(request.pod.endsWith('-7') ? 100 : 1);
        under--;
        return ok(TABLE);
      },
    );
    expect(
      (
        await failures(
          names.map((name) => nodeNamed(name)),
          cluster,
        )
      ).every((each) => !each),
    ).toBe(true);
    expect(most).toBe(64);
  });

  test('Ctrl-C ends the asking', async () => {
    const stop = new AbortController();
    const names = Array.from({ length: 100 }, (_, index) => `node-${index}`);
    let asked = 0;
    const cluster = clusterOf(
      names.map((name) => podOn(name)),
      () => {
        if (++asked === 10) stop.abort();
        return ok(TABLE);
      },
    );
    const nodes = names.map((name) => nodeNamed(name));
    const error = await execEverywhere(cluster, nodes, { signal: stop.signal }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ errorClass: 'cancelled' });
    expect(asked).toBeLessThan(70);
  });
});
