import type { BgpSession } from '../../bird/session.ts';
import { parseAddress } from '../../resources/net/address.ts';

/** One BIRD of a node, told as `node status -o json` tells it. */
export interface ToldBird {
  /** Path of its control socket in the container. */
  readonly socket?: string;
  readonly version?: string;
  readonly routerId?: string;
  /** When it was started, as it says it. */
  readonly started?: string;
  readonly sessions: readonly BgpSession[];
}

/** What one node of the cluster says of its BGP sessions, or why it says nothing. */
export interface NodeReport {
  readonly node: string;
  /** Who was asked: BIRD in the node's pod, or calico/node by a CalicoNodeStatus. Absent where nobody answered. */
  readonly source?: 'exec' | 'status';
  /** RFC 3339: when the node said so; absent where it said so just now. */
  readonly reported?: string;
  readonly birds: readonly ToldBird[];
  /** Why the node could not be asked, or why what it said cannot be relied on; one sentence without a full stop. */
  readonly failure?: string;
  /** What a reader has to know besides. */
  readonly notes: readonly string[];
}

const ordered = new WeakMap<NodeReport, readonly BgpSession[]>();

/** All sessions of a node, by family, type and address. */
export function sessionsIn(report: NodeReport): readonly BgpSession[] {
  const known = ordered.get(report);
  if (known !== undefined) return known;
  const sessions = inOrder(report.birds.flatMap((bird) => bird.sessions));
  ordered.set(report, sessions);
  return sessions;
}

/** Why a node of Calico's tells of no session. */
export const NO_BIRD = 'BIRD is not running there';

/** The report of a node that did not answer. */
export function silence(node: string, failure: string): NodeReport {
  return { node, birds: [], notes: [], failure };
}

/** What peers and administrators wrote; a terminal must not obey it. */
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;

/** Without control characters but for line ends and tabs. */
export function harmless(text: string): string {
  return text.replace(CONTROLS, (mark) =>
    mark === '\n' || mark === '\t' ? mark : mark === '\r' ? '' : '\ufffd',
  );
}

const TYPES = ['mesh', 'node', 'global', 'local-workload', 'other'] as const;
const byName = new Intl.Collator('en', { numeric: true }).compare;

/** `worker-2` before `worker-10`. */
export function compareNames(first: string, second: string): number {
  return byName(first, second) || (first < second ? -1 : first > second ? 1 : 0);
}

/** Addresses of a large cluster are a quarter of a million: each is made comparable once. */
function inOrder(sessions: readonly BgpSession[]): readonly BgpSession[] {
  const keyed = sessions.map((session) => ({ session, key: keyOf(session) }));
  keyed.sort((first, second) => (first.key < second.key ? -1 : first.key > second.key ? 1 : 0));
  return keyed.map(({ session }) => session);
}

function keyOf({ family, type, peerAddress, peerPort = 0 }: BgpSession): string {
  const address = parseAddress(peerAddress)?.value.toString(16).padStart(32, '0') ?? peerAddress;
  return `${family} ${TYPES.indexOf(type)} ${address} ${String(peerPort).padStart(5, '0')}`;
}

/** `50s`, `12m`, `5h`, `3d`: in the largest unit of which there are two. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
