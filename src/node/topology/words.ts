import type { BgpSession } from '../../bird/session.ts';
import { TYPE_WORDS } from '../everywhere/view.ts';
import type { Link, LinkState, Point } from './topology.ts';

/** What is told of links in words. */

const STATES: Readonly<Record<LinkState, string>> = {
  up: 'established',
  down: 'not established',
  disputed: 'ends disagree',
  disabled: 'switched off',
  missing: 'absent',
};

export function stateWords(state: LinkState): string {
  return STATES[state];
}

/** How one end sees the session: `Active since 10:11:12, Socket: Connection refused`. */
export function endText(end: BgpSession | undefined, point: Point): string {
  if (end === undefined) return point.role === 'external' ? '' : (point.failure ?? 'knows no such session');
  const { info, state, since, lastError } = end;
  const error = lastError === undefined || info.includes(lastError) ? '' : `, ${lastError}`;
  return `${info === '' ? state : info}${since === '' ? '' : ` since ${since}`}${error}`;
}

/** `a with b, node-to-node mesh, IPv4: ends disagree. a: Established. b: Active`. */
export function linkText(link: Link, points: readonly Point[]): string {
  const [first, second] = link.points.map((index) => points[index]!) as [Point, Point];
  const ends =
    link.state === 'missing' ? [] : [[first, link.ends[0]] as const, [second, link.ends[1]] as const];
  const said = ends
    .map(([point, end]) => [point.name, endText(end, point)] as const)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `. ${name}: ${text}`);
  const family = link.family === 'ipv4' ? 'IPv4' : 'IPv6';
  return `${first.name} with ${second.name}, ${TYPE_WORDS[link.type]}, ${family}: ${STATES[link.state]}${said.join('')}`;
}

/** A point with all that is known of it: `worker-1, node, 192.0.2.1, AS 64512, 3 of 4 sessions established`. */
export function pointText(
  point: Point,
  { up, total }: { readonly up: number; readonly total: number },
): string {
  const { name, role, addresses, as, clusterId, failure } = point;
  const roles = {
    node: 'node',
    reflector: `route reflector of cluster ${clusterId}`,
    external: 'peer outside',
  };
  return [
    name,
    roles[role],
    ...addresses.filter((address) => !name.includes(address)),
    ...(as.length === 0 ? [] : [`AS ${as.join(' or ')}`]),
    ...(failure === undefined ? [] : [`could not be asked: ${failure}`]),
    `${up} of ${total} sessions established`,
  ].join(', ');
}
