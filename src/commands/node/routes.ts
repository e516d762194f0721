import { CalicoctlError, formatError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import { defineCommand } from '../../kit/command.ts';
import { dataFormat } from '../../kit/options.ts';
import { sessionsHere } from '../../node/routes/ask.ts';
import { DIRECTIONS, type Direction, peerRoutes } from '../../node/routes/gather.ts';
import { type Target, targetsFor } from '../../node/routes/peers.ts';
import { routesDocument, routesGrid, routesJson } from '../../node/routes/show.ts';

export default defineCommand({
  summary: 'Show the routes that this node and its BGP peers tell each other.',
  description: [
    "PEER is the address of a peer, or BIRD's name of the session as `node status -o wide` shows it. Without it the routes of all of Calico's peers are shown.",
    'Of a received route the status is best (in use), not best (another one to the same network is), or refused (by the import filter). Of an advertised one it is sent, or refused (by the export filter). Refused ones are shown with --filtered; of received ones BIRD knows them only where it was told to keep them.',
  ].join('\n\n'),
  examples: [
    'node routes',
    'node routes --received 192.0.2.11',
    'node routes --advertised Mesh_192_0_2_11 -o json',
    'node routes --advertised --filtered 192.0.2.11',
  ],
  args: { peer: { arity: 'optional', doc: 'Address of a peer, or name of its session in BIRD.' } },
  options: {
    advertised: { type: 'flag', doc: 'Only routes that this node tells its peers.' },
    received: { type: 'flag', doc: 'Only routes that peers tell this node.' },
    filtered: { type: 'flag', doc: 'Also routes that the filters of the session refuse.' },
    birdSocket: {
      type: 'list',
      value: 'PATH',
      doc: 'Control socket of BIRD; may be repeated (default: where Calico and BIRD have theirs).',
    },
    output: { type: 'text', short: 'o', value: 'FORMAT', doc: 'json or yaml.' },
  },
  async run(input, context): Promise<Result> {
    const format = dataFormat(input.output);
    const directions = directionsOf(input.advertised, input.received);
    const { signal } = context.io;
    const { targets, failures } = await sessionsHere(await context.host(), input.birdSocket, signal);
    const wanted = targetsFor(targets, input.peer);
    tellOfAbsent(wanted, input.peer, context.warn);
    const errors = [...failures];
    const failed = (error: CalicoctlError) => void errors.push(error);
    const routes = peerRoutes(wanted, { directions, refused: input.filtered, signal, failed });
    if (format === 'json') return jsonStream(routes, errors, context.warn);
    const shown: Result =
      format === 'yaml'
        ? { type: 'data', format, value: await routesDocument(routes) }
        : await routesGrid(routes, directions.length > 1);
    return { type: 'sequence', results: [shown, { type: 'text', text: '', errors }] };
  },
});

function directionsOf(advertised: boolean, received: boolean): readonly Direction[] {
  if (advertised && received)
    throw new CalicoctlError(
      'usage',
      '--advertised and --received exclude each other; leave both out to see both',
    );
  return advertised ? ['advertised'] : received ? ['received'] : DIRECTIONS;
}

/** What could not be had is told behind what could. */
function jsonStream(
  routes: Parameters<typeof routesJson>[0],
  errors: readonly CalicoctlError[],
  warn: (text: string) => void,
): Result {
  const chunks = async function* () {
    yield* routesJson(routes);
    for (const error of errors) warn(formatError(error));
  };
  return { type: 'stream', chunks: chunks(), status: () => (errors.length > 0 ? 1 : 0) };
}

/** No routes may mean no session. */
function tellOfAbsent(
  targets: readonly Target[],
  peer: string | undefined,
  warn: (text: string) => void,
): void {
  const absent = targets.filter(({ session }) => !session.established).map(({ session }) => session);
  if (absent.length === 0) return;
  if (peer === undefined) {
    warn(
      `${absent.length} of ${targets.length} BGP sessions are not established; see calicoctl node status.`,
    );
    return;
  }
  for (const { name, info, peerAddress } of absent)
    warn(`The BGP session with ${peerAddress} (${name}) is not established: ${info || 'it is down'}.`);
}
