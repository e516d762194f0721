import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../../../src/core/json.ts';
import { type BgpNode, fabricOfNames } from '../../../src/node/everywhere/fabric.ts';
import { sessionsIn } from '../../../src/node/everywhere/report.ts';
import { bestOf, isFresh, reportOf } from '../../../src/node/everywhere/told.ts';
import type { Resource } from '../../../src/resources/kind.ts';
import { now, said } from './agent.ts';

const NODE: BgpNode = {
  name: 'worker-1',
  kubernetesName: 'worker-1',
  addresses: { ipv4: '192.0.2.1' },
  as: 64512,
};

function statusOf(status: JsonObject, spec: JsonObject = {}): Resource {
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'CalicoNodeStatus',
    metadata: { name: 'one' },
    spec: { node: 'worker-1', classes: ['Agent', 'BGP'], updatePeriodSeconds: 10, ...spec },
    status: { lastUpdated: now(), ...status },
  };
}

const told = (status: JsonObject, node = NODE) =>
  reportOf(statusOf(status), node, fabricOfNames([]), Date.now());

describe('what a CalicoNodeStatus tells', () => {
  test('BIRD that does not run is a failure', () => {
    expect(told(said([], { v4: 'NotReady', v6: 'NotReady' })).failure).toBe('BIRD is not running there');
  });

  test('BIRD of a family that the node has no address of need not run', () => {
    const report = told(said([['192.0.2.2', 'NodeMesh', 'Established']], { v6: 'NotReady' }));
    expect([report.failure, report.notes]).toEqual([undefined, []]);
  });

  test('no sessions where BIRD for IPv6 does not run may be a fault of calico/node', () => {
    const report = told(said([], { v6: 'NotReady' }));
    expect(report.failure).toBeUndefined();
    expect(report.notes[0]).toContain('--via exec');
  });

  test('a session without a state is down', () => {
    const sessions = sessionsIn(told({ bgp: { peersV4: [{ peerIP: '192.0.2.9', type: 'GlobalPeer' }] } }));
    expect(sessions[0]).toMatchObject({
      ...{ name: 'Global_192_0_2_9', state: 'down', info: 'Down', type: 'global', established: false },
    });
  });

  test('what is no status at all hurts nobody', () => {
    expect(sessionsIn(told({ bgp: { peersV4: 'x', peersV6: [null, 7, {}] }, agent: [] }))).toHaveLength(1);
    expect(sessionsIn(told({ bgp: 7 }))).toEqual([]);
  });

  test('a reflector has its clients marked', () => {
    const node = { ...NODE, clusterId: '244.0.0.1' };
    const fabric = { ...fabricOfNames([]), peerAs: () => 64512 };
    const status = statusOf(said([['192.0.2.2', 'NodePeer', 'Established']]));
    expect(sessionsIn(reportOf(status, node, fabric, Date.now()))[0]!.routeReflector).toBe(true);
    expect(sessionsIn(reportOf(status, NODE, fabric, Date.now()))[0]!.routeReflector).toBeUndefined();
  });

  test('the newest filled one about BGP is the best', () => {
    const old = statusOf({ lastUpdated: '2026-01-01T00:00:00Z' });
    const newer = statusOf({ lastUpdated: '2026-01-02T00:00:00Z' });
    const routes = statusOf({ lastUpdated: '2026-01-03T00:00:00Z' }, { classes: ['Routes'] });
    const empty = statusOf({ lastUpdated: null });
    expect(bestOf([old, newer, routes, empty])).toBe(newer);
    expect(bestOf([routes, empty])).toBeUndefined();
  });

  test('fresh is what is younger than three periods, and than half a minute in any case', () => {
    const at = Date.parse('2026-01-01T00:00:00Z');
    const status = (updatePeriodSeconds: number) =>
      statusOf({ lastUpdated: '2026-01-01T00:00:00Z' }, { updatePeriodSeconds });
    expect([0, 5, 100].map((period) => isFresh(status(period), at + 30_000))).toEqual([true, true, true]);
    expect([0, 5, 100].map((period) => isFresh(status(period), at + 30_001))).toEqual([false, false, true]);
    expect(isFresh(status(100), at + 300_001)).toBe(false);
  });
});
