import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openFileDatastore } from '../src/datastore/file/open.ts';
import { workspace } from './commands/run.ts';
import { put } from './operations/stores.ts';

/** The sessions that the README shows, run: what it prints is what the program prints. */

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const POOL = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata:
  name: pods
spec:
  cidr: 10.0.0.1/16
  ipipMode: Sometimes
`;

/** Two addresses of worker-1: one of a pod that is there, one of a pod that went without giving it back. */
async function takeAddresses(directory: string): Promise<void> {
  const store = await openFileDatastore({ directory });
  const taken = (pod: string) => ({
    handle_id: `k8s-pod-network.${pod}`,
    secondary: { namespace: 'shop', node: 'worker-1', pod, timestamp: '2026-05-04 10:00:00 +0000 UTC' },
  });
  const cidr = '10.244.7.64/26';
  await put(store, 'IPAMBlock', cidr, {
    ...{ cidr, affinity: 'host:worker-1', affinityClaimTime: '2026-05-04T09:58:12Z', deleted: false },
    allocations: [0, 1, ...Array<null>(62).fill(null)],
    unallocated: Array.from({ length: 62 }, (_, index) => index + 2),
    attributes: [taken('web-0'), taken('web-1')],
    sequenceNumber: 1_777_888_692_000_000_002n,
    sequenceNumberForAllocation: { '0': 1_777_888_692_000_000_000n, '1': 1_777_888_692_000_000_001n },
  });
  const owner = { state: 'confirmed', node: 'worker-1', type: 'host', cidr, deleted: false };
  await put(store, 'BlockAffinity', `host/worker-1/${cidr}`, owner);
  for (const pod of ['web-0', 'web-1'])
    await put(store, 'IPAMHandle', `k8s-pod-network.${pod}`, {
      ...{ handleID: `k8s-pod-network.${pod}`, block: { [cidr]: 1 }, deleted: false },
    });
  const endpoint = {
    ...{
      orchestrator: 'k8s',
      node: 'worker-1',
      pod: 'web-0',
      endpoint: 'eth0',
      interfaceName: 'cali0ef24ba03ce',
    },
    ipNetworks: ['10.244.7.64/32'],
  };
  await put(store, 'WorkloadEndpoint', 'worker--1-k8s-web--0-eth0', endpoint, 'shop');
  await store.close();
}

interface Step {
  readonly command: readonly string[];
  readonly output: string;
}

/** Words of a command line; quotes are the only syntax that the README uses. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]!);
}

function stepsOf(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [line = '', ...output] = part.split('\n');
      return { command: wordsOf(line), output: trimmed(output.join('\n')) };
    });
}

function trimmed(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

const section = readme.slice(readme.indexOf('## Everyday tasks'), readme.indexOf('## Configuration'));
const steps = [...section.matchAll(/```console\n([\s\S]*?)```/g)].flatMap((match) => stepsOf(match[1]!));

test('every session of the README is as it says', async () => {
  const space = await workspace();
  try {
    await space.write('pool.yaml', POOL);
    await space.write('examples/cluster.yaml', readFileSync(join(root, 'examples/cluster.yaml'), 'utf8'));
    expect((await space.calicoctl(['create', '-f', 'examples/cluster.yaml'])).status).toBe(0);
    await takeAddresses(join(space.folder, '.datastore'));
    expect(steps.length).toBeGreaterThan(15);
    for (const { command, output } of steps) {
      if (command[0] !== 'calicoctl' || output.includes('…')) continue;
      const down = output.includes('connection refused');
      const env = down
        ? { DATASTORE_TYPE: 'etcdv3', ETCD_ENDPOINTS: 'http://127.0.0.1:1,http://127.0.0.1:2' }
        : {};
      const { out, err } = await space.calicoctl(command.slice(1), { env });
      expect({ command, output: trimmed(out + err) }).toEqual({ command, output });
    }
  } finally {
    await space.remove();
  }
});
