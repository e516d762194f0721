import { expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { birdBinaries } from '../../../scripts/testbed/bird-binary.mjs';
import type { BgpSession } from '../../../src/bird/session.ts';
import { birdStatus } from '../../../src/bird/status.ts';
import type { Cluster, ExecRequest, Executed } from '../../../src/datastore/cluster.ts';
import { execEverywhere } from '../../../src/node/everywhere/exec.ts';
import type { BgpNode } from '../../../src/node/everywhere/fabric.ts';
import { type Lab, startLab } from '../../testbed/bird-lab.ts';
import { COMING_UP, everyFate } from '../../testbed/bird-networks.ts';

/** Real BIRDs, asked by the clients that come with them. */

const NODE: BgpNode = {
  ...{ name: 'node', kubernetesName: 'node', as: undefined },
  addresses: { ipv4: '192.0.2.10', ipv6: '2001:db8::10' },
};

/** A cluster in which programs run here instead of in pods; Debian's BIRD 1.6 has no `birdcl`, but a `birdc`. */
function clusterOf(lab: Lab, version: 1 | 2): Cluster {
  const { folder, env } = birdBinaries()[version]!;
  const pod = { metadata: { name: 'calico-node', namespace: 'calico-system' }, spec: { nodeName: 'node' } };
  return {
    async *list() {
      yield { items: [{ ...pod, status: { phase: 'Running' } }], resourceVersion: '1' };
    },
    async exec({ command }: ExecRequest): Promise<Executed> {
      const args = command.slice(1).map((word) => word.replace('/var/run/calico', lab.run));
      const { status, stdout, stderr } = spawnSync(join(folder, version === 1 ? 'birdc' : 'birdcl'), args, {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      });
      return { stdout, stderr, exitCode: status ?? undefined };
    },
  } as Partial<Cluster> as Cluster;
}

/** What stays as it is from one question to the next; BIRD 2 reckons times anew, and not to the same millisecond. */
function steady(birds: readonly { readonly sessions: readonly BgpSession[] }[]): readonly object[] {
  const sessions = birds.flatMap((bird) => bird.sessions).filter(({ established }) => established);
  return sessions.map(({ since, routes, ...rest }) => rest);
}

test.each([1, 2] as const)('the client of BIRD %d in a pod tells what its socket does', async (version) => {
  const lab = await startLab(everyFate(version));
  try {
    const sockets = version === 1 ? ['bird.ctl', 'bird6.ctl'] : ['bird.ctl'];
    await lab.established(COMING_UP.ipv4);
    await lab.established(COMING_UP.ipv6, sockets.at(-1)!);
    const { signal } = new AbortController();
    const [report] = await execEverywhere(clusterOf(lab, version), [NODE], { signal });
    const direct = await Promise.all(sockets.map((name) => birdStatus(join(lab.run, name))));
    expect({ ...report, birds: undefined }).toEqual({
      node: 'node',
      source: 'exec',
      birds: undefined,
      notes: [],
    });
    expect(report!.birds.map((bird) => [bird.version, bird.sessions.length])).toEqual(
      direct.map((bird) => [bird.version, bird.sessions.length]),
    );
    expect(steady(report!.birds)).toEqual(steady(direct));
    expect(steady(direct)).toHaveLength(COMING_UP.ipv4.length + COMING_UP.ipv6.length);
  } finally {
    lab.stop();
  }
});
