import type { BgpSession, RouteCounts } from '../../bird/session.ts';
import type { GridResult } from '../../core/result.ts';
import type { NodeStatus } from './survey.ts';

/** Columns that tell of one session; the last one has room for a reason why there is none. */
export const SESSION_HEADINGS: readonly string[] = [
  ...['Name', 'Type', 'Peer address', 'Peer AS', 'Local address', 'Local AS', 'State'],
  ...['Since', 'BGP', 'RR client', 'IPv4 rcv/acc/exp', 'IPv6 rcv/acc/exp', 'Last error'],
];

/** Every session of every BIRD in one table; a BIRD without sessions is a row of its own. */
export function wideGrid({ birds }: NodeStatus): GridResult {
  const rows = birds.flatMap(({ socket, version = '-', sessions, error }) => {
    const who = [socket, version];
    if (sessions.length > 0) return sessions.map((session) => [...who, ...sessionCells(session)]);
    return [[...who, ...noSessionCells(error ?? 'no BGP sessions')]];
  });
  return { type: 'grid', headings: ['Socket', 'BIRD', ...SESSION_HEADINGS], rows };
}

/** Cells below `SESSION_HEADINGS` of what has no session. */
export function noSessionCells(reason: string): readonly string[] {
  return [...SESSION_HEADINGS.slice(1).map(() => '-'), reason];
}

/** Cells below `SESSION_HEADINGS`. */
export function sessionCells(session: BgpSession): readonly string[] {
  const { name, type, peerPort, peerAddress, peerAs, localAddress, localAs, state, since } = session;
  return [
    name,
    type,
    peerPort === undefined ? peerAddress : `${peerAddress} port ${peerPort}`,
    numberOr(peerAs),
    localAddress ?? '-',
    numberOr(localAs),
    state,
    since,
    session.info.split(' ')[0] || '-',
    session.routeReflector === undefined ? '-' : session.routeReflector ? 'yes' : 'no',
    countsOf(session.routes.ipv4),
    countsOf(session.routes.ipv6),
    session.lastError ?? '-',
  ];
}

/** How many BIRD received is not known where it refused some and did not keep them. */
function countsOf(counts: RouteCounts | undefined): string {
  if (counts === undefined) return '-';
  return [counts.received, counts.imported, counts.exported].map((count) => count ?? '?').join('/');
}

function numberOr(value: number | undefined): string {
  return value === undefined ? '-' : String(value);
}
