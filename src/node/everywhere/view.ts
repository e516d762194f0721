import type { BgpSession, PeerType } from '../../bird/session.ts';
import { isDisabled } from '../../bird/sessions.ts';
import { CalicoctlError } from '../../core/errors.ts';
import type { GridResult, Result } from '../../core/result.ts';
import { noSessionCells, SESSION_HEADINGS, sessionCells } from '../status/wide.ts';
import type { Everywhere } from './everywhere.ts';
import type { Fabric } from './fabric.ts';
import { formatAge, NO_BIRD, type NodeReport, sessionsIn } from './report.ts';

/** In the words of the reference's `node status`. */
export const TYPE_WORDS: Readonly<Record<PeerType, string>> = {
  ...{ mesh: 'node-to-node mesh', node: 'node specific', global: 'global' },
  ...{ 'local-workload': 'local workload', other: 'other' },
};

/** More sessions of one node, family and type that are all well share one row. */
const ROWS = 4;
/** So many lines of an error are shown. */
const LINES = 20;

/** What it means that no node has a BIRD. */
const NO_BGP = 'No node runs BIRD: Calico needs none where it uses VXLAN and has no BGP peers.';

const HEADINGS = ['Node', 'Peer address', 'Peer node', 'Peer type', 'State', 'Since', 'Info'];

/** The nodes as `-o json` and `-o yaml` show them. */
export function asData({ reports }: Everywhere): object {
  return {
    nodes: reports.map(({ node, source, reported, failure, notes, birds }) => ({
      node,
      ...(source === undefined ? {} : { source }),
      ...(reported === undefined ? {} : { reported }),
      ...(failure === undefined ? {} : { error: failure }),
      ...(notes.length === 0 ? {} : { notes }),
      birds,
    })),
  };
}

/** A table for people: what is well is folded, what is not stands by itself. */
export function asTable({ fabric, reports }: Everywhere): Result {
  const rows = reports.flatMap((report) => rowsOf(report, fabric));
  const grid: GridResult = { type: 'grid', headings: HEADINGS, rows };
  return { type: 'sequence', results: [grid, { type: 'text', text: `${summary(reports)}\n` }] };
}

/** Every session by itself, with all that is known of it. */
export function asWideTable({ reports }: Everywhere, now = Date.now()): GridResult {
  const rows = reports.flatMap((report) => {
    const who = [report.node, tellerOf(report, now)];
    const sessions = sessionsIn(report).map((session) => [...who, ...sessionCells(session)]);
    if (sessions.length > 0 && report.failure === undefined) return sessions;
    return [...sessions, [...who, ...noSessionCells(report.failure ?? 'no BGP sessions')]];
  });
  return { type: 'grid', headings: ['Node', 'Told by', ...SESSION_HEADINGS], rows };
}

function tellerOf({ source, reported }: NodeReport, now: number): string {
  if (source === undefined) return '-';
  return reported === undefined ? source : `${source} ${formatAge(now - Date.parse(reported))} ago`;
}

function rowsOf(report: NodeReport, fabric: Fabric): readonly (readonly string[])[] {
  const { node, failure } = report;
  const rows: (readonly string[])[] = [];
  const well = new Map<string, BgpSession[]>();
  for (const session of sessionsIn(report)) {
    const key = `${session.family} ${session.type}`;
    const same = well.get(key);
    if (!session.established) rows.push(rowOf(node, session, fabric));
    else if (same === undefined) well.set(key, [session]);
    else same.push(session);
  }
  for (const sessions of well.values()) {
    if (sessions.length <= ROWS) rows.push(...sessions.map((session) => rowOf(node, session, fabric)));
    else rows.push(foldedRow(node, sessions));
  }
  if (failure !== undefined)
    rows.push([node, '-', '-', '-', rows.length > 0 ? 'stale' : 'unknown', '-', failure]);
  if (rows.length === 0) rows.push([node, '-', '-', '-', '-', '-', report.notes[0] ?? 'no BGP sessions']);
  return rows;
}

function rowOf(node: string, session: BgpSession, fabric: Fabric): readonly string[] {
  const { peerAddress, peerPort, type, state, since, info, lastError } = session;
  const error = lastError !== undefined && !info.includes(lastError) ? `, ${lastError}` : '';
  return [
    node,
    peerPort === undefined || peerPort === 179 ? peerAddress : `${peerAddress} port ${peerPort}`,
    fabric.nodeAt(peerAddress)?.name ?? '-',
    TYPE_WORDS[type],
    state,
    since,
    `${info}${error}`,
  ];
}

function foldedRow(node: string, sessions: readonly BgpSession[]): readonly string[] {
  const { family, type } = sessions[0]!;
  const peers = `${sessions.length} ${family === 'ipv4' ? 'IPv4' : 'IPv6'} peers`;
  return [node, peers, '-', TYPE_WORDS[type], 'up', '-', 'Established'];
}

function summary(reports: readonly NodeReport[]): string {
  const sessions = reports.flatMap(sessionsIn);
  const up = sessions.filter(({ established }) => established).length;
  const answered = reports.filter(({ failure }) => failure === undefined).length;
  return `${answered} of ${reports.length} nodes answered. ${up} of ${sessions.length} sessions are established.`;
}

/** What keeps the whole from being known: nodes that could not be asked, by reason. */
export function silenceOf(reports: readonly NodeReport[]): CalicoctlError | undefined {
  const byReason = new Map<string, string[]>();
  for (const { node, failure } of reports)
    if (failure !== undefined) byReason.set(failure, [...(byReason.get(failure) ?? []), node]);
  if (byReason.size === 0) return undefined;
  const silent = [...byReason.values()].flat().length;
  const lines = [...byReason].map(([reason, nodes]) => `  ${listed(nodes)}: ${reason}`);
  return new CalicoctlError(
    'unavailable',
    [`${silent} of ${reports.length} nodes show no current BGP state:`, ...shortened(lines)].join('\n'),
    byReason.has(NO_BIRD) && silent === reports.length ? { hint: NO_BGP } : {},
  );
}

/** Which sessions are not established; undefined where all are that nobody switched off, and one at least. */
export function notEstablished({ fabric, reports }: Everywhere): CalicoctlError | undefined {
  const ends = reports.flatMap((report) =>
    sessionsIn(report).map((session) => ({ node: report.node, session })),
  );
  const wanted = ends.filter(({ session }) => !isDisabled(session));
  if (wanted.length === 0)
    return new CalicoctlError('unavailable', 'no BGP session is configured that could be established');
  const missing = wanted.filter(({ session }) => !session.established);
  if (missing.length === 0) return undefined;
  const lines = missing.map(({ node, session: { peerAddress, info, state, since } }) => {
    const peer = fabric.nodeAt(peerAddress);
    const name = peer === undefined ? '' : ` (${peer.name})`;
    return `  ${node} with ${peerAddress}${name}: ${info === '' ? state : info}, since ${since}`;
  });
  const head = `${missing.length} of ${wanted.length} BGP sessions ${missing.length === 1 ? 'is' : 'are'} not established:`;
  return new CalicoctlError('unavailable', [head, ...shortened(lines)].join('\n'));
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= LINES) return lines;
  return [...lines.slice(0, LINES), `  … and ${lines.length - LINES} more`];
}

function listed(nodes: readonly string[]): string {
  if (nodes.length <= 8) return nodes.join(', ');
  return `${nodes.slice(0, 8).join(', ')} … (${nodes.length} nodes)`;
}
