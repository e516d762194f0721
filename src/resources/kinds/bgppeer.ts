import { empty, forbidden, given, invalid, type Validation } from '../cel.ts';
import { defineKind, type Fault, type Rule } from '../kind.ts';
import { parseAddress } from '../net/address.ts';
import { secretRef } from '../parts/secretref.ts';
import { ATOMIC_LIST, asn, duration, flag, integer, list, object, oneOf, text } from '../schema.ts';

interface Peer {
  readonly node?: string;
  readonly nodeSelector?: string;
  readonly peerIP?: string;
  readonly peerSelector?: string;
  readonly asNumber?: number;
  readonly localWorkloadSelector?: string;
  readonly reachableBy?: string;
  readonly keepOriginalNextHop?: boolean;
  readonly nextHopMode?: string;
}

/** A rule that finds at most one field at fault. */
function rule(
  id: string,
  doc: string,
  field: keyof Peer,
  fails: (peer: Peer) => unknown,
  message: string,
): Rule<Peer> {
  return {
    id,
    doc,
    *check({ spec }) {
      const value = spec[field];
      const fault: Fault = { path: ['spec', field], message };
      if (fails(spec)) yield value === undefined ? fault : { ...fault, value };
    },
  };
}

/** The family of `address`, `v4:port` or `[v6]:port`. */
function familyOf(peerIP: string): 4 | 6 | undefined {
  const bare = /^\[(.*)\]:\d+$/.exec(peerIP)?.[1] ?? /^([^:]*):\d+$/.exec(peerIP)?.[1] ?? peerIP;
  return parseAddress(bare)?.family;
}

function familiesDiffer({ peerIP, reachableBy }: Peer): boolean {
  const [peer, gateway] = [familyOf(peerIP ?? ''), familyOf(reachableBy ?? '')];
  return peer !== undefined && gateway !== undefined && peer !== gateway;
}

const rules: readonly Rule<Peer>[] = [
  rule(
    'CAL1400',
    'A peering is for one node or for selected nodes, not for both.',
    'nodeSelector',
    (peer) => peer.node && peer.nodeSelector,
    'cannot be given together with node: keep one of them, or neither for all nodes',
  ),
  rule(
    'CAL1401',
    'The peer is an address or selected nodes, not both.',
    'peerSelector',
    (peer) => peer.peerIP && peer.peerSelector,
    'cannot be given together with peerIP: keep one of them',
  ),
  rule(
    'CAL1402',
    'A peering with selected nodes gives no AS number, for they have their own.',
    'asNumber',
    // With local workloads the number is right and the selector wrong (CAL1404).
    (peer) => peer.peerSelector && peer.asNumber && !peer.localWorkloadSelector,
    'cannot be given together with peerSelector: the selected nodes have AS numbers of their own',
  ),
  rule(
    'CAL1403',
    'A peering with local workloads names no peer address.',
    'peerIP',
    (peer) => peer.localWorkloadSelector && peer.peerIP,
    'cannot be given together with localWorkloadSelector: the workloads are the peers',
  ),
  rule(
    'CAL1404',
    'A peering with local workloads selects no nodes as peers.',
    'peerSelector',
    (peer) => peer.localWorkloadSelector && peer.peerSelector,
    'cannot be given together with localWorkloadSelector: the workloads are the peers',
  ),
  rule(
    'CAL1405',
    'A peering with local workloads names their AS number.',
    'asNumber',
    (peer) => peer.localWorkloadSelector && !peer.asNumber,
    'is required with localWorkloadSelector: it is the AS number of the workloads',
  ),
  rule(
    'CAL1406',
    'A gateway is given only where the peer is an address.',
    'reachableBy',
    (peer) => peer.reachableBy && !peer.peerIP,
    'is of no use without peerIP: it is the gateway to that address',
  ),
  rule(
    'CAL1407',
    'The gateway and the peer are of one address family.',
    'reachableBy',
    familiesDiffer,
    'is not of the address family of peerIP: a gateway leads to addresses of its own family only',
  ),
  rule(
    'CAL1408',
    'The next hop is set by nextHopMode or by keepOriginalNextHop, not by both.',
    'keepOriginalNextHop',
    (peer) => peer.keepOriginalNextHop && peer.nextHopMode !== undefined,
    'cannot be set together with nextHopMode, which replaces it: leave keepOriginalNextHop out',
  ),
];

const asNumberGiven = '(has(self.asNumber) && self.asNumber != 0)';

