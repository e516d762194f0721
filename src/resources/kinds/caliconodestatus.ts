import { defineKind } from '../kind.ts';
import { ATOMIC_LIST, integer, list, object, oneOf, text, time } from '../schema.ts';

const ALWAYS = { presence: 'always' } as const;
const COUNT = { presence: 'always', required: true } as const;

function bird(family: 4 | 6) {
  return object(
    {
      state: oneOf(['Ready', 'NotReady'], 'Whether it works.'),
      version: text('Its version.'),
      routerID: text('Its router ID.'),
      lastBootTime: text('When it started.'),
      lastReconfigurationTime: text('When it last read its configuration.'),
    },
    `The BIRD daemon for IPv${family}.`,
    { presence: 'always', goName: `BIRDV${family}` },
  );
}

function peers(family: 4 | 6) {
  return list(
    object({
      peerIP: text('Address of the peer.', { format: 'ip' }),
      type: oneOf(['NodeMesh', 'NodePeer', 'GlobalPeer'], 'Why there is a session.'),
      state: oneOf(
        ['Idle', 'Connect', 'Active', 'OpenSent', 'OpenConfirm', 'Established', 'Close'],
        'How far the session is.',
      ),
      since: text('Since when.'),
    }),
    `IPv${family} sessions.`,
    { crd: ATOMIC_LIST },
  );
}

function routes(family: 4 | 6) {
  return list(
    object({
      type: oneOf(['FIB', 'RIB'], 'Whether the kernel uses it or BIRD only knows it.'),
      destination: text('Where it leads.'),
      gateway: text('By which neighbour.'),
      interface: text('By which interface.'),
      learnedFrom: object(
        {
          sourceType: oneOf(['Kernel', 'Static', 'Direct', 'NodeMesh', 'BGPPeer'], 'From what.'),
          peerIP: text('From which peer.', { format: 'ip' }),
        },
        'Where BIRD has it from.',
      ),
    }),
    `IPv${family} routes.`,
    { crd: ATOMIC_LIST },
  );
}

function counter(doc: string) {
  return integer(doc, COUNT);
}

export default defineKind({
  kind: 'CalicoNodeStatus',
  plural: 'caliconodestatuses',
  aliases: ['nodestatus', 'nodestatuses'],
  scope: 'cluster',
  doc: 'Asks a node for its BGP state, and holds the answer.',
  definition: {
    columns: [
      ['Node', 'string', '.spec.node'],
      ['Classes', 'string', '.spec.classes'],
    ],
  },
  spec: object({
    node: text('The node.', { format: 'name' }),
    classes: list(oneOf(['Agent', 'BGP', 'Routes'], 'A class.'), 'What to report.', { set: true }),
    updatePeriodSeconds: integer('Seconds between two answers; 0 for a single one.', {
      presence: 'pointer',
      form: 'uint32',
      minimum: 0,
      maximum: 86400,
      crd: { minimum: undefined, maximum: undefined },
    }),
  }),
  status: object(
    {
      lastUpdated: time('When the node last answered.', { ...ALWAYS, crd: { nullable: true } }),
      agent: object({ birdV4: bird(4), birdV6: bird(6) }, 'The routing daemons.', ALWAYS),
      bgp: object(
        {
          numberEstablishedV4: counter('IPv4 sessions that are up.'),
          numberNotEstablishedV4: counter('IPv4 sessions that are down.'),
          numberEstablishedV6: counter('IPv6 sessions that are up.'),
          numberNotEstablishedV6: counter('IPv6 sessions that are down.'),
          peersV4: peers(4),
          peersV6: peers(6),
        },
        'The BGP sessions.',
        { ...ALWAYS, goName: 'BGP' },
      ),
      routes: object({ routesV4: routes(4), routesV6: routes(6) }, 'The routes.', ALWAYS),
    },
    'What the node answered.',
    ALWAYS,
  ),
  rules: [
    {
      id: 'CAL1660',
      doc: 'A request names the node, the classes and the period.',
      *check({ spec }) {
        if (!spec.node) yield { path: ['spec', 'node'], message: 'is required: the name of a node' };
        if (!spec.classes?.length)
          yield { path: ['spec', 'classes'], message: 'is required: Agent, BGP, Routes or several of them' };
        if (spec.updatePeriodSeconds === undefined)
          yield { path: ['spec', 'updatePeriodSeconds'], message: 'is required: seconds, 0 for once' };
      },
    },
    {
      id: 'CAL1661',
      doc: 'A class is asked for once.',
      *check({ spec: { classes = [] } }) {
        for (const [index, value] of classes.entries())
          if (classes.indexOf(value) < index)
            yield { path: ['spec', 'classes', index], value, message: 'is there already: leave it out' };
      },
    },
  ],
  columns: {
    NAME: (status) => status.metadata.name,
    NODE: (status) => status.spec.node ?? '',
    CLASSES: (status) => (status.spec.classes ?? []).join(','),
  },
  narrow: ['NAME', 'NODE'],
  wide: ['NAME', 'NODE', 'CLASSES'],
});
