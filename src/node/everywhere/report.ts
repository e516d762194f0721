import type { BgpSession } from '../../bird/session.ts';

/** What one node of the cluster says of its BGP sessions, or why it says nothing. */
export interface NodeReport {
  readonly node: string;
  /** Who was asked: BIRD in the node's pod, or calico/node by a CalicoNodeStatus. Absent where nobody answered. */
  readonly source?: 'exec' | 'status';
  /** RFC 3339: when the node said so; absent where it said so just now. */
  readonly reported?: string;
  /** In the order of family, type and address. */
  readonly sessions: readonly BgpSession[];
  /** Why the node could not be asked, or why what it said cannot be relied on; one sentence without a full stop. */
  readonly failure?: string;
  /** What a reader has to know besides. */
  readonly notes: readonly string[];
}

const TYPES = ['mesh', 'node', 'global', 'local-workload', 'other'] as const;
const byName = new Intl.Collator('en', { numeric: true }).compare;

/** `worker-2` before `worker-10`. */
export function compareNames(first: string, second: string): number {
  return byName(first, second) || (first < second ? -1 : first > second ? 1 : 0);
}

/** Sessions in the order in which they are shown. */
export function inOrder(sessions: readonly BgpSession[]): readonly BgpSession[] {
  return [...sessions].sort(
    (first, second) =>
      compareNames(first.family, second.family) ||
      TYPES.indexOf(first.type) - TYPES.indexOf(second.type) ||
      compareNames(first.peerAddress, second.peerAddress) ||
      (first.peerPort ?? 0) - (second.peerPort ?? 0),
  );
}

/** `50s`, `12m`, `5h`, `3d`: in the largest unit of which there are two. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