const validations: readonly Validation[] = [
  forbidden('CAL1400', `${empty('node')} || ${empty('nodeSelector')}`),
  forbidden('CAL1401', `${empty('peerIP')} || ${empty('peerSelector')}`),
  forbidden('CAL1402', `${empty('peerSelector')} || !has(self.asNumber) || self.asNumber == 0`),
  forbidden('CAL1403', `${empty('localWorkloadSelector')} || ${empty('peerIP')}`),
  forbidden('CAL1404', `${empty('localWorkloadSelector')} || ${empty('peerSelector')}`),
  invalid('CAL1405', `${empty('localWorkloadSelector')} || ${asNumberGiven}`),
  forbidden('CAL1406', `!has(self.reachableBy) || size(self.reachableBy) == 0 || ${given('peerIP')}`),
  forbidden(
    'CAL1408',
    '!has(self.keepOriginalNextHop) || !self.keepOriginalNextHop || !has(self.nextHopMode)',
  ),
];

const selector = (doc: string) => text(doc, { maxLength: 1024, format: 'selector' });

export default defineKind({
  kind: 'BGPPeer',
  plural: 'bgppeers',
  aliases: ['bgpp', 'bgpps', 'bp', 'bps'],
  scope: 'cluster',
  doc: 'A BGP session that nodes keep up beside the mesh.',
  definition: {
    columns: [
      ['Node Selector', 'string', '.spec.nodeSelector'],
      ['Node', 'string', '.spec.node'],
      ['Local ASN', 'string', '.spec.localASNumber'],
      ['Peer Selector', 'string', '.spec.peerSelector'],
      ['Peer IP', 'string', '.spec.peerIP'],
      ['Peer ASN', 'string', '.spec.asNumber'],
    ],
  },
  spec: object(
    {
      node: text('The node that peers; all nodes when neither this nor nodeSelector is given.', {
        maxLength: 253,
        format: 'name',
      }),
      nodeSelector: selector('Which nodes peer.'),
      peerIP: text('Address of the peer, with a port where it is not 179.', {
        maxLength: 64,
        format: 'ipPort',
      }),
      asNumber: asn('AS number of the peer.', { goName: 'ASNumber' }),
      localASNumber: asn('AS number that the nodes show this peer, instead of their own.', {
        presence: 'pointer',
      }),
      peerSelector: selector('Which nodes are the peers.'),
      keepOriginalNextHop: flag('Obsolete: use nextHopMode `Keep`.'),
      nextHopMode: oneOf(['Auto', 'Self', 'Keep'], 'Which next hop the peer is told.', {
        presence: 'pointer',
      }),
      password: secretRef('Password of the session, kept in a secret.'),
      sourceAddress: oneOf(
        ['UseNodeIP', 'None'],
        "Whether the session comes from the node's address or from what the kernel picks.",
      ),
      maxRestartTime: duration('How long routes are kept while the peer restarts.', { presence: 'pointer' }),
      keepaliveTime: duration('Time between two messages that keep the session alive.', {
        presence: 'pointer',
      }),
      numAllowedLocalASNumbers: integer(
        "How many times the node's own AS number may stand in the path of a route.",
        {
          presence: 'pointer',
          form: 'int32',
        },
      ),
      ttlSecurity: integer('Number of hops to the peer: packets that have come farther are ignored.', {
        presence: 'pointer',
        form: 'uint8',
        goName: 'TTLSecurity',
      }),
      reachableBy: text('Gateway to the peer, where it is not on a network of the node.', {
        maxLength: 64,
        format: 'reachableBy',
      }),
      filters: list(text('Name of a BGPFilter.', { format: 'name' }), 'Filters for routes, in order.', {
        crd: ATOMIC_LIST,
      }),
      localWorkloadSelector: selector('Which workloads of the node are the peers.'),
      reversePeering: oneOf(
        ['Auto', 'Manual'],
        'Whether the other side of a peering between nodes comes about by itself.',
        {
          presence: 'pointer',
          assumed: 'Auto',
          crd: { enum: undefined, allOf: [{ enum: ['Auto', 'Manual'] }, { enum: ['Auto', 'Manual'] }] },
        },
      ),
    },
    '',
    { cel: validations },
  ),
  rules,
  columns: {
    NAME: (peer) => peer.metadata.name,
    PEERIP: (peer) => peer.spec.peerIP ?? '',
    NODE: (peer) => peer.spec.node ?? peer.spec.nodeSelector ?? '(global)',
    ASN: (peer) => String(peer.spec.asNumber ?? 0),
  },
  narrow: ['NAME', 'PEERIP', 'NODE', 'ASN'],
});
