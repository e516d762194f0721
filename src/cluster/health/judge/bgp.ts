import { objectIn, objectsIn, textIn } from '../../../core/json.ts';
import { counted } from '../../../core/words.ts';
import type { Resource } from '../../../resources/kind.ts';
import { type Cause, cause, listed } from '../cause.ts';
import type { Facts } from '../facts.ts';
import { numberIn } from '../read/fields.ts';
import { seenValue } from '../seen.ts';

/** Older answers say nothing of now. */
const FRESH_MS = 10 * 60 * 1000;

/** Sessions as CalicoNodeStatus resources have them; none is made for it. */
export function* judgeBgp(facts: Facts): Generator<Cause> {
  for (const status of freshStatuses(facts)) {
    const [up, down] = sessionsOf(status);
    const node = textIn(status.spec['node']);
    const told = {
      subjects: [{ kind: 'Node', name: node }],
      evidence: {
        established: up.length,
        down: down.length,
        lastUpdated: textIn(objectIn(status.status)['lastUpdated']),
      },
      advice: 'BIRD on the node says what went wrong last.',
      command: 'calicoctl node status --all',
    };
    const peers = listed(down.map(({ ip, state }) => `${ip} (${state})`));
    if (down.length > 0 && up.length === 0)
      yield cause('bgp-down', {
        ...told,
        message: `node ${node} has no established BGP session, of ${counted(down.length, 'peer')}: ${peers}`,
      });
    else if (down.length > 0)
      yield cause('bgp-partly', {
        ...told,
        message: `node ${node} has ${counted(down.length, 'BGP session')} of ${up.length + down.length} not established: ${peers}`,
      });
  }
}

/** Those that tell of BGP as it is now; one a node. */
export function freshStatuses(facts: Facts): readonly Resource[] {
  const byNode = new Map<string, Resource>();
  for (const status of seenValue(facts.statuses) ?? []) {
    const { classes, updatePeriodSeconds } = status.spec;
    const { lastUpdated } = objectIn(status.status);
    if (!Array.isArray(classes) || !classes.includes('BGP') || typeof lastUpdated !== 'string') continue;
    const age = facts.now - Date.parse(lastUpdated);
    if (age < Math.max(FRESH_MS, 3000 * numberIn(updatePeriodSeconds)))
      byNode.set(textIn(status.spec['node']), status);
  }
  return [...byNode.values()];
}

interface Peer {
  readonly ip: string;
  readonly state: string;
}

function sessionsOf({ status }: Resource): readonly [up: readonly Peer[], down: readonly Peer[]] {
  const bgp = objectIn(status, 'bgp');
  const peers = ['peersV4', 'peersV6']
    .flatMap((field) => objectsIn(bgp[field]))
    .map(({ peerIP, state }) => ({ ip: textIn(peerIP), state: textIn(state) }));
  const isUp = ({ state }: Peer) => state === 'Established';
  return [peers.filter(isUp), peers.filter((peer) => !isUp(peer))];
}
