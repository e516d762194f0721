import { escapeHtml, withCommas } from '../../core/page/text.ts';
import { type Counts, percentOf } from '../usage/counts.ts';

/** The page's tables: for those who cannot see a map, and for browsers that run no scripts. */

export interface PoolTally extends Counts {
  readonly name: string;
  readonly cidr: string;
  readonly blocks: number;
  readonly disabled: boolean;
}

/** What an owner has, counted as blocks come. */
export interface OwnerTally {
  blocks: number;
  /** Addresses in its own blocks and in others'. */
  inUse: number;
  /** Of them, those in blocks that are not its own. */
  borrowed: number;
  /** In its blocks. */
  resting: number;
  /** In its blocks, and not reserved. */
  free: number;
}

/** Blocks of no pool have a line of their own, without what only a pool has. */
export function poolTable(pools: readonly PoolTally[], stray: readonly Counts[]): string {
  const head = ['Pool', 'CIDR', 'Blocks', 'Addresses', 'In use', 'Reserved', 'Free', 'In use of all'];
  const rows = pools.map((pool) => [
    `${pool.name}${pool.disabled ? ' (disabled)' : ''}`,
    pool.cidr,
    ...[pool.blocks, pool.total, pool.inUse, pool.reserved, pool.free].map(withCommas),
    `${percentOf(pool.inUse, pool.total)}%`,
  ]);
  const sum = (key: keyof Counts) => withCommas(stray.reduce((total, counts) => total + counts[key], 0n));
  const last = ['(in no pool)', '', withCommas(stray.length), '', sum('inUse'), '', sum('free'), ''];
  return table('Addresses by pool', head, stray.length === 0 ? rows : [...rows, last], 2);
}

export function ownerTable(owners: Iterable<readonly [name: string, tally: OwnerTally]>): string {
  const head = ['Node or owner', 'Blocks', 'In use', 'Of them borrowed', 'Resting', 'Free in its blocks'];
  const rows = [...owners].map(([name, { blocks, inUse, borrowed, resting, free }]) => [
    ownerName(name),
    ...[blocks, inUse, borrowed, resting, free].map(withCommas),
  ]);
  return table('Addresses by node', head, rows.sort(byName), 1);
}

function byName(left: readonly string[], right: readonly string[]): number {
  return left[0]! < right[0]! ? -1 : 1;
}

/** `worker-1` for `host:worker-1`; others keep what they are: `virtual:load-balancer`. */
export function ownerName(owner: string): string {
  return owner.startsWith('host:') ? owner.slice('host:'.length) : owner;
}

export function reservationTable(reservations: readonly { name: string; cidr: string }[]): string {
  if (reservations.length === 0) return '';
  const rows = reservations.map(({ name, cidr }) => [name, cidr]);
  return table('Reservations', ['Reservation', 'CIDR'], rows, 2);
}

export function unreadableList(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('\n');
  return `<h3>Stored blocks that cannot be understood</h3>\n<ul>\n${items}\n</ul>\n`;
}

/** Cells from `numbersFrom` on are numbers. */
function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbersFrom: number,
): string {
  const titles = head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
  const lines = rows.map((row) => {
    const cells = row.map((text, column) =>
      column === 0
        ? `<th scope="row">${escapeHtml(text)}</th>`
        : `<td${column >= numbersFrom ? ' class="number"' : ''}>${escapeHtml(text)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table>\n<caption>${escapeHtml(caption)}</caption>\n<thead><tr>${titles}</tr></thead>\n<tbody>\n${lines.join('\n')}\n</tbody>\n</table>\n`;
}
