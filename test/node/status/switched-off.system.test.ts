import { expect, test } from 'bun:test';
import type { NodeStatus } from '../../../src/node/status/survey.ts';
import { startLab } from '../../testbed/bird-lab.ts';
import { manyPeers } from '../../testbed/bird-networks.ts';
import { gridRows } from '../../testbed/grids.ts';

/** Sessions of real BIRD that somebody switches off, here or at the other end. */

/** Why the other end is not to be had: its farewell, until a new attempt finds nobody who listens. */
const GONE = /(?:Received: Administrative shutdown|Socket: Connection refused)$/;

for (const version of [1, 2] as const)
  test(`BIRD ${version}: a session that is off here is not missed, one that is off there is`, async () => {
    const network = manyPeers(version, 3, 3);
    const lab = await startLab(network);
    const [offHere = '', offThere = '', on = ''] = network.node.sessions.map(({ name }) => name);
    try {
      await lab.established([offHere, offThere, on]);
      await lab.ask(`disable ${offHere}`);
      await lab.ask('disable node', `../peers/${offThere}bird.ctl`);
      await lab.until(`show protocols ${offThere}`, /Received|refused/);

      // As in the reference, one of which BIRD says nothing is no peer.
      const text = await lab.calicoctl('node', 'status');
      expect(gridRows(text.stdout).map(([address, , , , info]) => [address, info])).toEqual([
        ['PEER ADDRESS', 'INFO'],
        ['198.18.1.1', expect.stringMatching(GONE)],
        ['198.18.1.2', 'Established'],
      ]);

      const json = await lab.calicoctl('node', 'status', '-o', 'json');
      const { birds } = JSON.parse(json.stdout) as NodeStatus;
      expect(birds[0]?.sessions.map(({ state, lastError }) => [state, lastError])).toEqual([
        ['down', undefined],
        ['start', expect.stringMatching(GONE)],
        ['up', undefined],
      ]);

      const missing = await lab.calicoctl('node', 'status', '--require-established');
      expect(missing.status).toBe(1);
      expect(missing.stderr).toStartWith(
        `1 of 2 BGP sessions is not established:\n  ${offThere} (198.18.1.1): `,
      );

      await lab.ask(`disable ${offThere}`);
      const enough = await lab.calicoctl('node', 'status', '--require-established');
      expect({ status: enough.status, stderr: enough.stderr }).toEqual({ status: 0, stderr: '' });

      const routes = await lab.calicoctl('node', 'routes', '--received');
      expect(gridRows(routes.stdout)[1]).toEqual([
        ...['198.18.0.0/16', '198.18.1.2', 'eth0', '198.18.1.2', on, '', '100'],
        // The node is in that network itself.
        'not best',
      ]);
    } finally {
      lab.stop();
    }
  });
