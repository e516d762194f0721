import type { BgpSession, PeerType } from '../../../src/bird/session.ts';
import type { Everywhere } from '../../../src/node/everywhere/everywhere.ts';
import type { BgpNode, Fabric } from '../../../src/node/everywhere/fabric.ts';
import type { NodeReport } from '../../../src/node/everywhere/report.ts';

/** Clusters to draw. */

export interface Scene {
  readonly nodes: readonly BgpNode[];
  readonly sessions: ReadonlyMap<string, BgpSession[]>;
  readonly failures: Map<string, string>;
  mesh: boolean;
}

export function nodeOf(index: number, more: Partial<BgpNode> = {}): BgpNode {
  const name = more.name ?? `worker-${index}`;
  return {
    name,
    kubernetesName: name,
    addresses: { ipv4: `10.0.${index >> 8}.${index & 255}` },
    as: 64512,
    ...more,
  };
}

export function sceneOf(nodes: readonly BgpNode[]): Scene {
  return { nodes, sessions: new Map(nodes.map(({ name }) => [name, []])), failures: new Map(), mesh: false };
}

export function session(peerAddress: string, more: Partial<BgpSession> = {}): BgpSession {
  const established = more.established ?? true;
  return {
    name: `Mesh_${peerAddress}`,
    type: 'mesh' as PeerType,
    family: peerAddress.includes(':') ? 'ipv6' : 'ipv4',
    peerAddress,
    state: established ? 'up' : 'start',
    since: '10:11:12',
    info: established ? 'Established' : 'Active',
    established,
    routes: {},
    ...more,
  };
}

/** A session that both ends see; `up` as each of them sees it. */
export function join(
  scene: Scene,
  first: BgpNode,
  second: BgpNode,
  up: readonly [boolean, boolean] = [true, true],
  more: Partial<BgpSession> = {},
): void {
  scene.sessions.get(first.name)!.push(session(second.addresses.ipv4!, { established: up[0], ...more }));
  scene.sessions.get(second.name)!.push(session(first.addresses.ipv4!, { established: up[1], ...more }));
}

/** A full mesh; `up` as the two see their session, undefined where it is absent. */
export function meshOf(
  count: number,
  up: (first: number, second: number) => readonly [boolean, boolean] | undefined = () => [true, true],
): Scene {
  const scene = sceneOf(Array.from({ length: count }, (_, index) => nodeOf(index)));
  scene.mesh = true;
  for (let first = 0; first < count; first++)
    for (let second = first + 1; second < count; second++) {
      const seen = up(first, second);
      if (seen !== undefined) join(scene, scene.nodes[first]!, scene.nodes[second]!, seen);
    }
  return scene;
}

export function everywhereOf({ nodes, sessions, failures, mesh }: Scene): Everywhere {
  const byAddress = new Map(nodes.flatMap((node) => Object.values(node.addresses).map((at) => [at, node])));
  const fabric: Fabric = {
    nodes,
    nodeAt: (address) => byAddress.get(address),
    peerAs: () => undefined,
    mesh,
  };
  const reports = nodes.map(({ name }): NodeReport => {
    const failure = failures.get(name);
    return {
      node: name,
      source: 'exec',
      birds: failure === undefined ? [{ sessions: sessions.get(name)! }] : [],
      notes: [],
      ...(failure === undefined ? {} : { failure }),
    };
  });
  return { fabric, reports };
}

/** Two reflectors, clients of both, and two routers of the rack outside; something of everything is not well. */
export function reflected(clients: number): Scene {
  const reflectors = [1, 2].map((index) =>
    nodeOf(240 + index, { name: `reflector-${index}`, clusterId: '244.0.0.1' }),
  );
  const workers = Array.from({ length: clients }, (_, index) => nodeOf(index));
  const scene = sceneOf([...workers, ...reflectors]);
  for (const [index, worker] of workers.entries())
    for (const [which, reflector] of reflectors.entries())
      join(scene, worker, reflector, index === 3 && which === 1 ? [false, true] : [true, true], {
        type: 'node',
      });
  join(scene, reflectors[0]!, reflectors[1]!, [true, true], { type: 'node' });
  for (const [index, worker] of workers.entries()) {
    const rack = index < clients / 2 ? 1 : 2;
    const isUp = index !== 5;
    scene.sessions.get(worker.name)!.push(
      session(`198.51.100.${rack}`, {
        ...{ type: 'global', peerAs: 65000 + rack, established: isUp },
        ...(isUp ? {} : { info: 'Idle', lastError: 'Error: Bad peer AS' }),
      }),
    );
  }
  scene.failures.set(workers.at(-1)!.name, 'no calico-node pod is there');
  return scene;
}
