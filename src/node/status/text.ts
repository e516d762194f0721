import { majorOf } from '../../bird/frames.ts';
import { peerNamed } from '../../bird/names.ts';
import { type ProtocolRow, parseProtocols, textsOf } from '../../bird/protocols.ts';
import { type AskOptions, askBird, connectFault } from '../../bird/socket.ts';
import { CalicoctlError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import type { Host } from '../../host/host.ts';
import { unreachable } from './advice.ts';
import { running } from './running.ts';

type Version = 4 | 6;

/** What one BIRD answered, or why it did not. */
type Told =
  | { readonly version: string | undefined; readonly rows: readonly ProtocolRow[] }
  | { readonly dial: string; readonly error: CalicoctlError }
  | { readonly error: CalicoctlError };

const HEADINGS = ['Peer address', 'Peer type', 'State', 'Since', 'Info'];
const TYPES = { Global: 'global', Mesh: 'node-to-node mesh', Node: 'node specific' } as const;

/** The text of the reference's `node status`: processes, then a table of each family. Throws where Felix does not run. */
export async function statusText(host: Host, options: AskOptions): Promise<Result> {
  const { felix, bird, bird6 } = running(host);
  if (!felix)
    throw new CalicoctlError('unavailable', 'Calico process is not running.', {
      hint: 'No `calico-node -felix` is among the processes that can be seen from here; `-o wide` looks for BIRD all the same.',
    });
  const head: Result = { type: 'text', text: 'Calico process is running.\n' };
  if (!bird && !bird6)
    return sequence([head, { type: 'text', text: '\nThe BGP backend process (BIRD) is not running.\n\n' }]);
  const [told4, told6] = await Promise.all([
    bird ? ask(host, 4, options) : undefined,
    bird6 ? ask(host, 6, options) : undefined,
  ]);
  // Since its version 2 one BIRD speaks for both families.
  const both = told4 !== undefined && 'rows' in told4 && (majorOf(told4.version) ?? 1) >= 2;
  return sequence([
    head,
    ...part(4, both ? only(told4, 4) : told4),
    ...part(6, told6 ?? (both ? only(told4, 6) : undefined)),
    { type: 'text', text: '\n' },
    failuresOf([told4, told6]),
  ]);
}

/** The same table for each of the sockets, whatever runs. */
export async function statusTextOf(sockets: readonly string[], options: AskOptions): Promise<Result> {
  const told = await Promise.all(sockets.map((path) => askOne([path], options)));
  const parts = sockets.flatMap((path, index): Result[] => {
    const answer = told[index]!;
    if (!('rows' in answer)) return [];
    const version = answer.version === undefined ? '' : ` (BIRD ${answer.version})`;
    return [
      { type: 'text', text: `\nBGP status of ${path}${version}\n` },
      table(answer.rows.flatMap(anyPeer)) ?? { type: 'text', text: 'No peers found.\n' },
    ];
  });
  return sequence([...parts, { type: 'text', text: '\n' }, failuresOf(told)]);
}

function sequence(results: readonly Result[]): Result {
  return { type: 'sequence', results };
}

function failuresOf(told: readonly (Told | undefined)[]): Result {
  const errors = told.flatMap((answer) => (answer !== undefined && 'error' in answer ? [answer.error] : []));
  return { type: 'text', text: '', errors };
}

function ask(host: Host, version: Version, options: AskOptions): Promise<Told> {
  const name = version === 4 ? 'bird.ctl' : 'bird6.ctl';
  return askOne([host.path(`/var/run/calico/${name}`), host.path(`/var/run/bird/${name}`)], options);
}

/** Asks at the first of the places where somebody takes the connection. */
async function askOne(paths: readonly string[], options: AskOptions): Promise<Told> {
  const failures: CalicoctlError[] = [];
  let dial = '';
  for (const path of paths) {
    try {
      const { version, replies } = await askBird(path, ['show protocols'], options);
      return { version, rows: parseProtocols(textsOf(replies[0]!)) };
    } catch (error) {
      const fault = connectFault(error);
      if (fault === undefined) return { error: error as CalicoctlError };
      failures.push(error as CalicoctlError);
      dial = `dial unix ${path}: connect: ${fault}`;
    }
  }
  return { dial, error: unreachable(failures) };
}

function only(told: Told, version: Version): Told {
  if (!('rows' in told)) return told;
  const family = `ipv${version}` as const;
  return { ...told, rows: told.rows.filter(({ name }) => peerNamed(name)?.family === family) };
}

function part(version: Version, told: Told | undefined): readonly Result[] {
  const process = version === 4 ? 'bird' : 'bird6';
  if (told === undefined)
    return [{ type: 'text', text: `\nINFO: BIRDv${version} process: '${process}' is not running.\n` }];
  const head: Result = { type: 'text', text: `\nIPv${version} BGP status\n` };
  if ('rows' in told)
    return [
      head,
      table(told.rows.flatMap((row) => namedPeer(row, version))) ?? {
        type: 'text',
        text: `No IPv${version} peers found.\n`,
      },
    ];
  if (!('dial' in told)) return [head];
  const text = `Error querying BIRD: unable to connect to BIRDv${version} socket: ${told.dial}\n`;
  return [head, { type: 'text', text }];
}

function table(rows: readonly (readonly string[])[]): Result | undefined {
  return rows.length === 0 ? undefined : { type: 'grid', headings: HEADINGS, rows };
}

/** As the reference: other names, and sessions of which BIRD has nothing to say, are left out; a port is part of the address. */
function namedPeer({ name, proto, state, since, info }: ProtocolRow, version: Version): readonly string[][] {
  const [, type, id] = /^(Global|Node|Mesh)_(.+)$/.exec(name) ?? [];
  if (proto !== 'BGP' || type === undefined || id === undefined || info === '') return [];
  const address = id.replaceAll('_', version === 4 ? '.' : ':');
  return [[address, TYPES[type as keyof typeof TYPES], state, since, info]];
}

function anyPeer({ name, proto, state, since, info }: ProtocolRow): readonly string[][] {
  if (proto !== 'BGP') return [];
  const peer = peerNamed(name);
  return [[peer?.address ?? name, TYPE_WORDS[peer?.type ?? 'other'], state, since, info]];
}

const TYPE_WORDS = {
  global: TYPES.Global,
  mesh: TYPES.Mesh,
  node: TYPES.Node,
  'local-workload': 'local workload',
  other: 'other',
} as const;
